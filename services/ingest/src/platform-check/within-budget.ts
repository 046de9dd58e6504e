import { setTimeout as delay } from 'node:timers/promises';
import type { NoResponse, SendRequest } from '@gradewire/ags';
import type { Platform } from '@gradewire/passback';
import type { RequestBudget } from '@gradewire/passback/redis';

/** How long a person waits for a turn before being told that there is none. */
const PATIENCE_MS = 5_000;

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
    now = () => performance.now(),
    wait = delay,
  }: {
    budget: Pick<RequestBudget, 'acquire'>;
    platform: Pick<Platform, 'limitGroup' | 'limits'>;
    leaseMs: number;
    now?: () => number;
    wait?: (ms: number) => Promise<unknown>;
  },
): SendRequest {
  return async (request) => {
    const startedMs = now();
    for (;;) {
      const turn = await budget.acquire({ group: platform.limitGroup, ...platform.limits, leaseMs });
      if (turn.ok) {
        // The lease ends by itself if giving it back fails.
        return send(request).finally(() => turn.release().catch(() => undefined));
      }
      const durationMs = now() - startedMs;
      if (durationMs + turn.retryInMs > PATIENCE_MS) return noTurn(request.stage, durationMs);
      await wait(turn.retryInMs);
    }
  };
}

function noTurn(stage: NoResponse['stage'], durationMs: number): NoResponse {
  return {
    kind: 'noResponse',
    stage,
    code: 'OTHER',
    maybeSeen: false,
    detail: "the platform's limits are used up by scores under way, or it asked for a pause; try again later",
    durationMs,
  };
}
