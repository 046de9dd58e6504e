import type { QuotaRules } from '../profiles/profile.ts';

/** Brightspace's request throttle: credits for a window of time, all of them there again with the next one. */
export class Quota {
  readonly #rules: QuotaRules;
  #windowStart = Number.NEGATIVE_INFINITY;
  #spent = 0;

  constructor(rules: QuotaRules) {
    this.#rules = rules;
  }

  reserve(now: number): boolean {
    this.#renew(now);
    const { credits, cost } = this.#rules;
    if (this.#spent + cost > credits) return false;
    this.#spent += cost;
    return true;
  }

  release(): void {
    // What a request costs is spent, whatever became of it.
  }

  headers(now: number): Record<string, string> {
    this.#renew(now);
    const { credits, cost } = this.#rules;
    return { 'x-request-cost': String(cost), 'x-rate-limit-remaining': String(credits - this.#spent) };
  }

  #renew(now: number): void {
    if (now - this.#windowStart < this.#rules.perSeconds * 1000) return;
    this.#windowStart = now;
    this.#spent = 0;
  }
}
