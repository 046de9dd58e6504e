import { REASONS, type ReasonCode } from '@gradewire/passback';
import { z } from 'zod';
import { requirePlatform } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { pageOf, pageQuery, platformIdSchema } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { scoreView } from '../schemas/score-view.ts';
import { scoreFilter } from './list-scores.ts';

export const reasonCode = z
  .enum(Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]])
  .meta({ id: 'ReasonCode' });

export const listDeadLetters = defineRoute({
  method: 'get',
  path: '/v1/dead-letters',
  tag: 'Dead letters',
  summary: 'List dead letters of a platform, the last to die first',
  description:
    'A dead letter is a score that the platform refused for good. It stays until it is replayed, superseded or discarded.',
  role: 'operate',
  query: z.strictObject({
    platformId: platformIdSchema,
    reason: reasonCode.optional(),
    ...scoreFilter,
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of dead letters.', schema: pageOf(scoreView) } },
  async handle({ context, principal, query: { since, until, ...filter } }) {
    requirePlatform(principal, filter.platformId);
    const page = await context.reader.deadLetters(given({ ...filter, sinceMs: since, untilMs: until }));
    return { status: 200, body: page };
  },
});
