import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { readResults } from '../line-items/read-results.ts';
import { answered, PLATFORM_PROBLEMS } from '../platform-reads/answered.ts';
import { findLineItem } from '../platform-reads/find-place.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import { platformIdSchema } from '../schemas/common.ts';
import { isOneGiven, launchId, lineItemUrl } from '../schemas/place.ts';
import { resultSchema, truncated } from '../schemas/result.ts';

const query = z
  .strictObject({
    platformId: platformIdSchema,
    lineItemUrl: lineItemUrl.optional(),
    launchId: launchId
      .optional()
      .meta({ description: 'A registered launch: the column that its scores go to.' }),
    userId: z.string().min(1).max(255).optional(),
  })
  .refine((input) => isOneGiven([input.lineItemUrl, input.launchId]), {
    path: ['lineItemUrl'],
    error: 'must be given, or else launchId, and not both',
  });

export const listResults = defineRoute({
  method: 'get',
  path: '/v1/results',
  tag: 'Gradebook',
  summary: 'Read what a gradebook column shows',
  description:
    'All pages, read from the platform at this moment. Whom the platform never graded it may leave out, or list without a resultScore.',
  role: 'operate',
  query,
  responses: {
    200: {
      description: 'The grades, of one user if asked for.',
      schema: z.object({ data: z.array(resultSchema), lineItemUrl: z.string(), truncated }),
    },
  },
  problems: [...PLATFORM_PROBLEMS, 'UNKNOWN_LAUNCH'],
  async handle({ context, principal, query: { platformId, userId, ...place } }) {
    const open = await reachPlatform(context, principal, platformId, '?');
    const lineItemUrl = await findLineItem(context, open, place, '?');
    const list = answered(await readResults(open, lineItemUrl, userId));
    // Names of the platform's own, of use to nobody else.
    const data = list.items.map(({ id: _, scoreOf: __, ...result }) => result);
    return { status: 200, body: { data, lineItemUrl, ...(list.truncated && { truncated: true }) } };
  },
});
