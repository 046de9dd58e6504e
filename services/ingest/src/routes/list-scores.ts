import { z } from 'zod';
import { requirePlatform } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { instantQuery, pageOf, pageQuery, platformIdSchema } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { scoreStatus, scoreView } from '../schemas/score-view.ts';

export const scoreFilter = {
  userId: z.string().min(1).max(255).optional(),
  lineItemUrl: z.url('takes a URL').max(2048).optional(),
  since: instantQuery.optional().meta({ description: 'At or after; dead letters: when they died.' }),
  until: instantQuery.optional().meta({ description: 'At or before.' }),
};

const query = z
  .strictObject({
    platformId: platformIdSchema,
    status: scoreStatus.optional(),
    ...scoreFilter,
    externalId: z.string().min(1).max(255).optional(),
    ...pageQuery,
  })
  .refine(
    ({ userId, lineItemUrl, externalId }) =>
      [userId, lineItemUrl, externalId].filter((given) => given !== undefined).length <= 1,
    { path: ['userId'], error: 'only one of userId, lineItemUrl and externalId can be given' },
  );

export const listScores = defineRoute({
  method: 'get',
  path: '/v1/scores',
  tag: 'Scores',
  summary: 'List scores of a platform, newest first',
  role: 'submit',
  query,
  responses: { 200: { description: 'A page of scores.', schema: pageOf(scoreView) } },
  async handle({ context, principal, query: { since, until, ...filter } }) {
    requirePlatform(principal, filter.platformId);
    const page = await context.reader.list(given({ ...filter, sinceMs: since, untilMs: until }));
    return { status: 200, body: page };
  },
});
