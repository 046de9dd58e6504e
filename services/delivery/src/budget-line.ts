interface Waiter {
  /** False: its patience has ended. */
  call: (isNext: boolean) => void;
}

/** So many that on a busy machine some ask in time although others are late. */
const askingAtOnce = 8;

/**
 * Those in this process who want a request of one limit group. A few of them ask the budget, the others wait in order:
 * hundreds that asked again and again would keep Redis from all else. Who has begun an attempt goes before who has not.
 */
export class BudgetLine {
  readonly #begun: Waiter[] = [];
  readonly #others: Waiter[] = [];
  readonly #pauses = new Set<() => void>();
  #asking = 0;

  /** True once nobody asks or waits. */
  get isEmpty(): boolean {
    return this.#asking === 0;
  }

  /** Waits for the turn to ask; `leave` must follow. False when it has not come in time, or `signal` was aborted. */
  async enter(options: { hasBegun: boolean; patienceMs: number; signal: AbortSignal }): Promise<boolean> {
    const { hasBegun, patienceMs, signal } = options;
    if (signal.aborted) return false;
    if (this.#asking < askingAtOnce) {
      this.#asking += 1;
      return true;
    }
    const line = hasBegun ? this.#begun : this.#others;
    return new Promise((resolve) => {
      const waiter: Waiter = {
        call: (isNext) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          resolve(isNext);
        },
      };
      const giveUp = () => {
        line.splice(line.indexOf(waiter), 1);
        waiter.call(false);
      };
      const timer = setTimeout(giveUp, patienceMs);
      signal.addEventListener('abort', giveUp, { once: true });
      line.push(waiter);
    });
  }

  leave(): void {
    const next = this.#begun.shift() ?? this.#others.shift();
    if (next) next.call(true);
    else this.#asking -= 1;
  }

  /** Who asks waits before asking again; one of them no longer than until a request of this process is given back. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
      this.#pauses.add(end);
    });
  }

  /** A request of this process was given back: there may be one to have. */
  wake(): void {
    const [first] = this.#pauses;
    first?.();
  }
}
