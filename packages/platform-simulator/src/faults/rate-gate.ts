/** A token bucket: admits `ratePerSecond`, and `burst` at once. */
export class RateGate {
  readonly #ratePerSecond: number;
  readonly #burst: number;
  #level: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(ratePerSecond: number, burst: number) {
    this.#ratePerSecond = ratePerSecond;
    this.#burst = burst;
    this.#level = burst;
  }

  admits(now: number): boolean {
    const gained = Math.max(0, (now - this.#at) / 1000) * this.#ratePerSecond;
    this.#level = Math.min(this.#burst, this.#level + gained);
    this.#at = now;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}
