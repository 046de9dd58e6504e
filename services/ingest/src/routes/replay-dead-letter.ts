import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { requireRegistered } from '../platform-ids.ts';
import { idPath } from '../schemas/common.ts';
import { enqueue } from '../scores/accept-scores.ts';
import { requireScore } from './get-score.ts';

export const replayDeadLetter = defineRoute({
  method: 'post',
  path: '/v1/dead-letters/{scoreId}/replay',
  tag: 'Dead letters',
  summary: 'Try a dead letter again',
  description:
    'Its attempts start afresh. If a newer score of the cell exists, that one is what the gradebook gets.',
  role: 'operate',
  params: idPath('scoreId'),
  responses: {
    202: { description: 'Queued again.', schema: z.object({ id: z.string(), status: z.literal('queued') }) },
  },
  problems: ['NOT_FOUND', 'NOT_DEAD', 'UNKNOWN_PLATFORM'],
  async handle({ context, principal, path: { scoreId } }) {
    const platformId = requireScore(principal, scoreId);
    if (!(await context.reader.get(scoreId))) throw new Problem('NOT_FOUND');
    await requireRegistered(context, [platformId]);
    await context.active.add(platformId);
    const replayed = await context.record.replay(scoreId);
    if (replayed.kind === 'notFound') throw new Problem('NOT_FOUND');
    if (replayed.kind !== 'replayed') throw new Problem('NOT_DEAD');
    await enqueue(context, platformId, [replayed.cell]);
    return { status: 202, body: { id: scoreId, status: 'queued' } };
  },
});
