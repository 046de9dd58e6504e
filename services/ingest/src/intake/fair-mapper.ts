import type { Mapper } from '@gradewire/autograders';

/** What a platform's mappings took counts half as much after so long. */
const HALF_LIFE_MS = 30_000;
/** A platform whose mappings take longer than that on average is slow. */
const SLOW_MS = 200;
/** How many mappings of a slow platform wait here, besides the one that runs. */
const MOST_SLOW = 1;
/** After so long a mapping that may not wait here is tried again. */
const LONGEST_AWAY_MS = 30_000;
/** How much of the average is the last one. */
const LAST_SHARE = 0.3;

export interface FairMapperOptions {
  mapper: Pick<Mapper, 'map'>;
  /** For the platforms that are slow. */
  slowMapper: Pick<Mapper, 'map'>;
  /** Whoever waits for a turn then is told that there will be none. */
  stop: AbortSignal;
  /** Milliseconds that only grow. */
  monotonic?: () => number;
}

/** A slow platform's mapping has no turn soon, and is to come again: until then its delivery stands in nobody's way. */
export class MapperBusyError extends Error {
  readonly againInMs: number;

  constructor(againInMs: number) {
    super('the mappings of the platform take long, and others of them wait already');
    this.name = 'MapperBusyError';
    this.againInMs = againInMs;
  }
}

interface Lane {
  mapper: Pick<Mapper, 'map'>;
  isSlow: boolean;
  isTaken: boolean;
}

interface Spent {
  ms: number;
  atMs: number;
  averageMs: number;
  /** Until when those take that were told to come again. */
  bookedMs: number;
}

/**
 * Gives two mappers, each of which runs one mapping at a time, to one platform after another: of those that wait, to the one whose
 * mappings have taken the least time lately. Those whose mappings take long share one of the two, and have few of them wait: after
 * the first that hangs a platform holds up none but others of its kind.
 */
export class FairMapper {
  readonly #stop: AbortSignal;
  readonly #monotonic: () => number;
  readonly #lanes: readonly Lane[];
  /** By platform, each in the order of arrival. */
  readonly #waiting = new Map<string, PromiseWithResolvers<Lane>[]>();
  readonly #spent = new Map<string, Spent>();

  constructor({ mapper, slowMapper, stop, monotonic = () => performance.now() }: FairMapperOptions) {
    this.#stop = stop;
    this.#monotonic = monotonic;
    this.#lanes = [
      { mapper, isSlow: false, isTaken: false },
      { mapper: slowMapper, isSlow: true, isTaken: false },
    ];
    stop.addEventListener('abort', () => this.#turnAway(), { once: true });
  }

  /**
   * As `Mapper.map`. Rejects, too, when it is stopped before its turn.
   * @throws MapperBusyError
   */
  async map(platformId: string, mapping: string, value: unknown): ReturnType<Mapper['map']> {
    const lane = await this.#turnOf(platformId);
    const startedMs = this.#monotonic();
    try {
      return await lane.mapper.map(mapping, value);
    } finally {
      this.#note(platformId, this.#monotonic() - startedMs);
      lane.isTaken = false;
      this.#begin();
    }
  }

  async #turnOf(platformId: string): Promise<Lane> {
    this.#stop.throwIfAborted();
    const queue = this.#waiting.get(platformId) ?? [];
    if (this.#isSlow(platformId) && queue.length >= MOST_SLOW) throw this.#busy(platformId);
    const turn = Promise.withResolvers<Lane>();
    queue.push(turn);
    this.#waiting.set(platformId, queue);
    this.#begin();
    return turn.promise;
  }

  #begin(): void {
    for (const lane of this.#lanes) {
      if (lane.isTaken) continue;
      const theirs = [...this.#waiting.keys()].filter((id) => this.#isSlow(id) === lane.isSlow);
      const [platformId] = theirs.sort((a, b) => this.#spentBy(a) - this.#spentBy(b));
      if (platformId === undefined) continue;
      const queue = this.#waiting.get(platformId)!;
      const turn = queue.shift()!;
      if (queue.length === 0) this.#waiting.delete(platformId);
      lane.isTaken = true;
      turn.resolve(lane);
    }
  }

  #isSlow(platformId: string): boolean {
    return (this.#spent.get(platformId)?.averageMs ?? 0) > SLOW_MS;
  }

  #spentBy(platformId: string): number {
    const { ms, atMs } = this.#spent.get(platformId) ?? { ms: 0, atMs: 0 };
    return ms * 0.5 ** ((this.#monotonic() - atMs) / HALF_LIFE_MS);
  }

  #note(platformId: string, tookMs: number): void {
    const { averageMs, bookedMs } = this.#spent.get(platformId) ?? { averageMs: 0, bookedMs: 0 };
    this.#spent.set(platformId, {
      ms: this.#spentBy(platformId) + tookMs,
      atMs: this.#monotonic(),
      averageMs: averageMs + (tookMs - averageMs) * LAST_SHARE,
      bookedMs,
    });
  }

  /** One after another, so that they do not come again all at once. */
  #busy(platformId: string): MapperBusyError {
    const nowMs = this.#monotonic();
    const spent = this.#spent.get(platformId)!;
    const next = Math.max(spent.bookedMs, nowMs) + spent.averageMs;
    spent.bookedMs = Math.min(next, nowMs + LONGEST_AWAY_MS);
    return new MapperBusyError(spent.bookedMs - nowMs);
  }

  #turnAway(): void {
    for (const queue of this.#waiting.values()) {
      for (const turn of queue) turn.reject(this.#stop.reason);
    }
    this.#waiting.clear();
  }
}
