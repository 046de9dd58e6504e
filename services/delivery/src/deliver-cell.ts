import { postScoreRequest, SCOPES } from '@gradewire/ags';
import {
  checkTargetOrigins,
  classifyScore,
  isAttemptByDefault,
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
  input: { platform: Platform; cell: string; probe: boolean; turn: Pick<Turn, 'ready' | 'send' | 'pace'> },
): Promise<CellDelivery> {
  const { platform, turn } = input;
  const attempt = new Attempt(parts, { ...input, send: turn.send });
  let begun = await attempt.lease.begin();
  let renewed = false;
  let withoutAttempt = false;
  let isPlaceSure = false;
  let gone: string | undefined;
  for (;;) {
    if (!isLeased(begun)) return attempt.notBegun(begun);
    if (begun.paced) turn.pace();
    if (begun.kind === 'identify') {
      const who = await attempt.identify(begun);
      if ('settled' in who) return who.settled;
      begun = await attempt.lease.begin(who);
      continue;
    }
    if (begun.kind === 'post' && !isPlaceSure) {
      isPlaceSure = true;
      if (await attempt.hasMoved(begun)) begun = await attempt.lookAgain(begun);
    }
    const place = begun.kind === 'resolve' ? begun.target : { lineItemUrl: begun.lineItemUrl };
    if (checkTargetOrigins(place, platform).length > 0) return attempt.outOfBounds(begun);
    const refused = refusedUserId(begun.score.userId, PROFILES[platform.profile]);
    if (refused) return attempt.fail(begun, 'score', refused);

    if (begun.kind === 'resolve') {
      isPlaceSure = true;
      const found = await attempt.resolve(begun.target, gone);
      if (found.kind === 'wait') return attempt.release(begun, found.retryAtMs);
      if (found.kind === 'failed') return attempt.unresolved(begun, found);
      begun = await attempt.lease.begin({ column: { key: found.column, lineItemUrl: found.lineItemUrl } });
      continue;
    }

    const token = await parts.tokens.get(platform, POST_SCOPES, turn.send);
    if (!token.ok) return attempt.withoutToken(begun, token);

    const decision = await attempt.decide(begun, { withoutAttempt });
    if ('settled' in decision) return decision.settled;
    if ('gone' in decision) {
      begun = await attempt.lookAgain(begun);
      continue;
    }
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
    if (outcome.kind === 'reresolve' && gone === undefined && !('lineItemUrl' in begun.score.target)) {
      gone = lineItemUrl;
      begun = await attempt.lookAgain(begun);
      continue;
    }
    if (outcome.kind === 'regrade' && !withoutAttempt && isAttemptByDefault(post.body)) {
      withoutAttempt = true;
      continue;
    }
    if (outcome.kind === 'delivered') return attempt.delivered(begun, post, outcome);
    if (outcome.kind === 'older') return attempt.older(begun, post, outcome);
    return attempt.refused(begun, explained(outcome, token.token));
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
