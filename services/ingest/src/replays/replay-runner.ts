import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { platformOfScore } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { enqueue } from '../scores/accept-scores.ts';
import { matchingScores } from './matching-scores.ts';
import { paceOf } from './pace.ts';
import type { ReplayRequest } from './replay-request.ts';

/** How often it looks for replays, another process's orphans among them. */
const LOOK_MS = 1_000;
/** A cancel is noticed at least this often, and the lease prolonged. */
const BEAT_MS = 1_000;

type RunnerParts = Pick<Context, 'replays' | 'record' | 'reader' | 'active' | 'lanes' | 'wakes' | 'logger'>;

/**
 * Runs replays in the background of every ingest process. Each replay is run by one of them, under a lease; when that one
 * dies another goes on where it was. A score is put back at most once per replay, but for a crash between doing and noting.
 */
export class ReplayRunner implements AsyncDisposable {
  readonly #parts: RunnerParts;
  readonly #name = randomUUID();
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Looks for replays to run, now and every second. */
  start(): void {
    this.#looking = this.#lookOnAndOn();
  }

  /** Stops within a second. What is unfinished goes on in another process, or after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  async #lookOnAndOn(): Promise<void> {
    const { replays, logger } = this.#parts;
    while (!this.#stop.signal.aborted) {
      try {
        for (const id of await replays.unfinished()) {
          if (!this.#running.has(id) && (await replays.take(id, this.#name))) this.#begin(id);
        }
      } catch (error) {
        logger.debug({ err: error }, 'replays could not be looked at');
      }
      await this.#wait(LOOK_MS);
    }
  }

  #begin(id: string): void {
    const run = this.#run(id)
      .catch((error) =>
        this.#parts.logger.warn({ err: error, replayId: id }, 'a replay was interrupted, trying on'),
      )
      .finally(() => this.#running.delete(id));
    this.#running.set(id, run);
  }

  async #run(id: string): Promise<void> {
    const { replays, reader, logger } = this.#parts;
    const replay = await replays.get(id);
    const request = replay?.request as ReplayRequest | undefined;
    if (request) {
      const done = new Set(await replays.scoreIds(id));
      const { size, intervalMs } = paceOf(request.ratePerSecond);
      let nextAtMs = performance.now();
      for await (const page of matchingScores(reader, request)) {
        const open = page.filter((scoreId) => !done.has(scoreId));
        for (let i = 0; i < open.length; i += size) {
          if (!(await this.#waitUntil(id, nextAtMs))) return;
          nextAtMs = Math.max(nextAtMs, performance.now() - intervalMs) + intervalMs;
          if (
            !(await replays.progress(id, this.#name, await this.#putBack(open.slice(i, i + size), request)))
          )
            return;
        }
      }
      logger.info({ replayId: id }, 'a replay is through');
    }
    await replays.finish(id);
  }

  /** @returns those that are on their way again; the others were not dead, or a newer score had taken their place */
  async #putBack(scoreIds: readonly string[], { filter }: ReplayRequest): Promise<string[]> {
    const { record, active } = this.#parts;
    const byPlatform = Map.groupBy(scoreIds, (id) => platformOfScore(id));
    const back: string[] = [];
    for (const [platformId, ids] of byPlatform) {
      if (platformId === undefined) continue;
      await active.add(platformId);
      const results = await Promise.all(
        ids.map((id) => record.replay(id, { delivered: filter?.status === 'delivered' })),
      );
      const cells = results.flatMap((result) => (result.kind === 'replayed' ? [result.cell] : []));
      back.push(...ids.filter((_, i) => results[i]!.kind === 'replayed'));
      await enqueue(this.#parts, platformId, cells);
    }
    return back;
  }

  /** @returns false when the replay is cancelled, another's, or this process stops */
  async #waitUntil(id: string, atMs: number): Promise<boolean> {
    for (let leftMs = atMs - performance.now(); leftMs > 0; leftMs = atMs - performance.now()) {
      await this.#wait(Math.min(leftMs, BEAT_MS));
      if (leftMs > BEAT_MS && !(await this.#parts.replays.progress(id, this.#name, []))) return false;
    }
    return !this.#stop.signal.aborted;
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
