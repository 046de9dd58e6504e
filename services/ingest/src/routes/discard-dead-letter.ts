import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { discardSchema } from '../schemas/discard.ts';
import { requireScore } from './get-score.ts';

export const discardDeadLetter = defineRoute({
  method: 'post',
  path: '/v1/dead-letters/{scoreId}/discard',
  tag: 'Dead letters',
  summary: 'Give a dead letter up',
  description: 'It ends cancelled; the note stays with it as its detail.',
  role: 'operate',
  params: idPath('scoreId'),
  body: discardSchema,
  responses: {
    200: { description: 'Given up.', schema: z.object({ id: z.string(), status: z.literal('cancelled') }) },
  },
  problems: ['NOT_FOUND', 'NOT_DEAD'],
  async handle({ context, principal, path: { scoreId }, body }) {
    requireScore(principal, scoreId);
    const result = await context.record.discard(scoreId, body.note);
    if (result === 'notFound') throw new Problem('NOT_FOUND');
    if (result === 'notDead') throw new Problem('NOT_DEAD');
    return { status: 200, body: { id: scoreId, status: 'cancelled' } };
  },
});
