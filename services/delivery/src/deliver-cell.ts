import { postScoreRequest, SCOPES } from '@gradewire/ags';
import {
  checkTargetOrigins,
  classifyScore,
  columnKeyOf,
  type Outcome,
  type Platform,
  PROFILES,
  refusedUserId,
  withoutRenewal,
} from '@gradewire/passback';
import type { CellDelivery } from '@gradewire/passback/bullmq';
import { Attempt } from './attempt.ts';
import { isLeased } from './cell-lease.ts';
import type { Parts } from './parts.ts';
import type { Turn } from './turns.ts';

/** What a score post needs; a tool that may do no more can still deliver. */
const POST_SCOPES = [SCOPES.score];

/**
 * Brings one cell up to date: the life of an attempt from top to bottom. Each remedy (a new token, a new look for the
 * line item) is tried once. Everything that platforms do is a value; it rejects only for bugs and for Redis.
 */
export async function deliverCell(
  parts: Parts,
  input: { platform: Platform; cell: string; probe: boolean; turn: Pick<Turn, 'ready' | 'send'> },
): Promise<CellDelivery> {
  const { platform, turn } = input;
  const attempt = new Attempt(parts, { ...input, send: turn.send });
  let begun = await attempt.lease.begin();
  let renewed = false;
  let resolvedAgain = false;
  for (;;) {
    if (!isLeased(begun)) return attempt.notBegun(begun);
    const place = begun.kind === 'resolve' ? begun.target : { lineItemUrl: begun.lineItemUrl };
    if (checkTargetOrigins(place, platform).length > 0) return attempt.outOfBounds(begun);
    const refused = refusedUserId(begun.score.userId, PROFILES[platform.profile]);
    if (refused) return attempt.fail(begun, 'score', refused);

    if (begun.kind === 'resolve') {
      const found = await attempt.resolve(begun.target);
      if (found.kind === 'wait') return attempt.release(begun, found.retryAtMs);
      if (found.kind === 'failed') return attempt.unresolved(begun, found);
      begun = await attempt.lease.begin({ key: found.column, lineItemUrl: found.lineItemUrl });
      continue;
    }

    const token = await parts.tokens.get(platform, POST_SCOPES, turn.send);
    if (!token.ok) return attempt.withoutToken(begun, token);

    const decision = await attempt.decide(begun);
    if ('settled' in decision) return decision.settled;
    const { post } = decision;

    const wait = await turn.ready();
    if (wait) return attempt.release(begun, wait.retryAtMs);
    const kept = await attempt.lease.keep(begun, parts.requestTimeoutMs);
    if (kept !== begun) {
      begun = kept;
      continue;
    }
    const { lineItemUrl } = begun;
    const { accessToken } = token.token;
    const answer = await turn.send(postScoreRequest({ lineItemUrl, score: post.body, accessToken }));
    const outcome = classifyScore(answer, platform.profile, parts.now());
    attempt.answered(begun, 'score', outcome, answer);

    if (outcome.kind === 'renewToken' && !renewed) {
      renewed = true;
      if (await parts.tokens.drop(platform, POST_SCOPES, token.token.id)) continue;
      return attempt.fail(begun, 'score', withoutRenewal(outcome));
    }
    if (outcome.kind === 'reresolve' && !resolvedAgain && !('lineItemUrl' in begun.score.target)) {
      resolvedAgain = true;
      await parts.lineItems.forget(platform, begun.score.target, columnKeyOf(lineItemUrl));
      begun = { ...begun, kind: 'resolve', target: begun.score.target };
      continue;
    }
    if (outcome.kind === 'delivered') return attempt.delivered(begun, post, outcome);
    if (outcome.kind === 'older') return attempt.older(begun, post, outcome);
    return attempt.fail(begun, 'score', explained(outcome, token.token));
  }
}

/**
 * Moodle answers 401 whatever is wrong with a token; that it never had the scope tells which. Then no score can go, as
 * when the token endpoint says so, and all wait for whoever grants it.
 */
function explained(outcome: Outcome, token: { scopes: readonly string[] }): Outcome {
  if (outcome.kind !== 'renewToken' || token.scopes.includes(SCOPES.score)) return outcome;
  const { detail, httpStatus } = outcome;
  return { kind: 'holdCredentials', reason: 'SCOPE_NOT_GRANTED', detail, ...(httpStatus && { httpStatus }) };
}
