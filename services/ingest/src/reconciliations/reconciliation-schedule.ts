import { setTimeout as delay } from 'node:timers/promises';
import { platformKey } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import type { ReconciliationRequest } from './reconciliation-request.ts';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
const LOOK_MS = 60 * SECOND;
/** So many wait at most: platforms have their turn one after the other. */
const MOST_WAITING = 16;
const PAGE = 100;
/** Columns that got a score since then are looked at, if the interval is not longer. */
const RECENT_MS = 7 * DAY;

type ScheduleParts = Pick<
  Context,
  'reconciliations' | 'delivered' | 'platforms' | 'laneState' | 'redis' | 'now' | 'logger'
>;

/**
 * Begins a reconciliation of each platform once in an interval, in one process for all, of the columns with recent
 * deliveries; it never repairs. A lane that is held or paused is left for later. Nothing when the interval is 0.
 */
export class ReconciliationSchedule implements AsyncDisposable {
  readonly #parts: ScheduleParts;
  readonly #intervalMs: number;
  readonly #stop = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: ScheduleParts, intervalMs: number) {
    this.#parts = parts;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    if (this.#intervalMs > 0) this.#looking = this.#lookOnAndOn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looking;
  }

  /** Begins what is due. @returns how many */
  async look(): Promise<number> {
    const { reconciliations, platforms } = this.#parts;
    let free = MOST_WAITING - (await reconciliations.unfinished()).length;
    let begun = 0;
    for (let cursor: string | undefined; free > 0; ) {
      const page = await platforms.list({ limit: PAGE, ...(cursor !== undefined && { cursor }) });
      for (const { id } of page.data) {
        if (free === 0) break;
        if (!(await this.#isDue(id))) continue;
        const scheduledSinceMs = this.#parts.now() - Math.max(RECENT_MS, 2 * this.#intervalMs);
        if ((await this.#parts.delivered.columns(id, scheduledSinceMs)).length === 0) continue;
        await reconciliations.create(id, { repair: false, scheduledSinceMs } satisfies ReconciliationRequest);
        begun += 1;
        free -= 1;
      }
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    return begun;
  }

  /** Takes the platform's turn of this interval, if its lane is open. */
  async #isDue(platformId: string): Promise<boolean> {
    const { laneState, redis } = this.#parts;
    const { paused, holdReason } = await laneState.get(platformId);
    if (paused || holdReason !== undefined) return false;
    const key = platformKey(platformId, 'reconcile-turn');
    return (await redis.set(key, '1', 'PX', this.#intervalMs, 'NX')) === 'OK';
  }

  async #lookOnAndOn(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.look().catch((error) =>
        this.#parts.logger.debug({ err: error }, 'no look at what is to be reconciled'),
      );
      await delay(Math.min(LOOK_MS, this.#intervalMs / 4), undefined, { signal }).catch(() => undefined);
    }
  }
}
