interface Waiter {
  grant: (release: () => void) => void;
}

/**
 * This process's budget of requests in flight, shared by all lanes. A slot that is free goes to the waiting lane with the
 * fewest requests in flight; a part is kept for lanes that have none, so that a lane whose platform hangs cannot starve
 * one that just woke.
 */
export class InFlight {
  readonly #capacity: number;
  readonly #kept: number;
  readonly #inFlight = new Map<string, number>();
  readonly #waiting = new Map<string, Waiter[]>();
  #used = 0;

  /** `kept` slots, an eighth by default, are given only to lanes with nothing in flight. */
  constructor({ capacity, kept = Math.floor(capacity / 8) }: { capacity: number; kept?: number }) {
    this.#capacity = capacity;
    this.#kept = kept;
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

  /** The waiting lane with the fewest in flight, of equals the one served longest ago, if a slot is free for it. */
  #next(): string | undefined {
    let next: string | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const lane of this.#waiting.keys()) {
      const own = this.#inFlight.get(lane) ?? 0;
      if (own < fewest) [next, fewest] = [lane, own];
      if (fewest === 0) break;
    }
    const limit = fewest === 0 ? this.#capacity : this.#capacity - this.#kept;
    return this.#used < limit ? next : undefined;
  }

  #releaseOnce(lane: string): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#count(lane, -1);
      this.#grantFree();
    };
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
