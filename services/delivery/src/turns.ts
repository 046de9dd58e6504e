import type { NoResponse, PlatformAnswer, SendRequest } from '@gradewire/ags';
import { type Platform, PROFILES } from '@gradewire/passback';
import type { RequestBudget } from '@gradewire/passback/redis';
import { BudgetLine } from './budget-line.ts';
import type { DeliveryEvents } from './events.ts';
import type { InFlight } from './in-flight.ts';

/** The right to make requests for one cell, one at a time. */
export interface Turn {
  /** Waits until a request may go; the next `send` does not wait then. With `retryAtMs` there is none soon. */
  ready(): Promise<{ retryAtMs: number } | undefined>;
  /** Sends when a request may go, or answers `noResponse` when there is none soon: the limit is never passed. */
  send: SendRequest;
  /** From now on its requests, and for a while those of all turns for the platform, go by the budget. */
  pace(): void;
  /** The platform refused its last request for their number: nothing goes for so long, then slower. */
  throttled(forMs: number): Promise<void>;
  release(): Promise<void>;
}

export interface TurnsOptions {
  slots: InFlight;
  budget: Pick<RequestBudget, 'acquire' | 'observe' | 'throttled'>;
  events: Pick<DeliveryEvents, 'paced'>;
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
/** A process asks the budget for so long after it last heard that a platform is paced. Each attempt tells anew. */
const pacedForMs = 10_000;

interface Grant {
  epoch: number;
  release: (how?: { unused: boolean }) => Promise<void>;
}

/**
 * Hands out turns: a slot of this process, and where platforms share limits, have a rate or refused requests for their
 * number, a request of the budget that all processes share.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #pacedUntil = new Map<string, number>();
  /** By limit group and limits: platforms of a group may have been given different ones. */
  readonly #lines = new Map<string, BudgetLine>();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** `retryAtMs`: there is no turn soon; nothing of the cell was touched. */
  async take(platform: Platform, stopping: AbortSignal): Promise<Turn | { retryAtMs: number }> {
    const { slots, now } = this.#options;
    const leave = await slots.acquire(platform.id, stopping);
    if (!leave) return { retryAtMs: now() };
    if (!this.#isCounted(platform)) return this.#turn(platform, leave);
    try {
      const first = await this.#request(platform, { patienceMs: longestWaitMs, hasBegun: false }, stopping);
      if ('retryAtMs' in first) leave();
      return 'retryAtMs' in first ? first : this.#turn(platform, leave, first);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** With a first request of the budget every other one needs one too; without, only once it is paced. */
  #turn(platform: Platform, leave: () => void, first?: Grant): Turn {
    const sendTo = this.#options.sendTo(platform);
    let counted = first !== undefined;
    let next = first;
    let epoch = 0;
    const giveBack = async () => {
      const unused = next;
      next = undefined;
      await unused?.release({ unused: true });
    };
    // Its lease ends by itself if giving it back fails.
    const timer = first && setTimeout(() => void giveBack().catch(() => undefined), grantLifeMs);
    const ready = async () => {
      clearTimeout(timer);
      if (!counted || next) return undefined;
      const grant = await this.#request(
        platform,
        { patienceMs: furtherWaitMs },
        new AbortController().signal,
      );
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
        epoch = grant?.epoch ?? 0;
        try {
          return await this.#observed(platform, await sendTo(request));
        } finally {
          await grant?.release();
        }
      },
      pace: () => {
        counted = true;
        this.#pacedUntil.set(platform.id, this.#options.now() + pacedForMs);
      },
      throttled: (forMs) => this.#throttled(platform, { forMs, epoch }),
      release: async () => {
        leave();
        clearTimeout(timer);
        await giveBack();
      },
    };
  }

  #isCounted(platform: Platform): boolean {
    if (sharesLimits(platform)) return true;
    const untilMs = this.#pacedUntil.get(platform.id);
    if (untilMs === undefined) return false;
    if (untilMs > this.#options.now()) return true;
    this.#pacedUntil.delete(platform.id);
    return false;
  }

  async #throttled(platform: Platform, refusal: { forMs: number; epoch: number }): Promise<void> {
    const { budget, events } = this.#options;
    const { concurrency } = platform.limits;
    const ratePerSecond = await budget.throttled(platform.limitGroup, { ...refusal, concurrency });
    if (ratePerSecond !== undefined) events.paced({ platformId: platform.id, ratePerSecond });
  }

  async #request(
    platform: Platform,
    { patienceMs, hasBegun = true }: { patienceMs: number; hasBegun?: boolean },
    signal: AbortSignal,
  ): Promise<Grant | { retryAtMs: number }> {
    const { now } = this.#options;
    const { limitGroup, limits } = platform;
    const key = `${limits.concurrency} ${limits.ratePerSecond} ${limitGroup}`;
    const line = this.#lines.get(key) ?? new BudgetLine();
    this.#lines.set(key, line);
    const deadline = now() + patienceMs;
    if (!(await line.enter({ patienceMs, hasBegun, signal }))) return { retryAtMs: now() };
    try {
      return await this.#ask(platform, line, { deadline, signal });
    } finally {
      line.leave();
      if (line.isEmpty) this.#lines.delete(key);
    }
  }

  async #ask(
    platform: Platform,
    line: BudgetLine,
    { deadline, signal }: { deadline: number; signal: AbortSignal },
  ): Promise<Grant | { retryAtMs: number }> {
    const { budget, requestTimeoutMs, now } = this.#options;
    const { concurrency, ratePerSecond } = platform.limits;
    for (;;) {
      const acquired = await budget.acquire({
        group: platform.limitGroup,
        concurrency,
        ...(ratePerSecond && { ratePerSecond }),
        tellsRemaining: PROFILES[platform.profile].tellsRemaining,
        leaseMs: requestTimeoutMs + leaseMarginMs,
      });
      if (acquired.ok) {
        const { epoch, release } = acquired;
        return { epoch, release: (how) => release(how).finally(() => line.wake()) };
      }
      const retryAtMs = now() + acquired.retryInMs;
      if (retryAtMs > deadline || signal.aborted) return { retryAtMs };
      await line.pause(acquired.retryInMs, signal);
    }
  }

  async #observed(platform: Platform, answer: PlatformAnswer): Promise<PlatformAnswer> {
    const remaining =
      answer.kind === 'response' ? Number(answer.headers['x-rate-limit-remaining']) : Number.NaN;
    if (PROFILES[platform.profile].tellsRemaining && Number.isFinite(remaining)) {
      await this.#options.budget.observe(platform.limitGroup, remaining);
    }
    return answer;
  }
}

/** Only then do its requests always need counting beyond its own lane. */
function sharesLimits({ id, limits, limitGroup, profile }: Platform): boolean {
  return limits.ratePerSecond !== undefined || limitGroup !== id || PROFILES[profile].tellsRemaining;
}

function noTurn(stage: NoResponse['stage']): NoResponse {
  const detail = "the platform's limits are used up by other requests";
  return { kind: 'noResponse', stage, code: 'ABORTED', maybeSeen: false, detail, durationMs: 0 };
}
