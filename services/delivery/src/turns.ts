import { setTimeout as sleep } from 'node:timers/promises';
import type { NoResponse, PlatformAnswer, SendRequest } from '@gradewire/ags';
import type { Platform } from '@gradewire/passback';
import type { RequestBudget } from '@gradewire/passback/redis';
import type { InFlight } from './in-flight.ts';

/** The right to make requests for one cell, one at a time. */
export interface Turn {
  /** Waits until a request may go; the next `send` does not wait then. With `retryAtMs` there is none soon. */
  ready(): Promise<{ retryAtMs: number } | undefined>;
  /** Sends when a request may go, or answers `noResponse` when there is none soon: the limit is never passed. */
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
/** An attempt that has begun waits longer for its further requests, but ends within its lease and a token's lock. */
const furtherWaitMs = 8_000;
/**
 * A first request that is not made within this goes back: its attempt waits for somebody, who may be waiting for the budget,
 * and later it would come on top of the rate of by then.
 */
const grantLifeMs = 100;
const leaseMarginMs = 5_000;

interface Grant {
  release: (how?: { unused: boolean }) => Promise<void>;
}

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
      const first = await this.#request(platform, longestWaitMs, stopping);
      if ('retryAtMs' in first) leave();
      return 'retryAtMs' in first ? first : this.#countedTurn(platform, send, first, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  #countedTurn(platform: Platform, send: SendRequest, first: Grant, leave: () => void): Turn {
    let next: Grant | undefined = first;
    const giveBack = async () => {
      const unused = next;
      next = undefined;
      await unused?.release({ unused: true });
    };
    // Its lease ends by itself if giving it back fails.
    const timer = setTimeout(() => void giveBack().catch(() => undefined), grantLifeMs);
    const ready = async () => {
      clearTimeout(timer);
      if (next) return undefined;
      const grant = await this.#request(platform, furtherWaitMs, new AbortController().signal);
      if ('retryAtMs' in grant) return grant;
      next = grant;
      return undefined;
    };
    return {
      ready,
      send: async (request) => {
        if (await ready()) return noTurn(request.stage);
        const grant = next;
        next = undefined;
        try {
          return await this.#observed(platform, await send(request));
        } finally {
          await grant?.release();
        }
      },
      release: async () => {
        leave();
        clearTimeout(timer);
        await giveBack();
      },
    };
  }

  async #request(
    platform: Platform,
    patienceMs: number,
    stopping: AbortSignal,
  ): Promise<Grant | { retryAtMs: number }> {
    const { budget, requestTimeoutMs, now } = this.#options;
    const { concurrency, ratePerSecond } = platform.limits;
    const deadline = now() + patienceMs;
    for (;;) {
      const acquired = await budget.acquire({
        group: platform.limitGroup,
        concurrency,
        ...(ratePerSecond && { ratePerSecond }),
        leaseMs: requestTimeoutMs + leaseMarginMs,
      });
      if (acquired.ok) return { release: (how) => acquired.release(how) };
      const retryAtMs = now() + acquired.retryInMs;
      if (retryAtMs > deadline || stopping.aborted) return { retryAtMs };
      await sleep(acquired.retryInMs, undefined, { signal: stopping }).catch(() => undefined);
    }
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

function noTurn(stage: NoResponse['stage']): NoResponse {
  const detail = "the platform's limits are used up by other requests";
  return { kind: 'noResponse', stage, code: 'ABORTED', maybeSeen: false, detail, durationMs: 0 };
}
