import { setTimeout as delay } from 'node:timers/promises';
import { type Claimed, platformOfDelivery } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { FairMapper, MapperBusyError } from './fair-mapper.ts';
import { type IntakeParts, processDelivery } from './process-delivery.ts';

/** How often it looks for deliveries that are due: those of processes that died and those to be retried among them. */
const LOOK_MS = 1_000;
/** What one process works on at once, but for what waits for a mapping or a roster. */
const MOST_AT_ONCE = 8;
/** Of one platform, what waits for those included. */
const MOST_OF_ONE = 4;
/** What waits its turn in memory, in all and of one platform; whatever is beyond that waits in Redis and is found by looking. */
const MOST_WAITING = 1_000;
const MOST_WAITING_OF_ONE = 128;
/** Claimed in one look. */
const MOST_CLAIMED = 100;
/** A claim that is older is not relied on any more. */
const CLAIM_GOOD_MS = 30_000;

type RunnerParts = IntakeParts & Pick<Context, 'slowMapper'>;

interface Waiting {
  claimed?: Claimed;
  sinceMs: number;
}

/**
 * Works through deliveries in the background of every ingest process: those that just arrived at once, all others as they
 * become due. Processes share the work by claims; that two are at one delivery does no harm. A platform takes no more places
 * than it leaves to the others, none for what waits for its mappings and rosters, and looking goes on while it is slow.
 */
export class IntakeRunner implements AsyncDisposable {
  readonly #parts: RunnerParts;
  readonly #mapper: FairMapper;
  readonly #stop = new AbortController();
  /** By platform, each in the order of arrival. */
  readonly #waiting = new Map<string, Map<string, Waiting>>();
  readonly #running = new Map<string, Promise<void>>();
  /** How many of those that run are each platform's. */
  readonly #runningOf = new Map<string, number>();
  /** How many of those that run wait for a mapping or a roster. */
  #aside = 0;
  #looking: Promise<void> = Promise.resolve();
  #pause = new AbortController();
  #mayBeMore = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#mapper = new FairMapper({ ...parts, stop: this.#stop.signal });
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
    const waiting = [...this.#waiting.values()].flatMap((queue) => [...queue.values()]);
    await this.#putBack(
      waiting.flatMap(({ claimed }) => claimed ?? []),
      0,
    );
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
    const left = due.filter((claimed) => !this.#enqueue(claimed.id, { claimed, sinceMs }));
    await this.#putBack(left, LOOK_MS);
  }

  /** False when there is no room: then it is found by looking. */
  #enqueue(id: string, waiting: Waiting): boolean {
    const platformId = platformOfDelivery(id) ?? '';
    const queue = this.#waiting.get(platformId) ?? new Map<string, Waiting>();
    if (queue.size >= MOST_WAITING_OF_ONE || this.#waitingInAll() >= MOST_WAITING) {
      this.#mayBeMore = true;
      return false;
    }
    if (!queue.has(id) || waiting.claimed) queue.set(id, waiting);
    this.#waiting.set(platformId, queue);
    this.#begin();
    return true;
  }

  /** Whoever looks next has them. When that cannot be written down, their claims end by themselves. */
  async #putBack(claimed: readonly Claimed[], inMs: number): Promise<void> {
    if (claimed.length === 0) return;
    await this.#parts.webhookDeliveries
      .putBack(claimed, Math.ceil(inMs))
      .catch((error) => this.#parts.logger.debug({ err: error }, 'deliveries stay claimed'));
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
    const free = MOST_AT_ONCE - (this.#running.size - this.#aside);
    return (this.#runningOf.get(platformId) ?? 0) < Math.min(free, MOST_OF_ONE);
  }

  #run(platformId: string, id: string, waiting: Waiting): void {
    this.#runningOf.set(platformId, (this.#runningOf.get(platformId) ?? 0) + 1);
    const done = this.#work(platformId, id, waiting)
      .catch((error) =>
        this.#parts.logger.warn({ err: error, deliveryId: id }, 'trying a delivery again later'),
      )
      .finally(() => {
        this.#running.delete(id);
        const others = this.#runningOf.get(platformId)! - 1;
        if (others === 0) this.#runningOf.delete(platformId);
        else this.#runningOf.set(platformId, others);
        this.#begin();
        if (this.#mayBeMore && this.#waiting.size === 0) this.#pause.abort();
      });
    this.#running.set(id, done);
  }

  async #work(platformId: string, id: string, { claimed, sinceMs }: Waiting): Promise<void> {
    const isGood = claimed && performance.now() - sinceMs < CLAIM_GOOD_MS;
    const mine = isGood ? claimed : await this.#parts.webhookDeliveries.claim(id);
    if (!mine) return;
    const parts = this.#partsFor(platformId);
    const result = await processDelivery(parts, mine, { unhurried: this.#stop.signal }).catch(
      async (error) => {
        const isBusy = error instanceof MapperBusyError;
        if (isBusy || this.#stop.signal.aborted) await this.#putBack([mine], isBusy ? error.againInMs : 0);
        if (!isBusy) throw error;
      },
    );
    if (result === 'again') this.wake(id);
  }

  /** What a delivery of this platform is worked on with: while it waits for a mapping or a roster another has its place. */
  #partsFor(platformId: string): IntakeParts {
    const { courseRosters } = this.#parts;
    return {
      ...this.#parts,
      mapper: {
        map: (mapping, value) => this.#stepAside(() => this.#mapper.map(platformId, mapping, value)),
      },
      courseRosters: { read: (wish) => this.#stepAside(() => courseRosters.read(wish)) },
    };
  }

  async #stepAside<T>(wait: () => Promise<T>): Promise<T> {
    this.#aside += 1;
    this.#begin();
    try {
      return await wait();
    } finally {
      this.#aside -= 1;
    }
  }

  #waitingInAll(): number {
    return [...this.#waiting.values()].reduce((sum, queue) => sum + queue.size, 0);
  }
}
