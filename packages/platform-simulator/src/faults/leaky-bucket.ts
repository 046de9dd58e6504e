import type { BucketRules } from '../profiles/profile.ts';

/** Canvas' request throttle: what runs is reserved, what ran is charged, and it leaks. */
export class LeakyBucket {
  readonly rules: BucketRules;
  #level = 0;
  #at = Number.NEGATIVE_INFINITY;

  constructor(rules: BucketRules) {
    this.rules = rules;
  }

  /** False: full, refuse the request. True: `release` must follow. */
  reserve(now: number): boolean {
    this.#leak(now);
    if (this.#level >= this.rules.highWater) return false;
    this.#level = Math.min(this.rules.capacity, this.#level + this.rules.upFront);
    return true;
  }

  release(now: number): void {
    this.#leak(now);
    this.#level = Math.max(0, this.#level + this.rules.cost - this.rules.upFront);
  }

  /** Of the allowance; never below 0. */
  remaining(now: number): number {
    this.#leak(now);
    return Math.max(0, this.rules.highWater - this.#level);
  }

  headers(now: number): Record<string, string> {
    return {
      'x-request-cost': String(this.rules.cost),
      'x-rate-limit-remaining': this.remaining(now).toFixed(1),
    };
  }

  #leak(now: number): void {
    const elapsed = Number.isFinite(this.#at) ? Math.max(0, now - this.#at) : 0;
    this.#level = Math.max(0, this.#level - (elapsed / 1000) * this.rules.leakPerSecond);
    this.#at = Math.max(this.#at, now);
  }
}
