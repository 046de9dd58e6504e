import { createHash } from 'node:crypto';
import type { WaitingEntry } from '@gradewire/passback';
import { newScoreId } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { type AcceptParts, acceptScores, refusalProblem } from '../scores/accept-scores.ts';
import { type JudgedGrade, refusal } from './judge-grades.ts';
import { waiting } from './sieve.ts';
import { slotOf } from './tell-apart.ts';

/** As many as a batch may have: one script takes them in. */
const AT_ONCE = 1_000;

/** What became of the scores of a delivery. */
export interface Acceptance {
  /** Score ids by fingerprint, and by what the delivery gives one score for. */
  accepted: Record<string, string>;
  /** How many of them were not accepted already by somebody who did not come to write it down. */
  fresh: number;
  refused: WaitingEntry[];
}

/**
 * Accepts scores like any others. A delivery's grade has one idempotency key whoever accepts it and however often, so that a
 * crash before that is written down makes no second score.
 * @throws what `acceptScores` throws: then some may be accepted, and it is to be done again
 */
export async function acceptReady(
  parts: AcceptParts & Pick<Context, 'now'>,
  { id, platformId }: { id: string; platformId: string },
  ready: readonly JudgedGrade[],
): Promise<Acceptance> {
  const acceptance: Acceptance = { accepted: {}, fresh: 0, refused: [] };
  for (let i = 0; i < ready.length; i += AT_ONCE) {
    const some = ready.slice(i, i + AT_ONCE);
    const items = some.map(({ fingerprint, score }) => ({
      id: newScoreId(platformId, parts.now()),
      score,
      idempotency: { key: idempotencyKeyOf(id, fingerprint), fingerprint },
    }));
    const results = await acceptScores(parts, platformId, items, 'webhook');
    for (const [j, result] of results.entries()) {
      const judged = some[j]!;
      if (result.ok) {
        acceptance.accepted[judged.fingerprint] = result.id;
        acceptance.accepted[slotOf(judged)] = result.id;
        if (!result.replayed) acceptance.fresh += 1;
      } else {
        acceptance.refused.push(waiting(judged, refusal(refusalProblem(result.code)), judged.grade));
      }
    }
  }
  return acceptance;
}

function idempotencyKeyOf(deliveryId: string, fingerprint: string): string {
  return createHash('sha256').update(`${deliveryId} ${fingerprint}`).digest('base64url').slice(0, 32);
}
