import { scoreInputSchema } from '@gradewire/passback';
import { newScoreId } from '@gradewire/passback/redis';
import type { Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import { toProblem } from '../http/error-handler.ts';
import { Problem, type ProblemDetails } from '../http/problem.ts';
import { validate } from '../http/validate.ts';
import { acceptScores, refusalProblem } from './accept-scores.ts';
import { type AdmittedScore, admitScore } from './admit-score.ts';
import { directoryOf } from './directory.ts';
import type { Idempotency } from './idempotency.ts';

export interface BatchResult {
  index: number;
  /** As HTTP would say: 202 when accepted. */
  status: number;
  id?: string;
  problem?: ProblemDetails;
}

interface Admitted {
  index: number;
  id: string;
  score: AdmittedScore['score'];
}

/**
 * Takes in a list of scores, each by itself; those of one platform together. The store failing for one platform is a
 * result like any other, so that what was accepted for another is told.
 * @param announce is told the ids that the admitted scores will have, in order, and can stop it all by rejecting: what may
 * fail has to be done before the first score is accepted. A score sent again keeps its earlier id instead.
 * @returns one result per input, in order
 */
export async function acceptBatch(
  context: Context,
  principal: Principal,
  inputs: readonly unknown[],
  idempotency: Idempotency | undefined,
  announce: (ids: readonly string[]) => Promise<void>,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  const refuse = (index: number, error: unknown) => {
    const problem = toProblem(error);
    if (problem.code === 'INTERNAL') context.logger.error({ err: error }, 'a score of a batch failed');
    results[index] = { index, status: problem.status, problem: problem.toJSON() };
  };
  const byPlatform = await admitAll(context, principal, inputs, refuse);
  const admitted = [...byPlatform.values()].flat().toSorted((a, b) => a.index - b.index);
  await announce(admitted.map(({ id }) => id));
  await Promise.all(
    [...byPlatform].map(async ([platformId, scores]) => {
      const items = scores.map(({ index, id, score }) => ({
        id,
        score,
        // Sent again after a crash, each score is the one it was.
        ...(idempotency && {
          idempotency: { key: `${idempotency.key}.${index}`, fingerprint: idempotency.fingerprint },
        }),
      }));
      try {
        const accepted = await acceptScores(context, platformId, items, 'batch');
        for (const [i, result] of accepted.entries()) {
          const { index } = scores[i]!;
          if (result.ok) results[index] = { index, status: 202, id: result.id };
          else refuse(index, refusalProblem(result.code));
        }
      } catch (error) {
        for (const { index } of scores) refuse(index, error);
      }
    }),
  );
  return results;
}

async function admitAll(
  context: Context,
  principal: Principal,
  inputs: readonly unknown[],
  refuse: (index: number, error: unknown) => void,
): Promise<Map<string, Admitted[]>> {
  const byPlatform = new Map<string, Admitted[]>();
  const directory = directoryOf(context);
  for (const [index, input] of inputs.entries()) {
    try {
      const parsed = validate(scoreInputSchema, input, 'body');
      const { platformId, score } = await admitScore(parsed, principal, directory);
      const admitted = byPlatform.get(platformId) ?? [];
      byPlatform.set(platformId, admitted);
      admitted.push({ index, id: newScoreId(platformId, context.now()), score });
    } catch (error) {
      refuse(index, error);
    }
  }
  return byPlatform;
}

/** The batch's one problem when the store took none of it: that is a failure of the request, to be sent again as a whole. */
export function commonFailure(results: readonly BatchResult[]): Problem | undefined {
  const [first] = results;
  const failed = first?.problem?.status === 503 && results.every((result) => result.status === 503);
  return failed ? new Problem(first.problem!.code, { detail: first.problem!.detail }) : undefined;
}
