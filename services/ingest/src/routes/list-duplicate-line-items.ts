import { findDuplicates } from '@gradewire/passback';
import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { lineItemViews } from '../line-items/line-item-view.ts';
import { readLineItems } from '../line-items/read-line-items.ts';
import { PLATFORM_PROBLEMS } from '../platform-reads/answered.ts';
import { findLineItems } from '../platform-reads/find-place.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import { platformIdSchema } from '../schemas/common.ts';
import { lineItemSchema } from '../schemas/line-item.ts';
import { isOneGiven, launchId, lineItemsUrl } from '../schemas/place.ts';
import { truncated } from '../schemas/result.ts';

const query = z
  .strictObject({
    platformId: platformIdSchema,
    lineItemsUrl: lineItemsUrl.optional(),
    launchId: launchId.optional().meta({ description: 'A registered launch: the columns of its course.' }),
  })
  .refine((input) => isOneGiven([input.lineItemsUrl, input.launchId]), {
    path: ['lineItemsUrl'],
    error: 'must be given, or else launchId, and not both',
  });

const duplicates = z
  .object({
    by: z.enum(['resourceId', 'resourceLinkId']).meta({
      description:
        'resourceId: one resourceId and tag. resourceLinkId: one resource link, and not all of them name a resourceId.',
    }),
    resourceId: z.string().optional(),
    tag: z.string().optional(),
    resourceLinkId: z.string().optional(),
    lineItems: z.array(lineItemSchema),
  })
  .meta({ id: 'DuplicateLineItems' });

export const listDuplicateLineItems = defineRoute({
  method: 'get',
  path: '/v1/line-items/duplicates',
  tag: 'Gradebook',
  summary: 'Find columns of a course that stand for the same work',
  description:
    'Scores that name a resource cannot tell such columns apart. POST /v1/line-items/adopt chooses the one that they go to.',
  role: 'operate',
  query,
  responses: {
    200: {
      description: 'The groups of columns, none when all is well.',
      schema: z.object({ data: z.array(duplicates), truncated }),
    },
  },
  problems: [...PLATFORM_PROBLEMS, 'UNKNOWN_LAUNCH'],
  async handle({ context, principal, query: { platformId, ...place } }) {
    const open = await reachPlatform(context, principal, platformId, '?');
    const list = await readLineItems(open, await findLineItems(context, open, place, '?'));
    const data = await Promise.all(
      findDuplicates(list.items).map(async (group) => ({
        ...group,
        lineItems: await lineItemViews(context, platformId, group.lineItems),
      })),
    );
    return { status: 200, body: { data, ...(list.truncated && { truncated: true }) } };
  },
});
