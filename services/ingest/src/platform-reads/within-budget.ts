import { setTimeout as delay } from 'node:timers/promises';
import type { NoResponse, PlatformAnswer, SendRequest } from '@gradewire/ags';
import { type Platform, PROFILES } from '@gradewire/passback';
import type { RequestBudget } from '@gradewire/passback/redis';

/** How long a person waits for a turn before being told that there is none. */
const PATIENCE_MS = 5_000;
/** The same where nobody waits for the answer. */
const UNHURRIED_PATIENCE_MS = 60_000;
const LONGEST_REST_MS = 2_000;

/**
 * Sends within what the platform may be asked: the scores under way and these requests share one budget. When no turn
 * comes in a few seconds the answer is a `noResponse` that says so.
 */
export function withinBudget(
  send: SendRequest,
  {
    budget,
    platform,
    leaseMs,
    unhurried,
    granted = () => undefined,
    now = () => performance.now(),
    wait = delay,
  }: {
    budget: Pick<RequestBudget, 'acquire' | 'observe'>;
    platform: Pick<Platform, 'limitGroup' | 'limits' | 'profile'>;
    leaseMs: number;
    /**
     * Nobody waits for the answer: a turn is waited for longer, and after each request there is a rest as long as it took, so
     * that the scores under way have the better part. Nothing more is sent once the signal is aborted.
     */
    unhurried?: AbortSignal | undefined;
    /** Told with each request what of its refusal the budget has to know. */
    granted?: (epoch: number) => void;
    now?: () => number;
    wait?: (ms: number) => Promise<unknown>;
  },
): SendRequest {
  const patienceMs = unhurried ? UNHURRIED_PATIENCE_MS : PATIENCE_MS;
  let restUntilMs = 0;
  return async (request) => {
    if (restUntilMs > now()) await wait(restUntilMs - now());
    const startedMs = now();
    for (;;) {
      if (unhurried?.aborted) return noTurn(request.stage, now() - startedMs);
      const turn = await budget.acquire({
        group: platform.limitGroup,
        ...platform.limits,
        tellsRemaining: PROFILES[platform.profile].tellsRemaining,
        leaseMs,
      });
      if (turn.ok) {
        granted(turn.epoch);
        try {
          return await observed(await send(request));
        } finally {
          if (unhurried) restUntilMs = now() + Math.min(LONGEST_REST_MS, now() - startedMs);
          // The lease ends by itself if giving it back fails.
          await turn.release().catch(() => undefined);
        }
      }
      const durationMs = now() - startedMs;
      if (durationMs + turn.retryInMs > patienceMs) return noTurn(request.stage, durationMs);
      await wait(turn.retryInMs);
    }
  };

  async function observed(answer: PlatformAnswer): Promise<PlatformAnswer> {
    const remaining =
      answer.kind === 'response' ? Number(answer.headers['x-rate-limit-remaining']) : Number.NaN;
    if (PROFILES[platform.profile].tellsRemaining && Number.isFinite(remaining)) {
      await budget.observe(platform.limitGroup, remaining);
    }
    return answer;
  }
}

function noTurn(stage: NoResponse['stage'], durationMs: number): NoResponse {
  return {
    kind: 'noResponse',
    stage,
    code: 'ABORTED',
    maybeSeen: false,
    detail: "the platform's limits are used up by scores under way, or it asked for a pause; try again later",
    durationMs,
  };
}
