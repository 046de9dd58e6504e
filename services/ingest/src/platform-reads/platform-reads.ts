import { type PlatformAnswer, type SendRequest, withQuickRetry } from '@gradewire/ags';
import { classifyToken, type Outcome, type Platform, type ProfileName } from '@gradewire/passback';
import type { RequestBudget, TokenCache, TokenResult } from '@gradewire/passback/redis';
import type { PlatformEvents } from './platform-events.ts';
import { withinBudget } from './within-budget.ts';

/** What a caller wants of a platform's service. */
export interface Question<Reading extends { ok: true } | Failed> {
  /** All are asked for; one of them that was granted will do. */
  scopes: readonly string[];
  /** Runs again with another token when the first is refused. */
  run(call: { accessToken: string; send: SendRequest }): Promise<Reading>;
  classify(answer: PlatformAnswer, profile: ProfileName, now: number): Outcome;
}

/** What was read, or what it means that it could not be. */
export type Asked<Reading> = Extract<Reading, { ok: true }> | { ok: false; outcome: Outcome };

type Failed = { ok: false; answer: PlatformAnswer; problem: string; reason?: 'ORIGIN_NOT_ALLOWED' };

/** A platform as HTTP requests and runs of ingest reach it. */
export interface OpenPlatform {
  platform: Platform;
  /** Within the limits of the platform; a read is tried again at once after a passing failure. */
  send: SendRequest;
  /** The token that delivery uses too, or why there is none. */
  accessToken(scopes: readonly string[]): Promise<TokenResult>;
  /** Forgets exactly this token after it was refused. */
  dropToken(scopes: readonly string[], tokenId: string): Promise<void>;
  /** Asks with a token, and once more with a new one if that is refused. Whatever the platform does is a value. */
  ask<Reading extends { ok: true } | Failed>(question: Question<Reading>): Promise<Asked<Reading>>;
}

export interface PlatformReadsOptions {
  tokens: Pick<TokenCache, 'get' | 'drop'>;
  budget: Pick<RequestBudget, 'acquire' | 'observe' | 'throttled'>;
  send: SendRequest;
  requestTimeoutMs: number;
  events: Pick<PlatformEvents, 'requested'>;
  now: () => number;
}

const LEASE_MARGIN_MS = 5_000;
/** How long a group is left alone that was throttled without a word of how long. */
const THROTTLED_MS = 1_000;

type Asking = Omit<OpenPlatform, 'ask'> & { throttled(forMs: number): Promise<void> };

/** Opens platforms: with delivery's tokens and within the same limits, so that what is read does not hurt what is sent. */
export class PlatformReads {
  readonly #options: PlatformReadsOptions;

  constructor(options: PlatformReadsOptions) {
    this.#options = options;
  }

  /** `unhurried`: nobody waits for the answers, so that scores under way go first; until it is aborted. */
  open(platform: Platform, { unhurried }: { unhurried?: AbortSignal } = {}): OpenPlatform {
    const { tokens, budget, requestTimeoutMs, events } = this.#options;
    const told: SendRequest = async (request) => {
      const answer = await this.#options.send(request);
      events.requested({ profile: platform.profile, answer });
      return answer;
    };
    let epoch = 0;
    const send = withQuickRetry(
      withinBudget(told, {
        budget,
        platform,
        leaseMs: requestTimeoutMs + LEASE_MARGIN_MS,
        unhurried,
        granted: (of) => {
          epoch = of;
        },
      }),
    );
    const opened = {
      platform,
      send,
      accessToken: (scopes: readonly string[]) => tokens.get(platform, scopes, send),
      dropToken: async (scopes: readonly string[], tokenId: string) => {
        await tokens.drop(platform, scopes, tokenId);
      },
    };
    const throttled = async (forMs: number) => {
      const { concurrency } = platform.limits;
      await budget.throttled(platform.limitGroup, { forMs, epoch, concurrency });
    };
    return { ...opened, ask: (question) => this.#ask({ ...opened, throttled }, question) };
  }

  async #ask<Reading extends { ok: true } | Failed>(
    { platform, send, accessToken, dropToken, throttled }: Asking,
    { scopes, run, classify }: Question<Reading>,
  ): Promise<Asked<Reading>> {
    const stopped = async (outcome: Outcome): Promise<{ ok: false; outcome: Outcome }> => {
      if (outcome.kind === 'throttled') await throttled(outcome.retryAfterMs ?? THROTTLED_MS);
      return { ok: false, outcome };
    };
    for (let renewed = false; ; renewed = true) {
      const result = await accessToken(scopes);
      if (!result.ok) return stopped(withoutToken(platform, result, this.#options.now()));
      const { token } = result;
      if (!scopes.some((scope) => token.scopes.includes(scope))) return stopped(notGranted);
      const reading = await run({ accessToken: token.accessToken, send });
      if (reading.ok) return reading as Extract<Reading, { ok: true }>;
      const { answer, problem, reason } = reading;
      const outcome: Outcome = reason
        ? { kind: 'dead', reason, detail: problem }
        : classify(answer, platform.profile, this.#options.now());
      if (outcome.kind !== 'renewToken' || renewed) return stopped(outcome);
      await dropToken(scopes, token.id);
    }
  }
}

const notGranted: Outcome = {
  kind: 'dead',
  reason: 'SCOPE_NOT_GRANTED',
  detail: 'the platform did not grant the scope that this needs',
};

function withoutToken(platform: Platform, result: TokenResult & { ok: false }, now: number): Outcome {
  const { answer, retryAtMs } = result;
  if (answer) return classifyToken(answer, platform.profile, now);
  return {
    kind: 'transient',
    reason: result.budgetExhausted ? 'UNAUTHORIZED' : 'PLATFORM_DOWN',
    finalReason: 'EXPIRED',
    ambiguous: false,
    systemic: true,
    detail: result.budgetExhausted
      ? 'the platform refused new tokens again and again, so none is asked for at present'
      : 'no token could be had in time',
    ...(retryAtMs !== undefined && { retryAfterMs: Math.max(0, retryAtMs - now) }),
  };
}
