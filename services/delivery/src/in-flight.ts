interface Waiter {
  grant: (release: () => void) => void;
}

/** How many slots a lane has shown to give back in good time. */
interface Pace {
  shown: number;
  atMs: number;
}

/** A slot held longer is one that hung. */
const slowMs = 5_000;
/** How a platform was before such a pause tells nothing of how it is now. */
const forgottenAfterMs = 10_000;

/**
 * This process's budget of requests in flight, shared by all lanes. A slot that is free goes to the waiting lane with the
 * fewest requests in flight; a part is kept for lanes that have none, so that a lane whose platform hangs cannot starve
 * one that just woke. While more than half is in use, a lane has a second slot and further ones only as it gives slots
 * back in good time: many lanes that hang together take no more than half and one slot each.
 */
export class InFlight {
  readonly #capacity: number;
  readonly #kept: number;
  readonly #monotonic: () => number;
  readonly #inFlight = new Map<string, number>();
  readonly #waiting = new Map<string, Waiter[]>();
  readonly #paces = new Map<string, Pace>();
  #used = 0;

  /** `kept` slots, an eighth by default, are given only to lanes with nothing in flight. `monotonic` is in ms. */
  constructor({
    capacity,
    kept = Math.floor(capacity / 8),
    monotonic = () => performance.now(),
  }: {
    capacity: number;
    kept?: number;
    monotonic?: () => number;
  }) {
    this.#capacity = capacity;
    this.#kept = kept;
    this.#monotonic = monotonic;
  }

  get used(): number {
    return this.#used;
  }

  /** Waits for a slot; returns its release, or undefined when `signal` was aborted first. */
  async acquire(lane: string, signal: AbortSignal): Promise<(() => void) | undefined> {
    if (signal.aborted) return undefined;
    return new Promise((resolve) => {
      const waiter: Waiter = {
        grant: (release) => {
          signal.removeEventListener('abort', giveUp);
          resolve(release);
        },
      };
      const giveUp = () => {
        this.#forget(lane, waiter);
        resolve(undefined);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.set(lane, [...(this.#waiting.get(lane) ?? []), waiter]);
      this.#grantFree();
    });
  }

  #grantFree(): void {
    for (let lane = this.#next(); lane !== undefined; lane = this.#next()) {
      const [waiter, ...others] = this.#waiting.get(lane) ?? [];
      // Behind the other lanes: of equals each gets its turn.
      this.#waiting.delete(lane);
      if (others.length > 0) this.#waiting.set(lane, others);
      this.#count(lane, 1);
      waiter?.grant(this.#releaseOnce(lane));
    }
  }

  /** Of the waiting lanes that a slot is free for the one with the fewest in flight, of equals that served longest ago. */
  #next(): string | undefined {
    let next: string | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const lane of this.#waiting.keys()) {
      const own = this.#inFlight.get(lane) ?? 0;
      if (own < fewest && this.#used < this.#limit(lane, own)) [next, fewest] = [lane, own];
      if (fewest === 0) break;
    }
    return next;
  }

  /** Up to how many slots in use the lane may have one more. */
  #limit(lane: string, own: number): number {
    if (own === 0) return this.#capacity;
    const shared = this.#capacity - this.#kept;
    return own < (this.#pace(lane)?.shown ?? 0) ? shared : Math.min(shared, Math.ceil(this.#capacity / 2));
  }

  #releaseOnce(lane: string): () => void {
    const grantedAtMs = this.#monotonic();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#judge(lane, grantedAtMs);
      this.#count(lane, -1);
      this.#grantFree();
    };
  }

  /** One slot more for one that was given back soon, back to one for one that hung. */
  #judge(lane: string, grantedAtMs: number): void {
    const atMs = this.#monotonic();
    const before = this.#pace(lane)?.shown ?? this.#inFlight.get(lane) ?? 0;
    const shown = atMs - grantedAtMs < slowMs ? Math.min(before + 1, this.#capacity) : 1;
    this.#paces.set(lane, { shown, atMs });
  }

  #pace(lane: string): Pace | undefined {
    const pace = this.#paces.get(lane);
    return pace && this.#monotonic() - pace.atMs < forgottenAfterMs ? pace : undefined;
  }

  #count(lane: string, change: 1 | -1): void {
    const own = (this.#inFlight.get(lane) ?? 0) + change;
    if (own === 0) this.#inFlight.delete(lane);
    else this.#inFlight.set(lane, own);
    this.#used += change;
  }

  #forget(lane: string, waiter: Waiter): void {
    const others = (this.#waiting.get(lane) ?? []).filter((other) => other !== waiter);
    if (others.length > 0) this.#waiting.set(lane, others);
    else this.#waiting.delete(lane);
  }
}
