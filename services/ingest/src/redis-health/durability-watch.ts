import { Problem } from '../http/problem.ts';
import type { Durability } from './durability.ts';

/** Settings change rarely; a look every few seconds costs an accept nothing. */
const FRESH_MS = 5_000;

export interface DurabilityWatchOptions {
  read: () => Promise<Durability>;
  now?: () => number;
}

/** The durability in force, as it was at most five seconds ago. One look at a time, shared by all who ask. */
export class DurabilityWatch {
  readonly #read: () => Promise<Durability>;
  readonly #now: () => number;
  #known: { durability: Durability; atMs: number } | undefined;
  #reading: Promise<Durability> | undefined;

  constructor({ read, now = Date.now }: DurabilityWatchOptions) {
    this.#read = read;
    this.#now = now;
  }

  /** @throws what Redis throws when it is away */
  async current(): Promise<Durability> {
    if (this.#known && this.#now() - this.#known.atMs < FRESH_MS) return this.#known.durability;
    // No await between the check and the set: concurrent callers share one look.
    this.#reading ??= this.#look().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** @throws Problem `NOT_DURABLE` where scores may not be accepted */
  async requireDurable(): Promise<void> {
    const { refusals } = await this.current();
    if (refusals.length > 0)
      throw new Problem('NOT_DURABLE', { detail: refusals.join(' '), retryAfterSeconds: 10 });
  }

  async #look(): Promise<Durability> {
    const durability = await this.#read();
    this.#known = { durability, atMs: this.#now() };
    return durability;
  }
}
