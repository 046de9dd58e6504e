import { setTimeout as delay } from 'node:timers/promises';
import { type Claimed, platformOfDelivery } from '@gradewire/passback/redis';
import { type IntakeParts, processDelivery } from './process-delivery.ts';

/** How often it looks for deliveries that are due: those of processes that died and those to be retried among them. */
const LOOK_MS = 1_000;
/** What one process works on at once. */
const MOST_AT_ONCE = 8;
/** What waits its turn in memory, in all and of one platform; whatever is beyond that waits in Redis and is found by looking. */
const MOST_WAITING = 1_000;
const MOST_WAITING_OF_ONE = 128;
/** Claimed in one look. What finds no room is not lost: its claim ends. */
const MOST_CLAIMED = 100;
/** A claim that is older is not relied on any more. */
const CLAIM_GOOD_MS = 30_000;

interface Waiting {
  claimed?: Claimed;
  sinceMs: number;
}

/**
 * Works through deliveries in the background of every ingest process: those that just arrived at once, all others as they
 * become due. Processes share the work by claims; that two are at one delivery does no harm. A platform takes no more places
 * than it leaves to the others, and looking goes on while it is slow.
 */
export class IntakeRunner implements AsyncDisposable {
  readonly #parts: IntakeParts;
  readonly #stop = new AbortController();
  /** By platform, each in the order of arrival. */
  readonly #waiting = new Map<string, Map<string, Waiting>>();
  readonly #running = new Map<string, Promise<void>>();
  /** How many of those that run are each platform's. */
  readonly #places = new Map<string, number>();
  #looking: Promise<void> = Promise.resolve();
  #pause = new AbortController();
  #mayBeMore = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Looks for deliveries, now and every second. */
  start(): void {
    this.#looking = this.#lookOnAndOn();
  }

  /** Works through this one at once, or as soon as it is its turn. */
  wake(deliveryId: string): void {
    this.#enqueue(deliveryId, { sinceMs: performance.now() });
  }

  /** Begins nothing more and finishes what is under way. What waits is left to other processes, or to the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#pause.abort();
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  async #lookOnAndOn(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#pause = new AbortController();
      await this.#look().catch((error) =>
        this.#parts.logger.debug({ err: error }, 'no look at what deliveries are due'),
      );
      await delay(LOOK_MS, undefined, { signal: this.#pause.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const due = await this.#parts.webhookDeliveries.due(MOST_CLAIMED);
    this.#mayBeMore = due.length === MOST_CLAIMED;
    const sinceMs = performance.now();
    for (const claimed of due) this.#enqueue(claimed.id, { claimed, sinceMs });
  }

  #enqueue(id: string, waiting: Waiting): void {
    const platformId = platformOfDelivery(id) ?? '';
    const queue = this.#waiting.get(platformId) ?? new Map<string, Waiting>();
    if (queue.size >= MOST_WAITING_OF_ONE || this.#waitingInAll() >= MOST_WAITING) {
      this.#mayBeMore = true;
      return;
    }
    if (!queue.has(id) || waiting.claimed) queue.set(id, waiting);
    this.#waiting.set(platformId, queue);
    this.#begin();
  }

  /** Gives free places to those that wait. */
  #begin(): void {
    for (const [platformId, queue] of this.#waiting) {
      for (const [id, waiting] of queue) {
        if (this.#stop.signal.aborted || !this.#hasPlaceFor(platformId)) break;
        if (this.#running.has(id)) continue;
        queue.delete(id);
        this.#run(platformId, id, waiting);
      }
      if (queue.size === 0) this.#waiting.delete(platformId);
    }
  }

  #hasPlaceFor(platformId: string): boolean {
    return (this.#places.get(platformId) ?? 0) < MOST_AT_ONCE - this.#running.size;
  }

  #run(platformId: string, id: string, waiting: Waiting): void {
    this.#places.set(platformId, (this.#places.get(platformId) ?? 0) + 1);
    const done = this.#work(id, waiting)
      .catch((error) =>
        this.#parts.logger.warn({ err: error, deliveryId: id }, 'trying a delivery again later'),
      )
      .finally(() => {
        this.#running.delete(id);
        const places = this.#places.get(platformId)! - 1;
        if (places === 0) this.#places.delete(platformId);
        else this.#places.set(platformId, places);
        this.#begin();
        if (this.#mayBeMore && this.#waiting.size === 0) this.#pause.abort();
      });
    this.#running.set(id, done);
  }

  async #work(id: string, { claimed, sinceMs }: Waiting): Promise<void> {
    const isGood = claimed && performance.now() - sinceMs < CLAIM_GOOD_MS;
    const mine = isGood ? claimed : await this.#parts.webhookDeliveries.claim(id);
    if (!mine) return;
    const result = await processDelivery(this.#parts, mine, { unhurried: this.#stop.signal });
    if (result === 'again') this.wake(id);
  }

  #waitingInAll(): number {
    return [...this.#waiting.values()].reduce((sum, queue) => sum + queue.size, 0);
  }
}
