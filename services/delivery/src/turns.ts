import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformAnswer, SendRequest } from '@gradewire/ags';
import type { Platform } from '@gradewire/passback';
import type { RequestBudget } from '@gradewire/passback/redis';
import type { InFlight } from './in-flight.ts';

/** The right to make requests for one cell, one at a time. */
export interface Turn {
  /** Waits until a request may go; the next `send` does not wait then. */
  ready(): Promise<void>;
  send: SendRequest;
  release(): Promise<void>;
}

export interface TurnsOptions {
  slots: InFlight;
  budget: Pick<RequestBudget, 'acquire' | 'observe'>;
  /** Sends to a platform, whatever the budget. */
  sendTo: (platform: Platform) => SendRequest;
  requestTimeoutMs: number;
  now: () => number;
}

// A budget that will be free soon is waited for here; queueing the cell anew costs more than the slot.
const longestWaitMs = 2_000;
const leaseMarginMs = 5_000;

/**
 * Hands out turns: a slot of this process, and where platforms share limits or have a rate, a request of the budget that
 * all processes share.
 */
export class Turns {
  readonly #options: TurnsOptions;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** `retryAtMs`: there is no turn soon; nothing of the cell was touched. */
  async take(platform: Platform, stopping: AbortSignal): Promise<Turn | { retryAtMs: number }> {
    const { slots, now } = this.#options;
    const send = this.#options.sendTo(platform);
    const leave = await slots.acquire(platform.id, stopping);
    if (!leave) return { retryAtMs: now() };
    if (!sharesLimits(platform)) return { ready: async () => undefined, send, release: async () => leave() };
    try {
      const first = await this.#request(platform, stopping);
      if ('retryAtMs' in first) leave();
      return 'retryAtMs' in first ? first : this.#countedTurn(platform, send, first.release, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  #countedTurn(platform: Platform, send: SendRequest, first: () => Promise<void>, leave: () => void): Turn {
    let next: (() => Promise<void>) | undefined = first;
    const ready = async () => {
      next ??= await this.#patiently(platform);
    };
    return {
      ready,
      send: async (request) => {
        await ready();
        const release = next;
        next = undefined;
        try {
          return await this.#observed(platform, await send(request));
        } finally {
          await release?.();
        }
      },
      release: async () => {
        leave();
        await next?.();
      },
    };
  }

  async #request(
    platform: Platform,
    stopping: AbortSignal,
  ): Promise<{ release: () => Promise<void> } | { retryAtMs: number }> {
    const { budget, requestTimeoutMs, now } = this.#options;
    const { concurrency, ratePerSecond } = platform.limits;
    const deadline = now() + longestWaitMs;
    for (;;) {
      const acquired = await budget.acquire({
        group: platform.limitGroup,
        concurrency,
        ...(ratePerSecond && { ratePerSecond }),
        leaseMs: requestTimeoutMs + leaseMarginMs,
      });
      if (acquired.ok) return { release: () => acquired.release() };
      const retryAtMs = now() + acquired.retryInMs;
      if (retryAtMs > deadline || stopping.aborted) return { retryAtMs };
      await sleep(acquired.retryInMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  /** A further request of an attempt that has begun: it waits a while, and then goes rather than fail a cell for our own budget. */
  async #patiently(platform: Platform): Promise<() => Promise<void>> {
    const turn = await this.#request(platform, new AbortController().signal);
    return 'release' in turn ? turn.release : async () => undefined;
  }

  async #observed(platform: Platform, answer: PlatformAnswer): Promise<PlatformAnswer> {
    const remaining =
      answer.kind === 'response' ? Number(answer.headers['x-rate-limit-remaining']) : Number.NaN;
    if (platform.profile === 'canvas' && Number.isFinite(remaining)) {
      await this.#options.budget.observe(platform.limitGroup, remaining);
    }
    return answer;
  }
}

/** Only then do its requests need counting beyond its own lane. */
export function sharesLimits(platform: Platform): boolean {
  return platform.limits.ratePerSecond !== undefined || platform.limitGroup !== platform.id;
}
