import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { SCORE_STATUSES } from '../schemas/score-view.ts';
import { countByStatus, readStatuses } from '../scores/statuses.ts';
import { requireScore } from './get-score.ts';

const counts = z.object(Object.fromEntries(SCORE_STATUSES.map((status) => [status, z.int()])));

export const getBatch = defineRoute({
  method: 'get',
  path: '/v1/batches/{batchId}',
  tag: 'Scores',
  summary: 'How far a batch is',
  role: 'submit',
  params: idPath('batchId'),
  responses: {
    200: {
      description: 'Counts of its accepted scores.',
      schema: z
        .object({
          batchId: z.string(),
          total: z.int(),
          done: z.boolean().meta({ description: 'None is on its way any more.' }),
          counts,
        })
        .meta({ id: 'Batch' }),
    },
  },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path: { batchId } }) {
    const ids = await context.batches.get(batchId);
    if (!ids) throw new Problem('NOT_FOUND');
    for (const id of ids) requireScore(principal, id);
    const statuses = await readStatuses(context.reader, ids);
    const { done, counts } = countByStatus(statuses);
    return { status: 200, body: { batchId, total: ids.length, done, counts } };
  },
});
