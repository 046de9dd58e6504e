import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { requireScore } from './get-score.ts';

export const cancelScore = defineRoute({
  method: 'delete',
  path: '/v1/scores/{scoreId}',
  tag: 'Scores',
  summary: 'Cancel a score',
  description: 'Takes a score back that is neither settled nor being posted at this moment.',
  role: 'submit',
  params: idPath('scoreId'),
  responses: {
    200: { description: 'Cancelled.', schema: z.object({ id: z.string(), status: z.literal('cancelled') }) },
  },
  problems: ['NOT_FOUND', 'SCORE_SETTLED', 'SCORE_DELIVERING'],
  async handle({ context, principal, path: { scoreId } }) {
    requireScore(principal, scoreId);
    switch (await context.record.cancel(scoreId)) {
      case 'cancelled':
        return { status: 200, body: { id: scoreId, status: 'cancelled' } };
      case 'settled':
        throw new Problem('SCORE_SETTLED');
      case 'delivering':
        throw new Problem('SCORE_DELIVERING');
      default:
        throw new Problem('NOT_FOUND');
    }
  },
});
