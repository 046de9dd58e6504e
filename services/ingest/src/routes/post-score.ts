import { scoreInputSchema } from '@gradewire/passback';
import { newScoreId } from '@gradewire/passback/redis';
import { defineRoute, type Reply } from '../http/route.ts';
import { acceptedScore } from '../schemas/score-view.ts';
import { acceptScores, refusalProblem } from '../scores/accept-scores.ts';
import { admitScore } from '../scores/admit-score.ts';
import { answerOnce } from '../scores/answer-once.ts';
import { directoryOf } from '../scores/directory.ts';
import { readIdempotency } from '../scores/idempotency.ts';

export const postScore = defineRoute({
  method: 'post',
  path: '/v1/scores',
  tag: 'Scores',
  summary: 'Send a score',
  description:
    'Answered 202 once the score is kept. It is delivered soon after; a newer score of the same user and line item wins.',
  role: 'submit',
  body: scoreInputSchema,
  idempotent: true,
  submission: true,
  responses: { 202: { description: 'Accepted.', schema: acceptedScore } },
  problems: [
    'IDEMPOTENCY_MISMATCH',
    'UNKNOWN_PLATFORM',
    'UNKNOWN_LAUNCH',
    'NO_ROSTER',
    'ORIGIN_NOT_ALLOWED',
    'TIMESTAMP_IN_FUTURE',
    'TIMESTAMP_TOO_OLD',
    'NOT_DURABLE',
    'NOT_REPLICATED',
  ],
  async handle({ context, principal, body, rawBody, headers }) {
    const idempotency = readIdempotency(headers, principal, 'POST /v1/scores', rawBody);
    const { platformId, score } = await admitScore(body, principal, directoryOf(context));
    // Joining a twin is safe: the record accepts the same key once and tells both the same id.
    return answerOnce(context.batches, idempotency, { whileInFlight: 'join' }, async (): Promise<Reply> => {
      const item = { id: newScoreId(platformId, context.now()), score, ...(idempotency && { idempotency }) };
      const [result] = await acceptScores(context, platformId, [item], 'api');
      if (!result?.ok) throw refusalProblem(result!.code);
      const { id, acceptedAtMs, replayed, enqueue } = result;
      // Neither queued now nor before: a newer score of the cell was there.
      const status = enqueue || replayed ? 'queued' : 'superseded';
      return {
        status: 202,
        headers: { Location: `/v1/scores/${id}`, ...(replayed && { 'Idempotency-Replayed': 'true' }) },
        body: { id, status, platformId, acceptedAt: new Date(acceptedAtMs).toISOString() },
      };
    });
  },
});
