import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { lineItemViews } from '../line-items/line-item-view.ts';
import { readLineItem, readLineItems } from '../line-items/read-line-items.ts';
import { PLATFORM_PROBLEMS } from '../platform-reads/answered.ts';
import { findLineItems } from '../platform-reads/find-place.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import { requireOrigins } from '../platform-reads/require-origin.ts';
import { platformIdSchema } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { lineItemSchema } from '../schemas/line-item.ts';
import { filterText, isOneGiven, launchId, lineItemsUrl, lineItemUrl } from '../schemas/place.ts';
import { truncated } from '../schemas/result.ts';

const query = z
  .strictObject({
    platformId: platformIdSchema,
    lineItemsUrl: lineItemsUrl.optional(),
    launchId: launchId.optional().meta({ description: 'A registered launch: the columns of its course.' }),
    lineItemUrl: lineItemUrl.optional().meta({ description: 'This one only.' }),
    resourceLinkId: filterText(512).optional(),
    resourceId: filterText(512).optional(),
    tag: filterText(255).optional(),
  })
  .refine((input) => isOneGiven([input.lineItemsUrl, input.launchId, input.lineItemUrl]), {
    path: ['lineItemsUrl'],
    error: 'must be given, or else launchId or lineItemUrl, and only one of the three',
  });

export const listLineItems = defineRoute({
  method: 'get',
  path: '/v1/line-items',
  tag: 'Gradebook',
  summary: 'List the gradebook columns of a course',
  description:
    'All pages, read from the platform at this moment. Platforms show a tool its own columns only.',
  role: 'operate',
  query,
  responses: {
    200: { description: 'The columns.', schema: z.object({ data: z.array(lineItemSchema), truncated }) },
  },
  problems: [...PLATFORM_PROBLEMS, 'UNKNOWN_LAUNCH'],
  async handle({ context, principal, query: { platformId, lineItemUrl, ...rest } }) {
    const open = await reachPlatform(context, principal, platformId, '?');
    if (lineItemUrl !== undefined) {
      requireOrigins(open.platform, { '?lineItemUrl': lineItemUrl });
      const item = await readLineItem(open, lineItemUrl);
      return { status: 200, body: { data: await lineItemViews(context, platformId, [item]) } };
    }
    const { resourceLinkId, resourceId, tag } = rest;
    const url = await findLineItems(context, open, rest, '?');
    const list = await readLineItems(open, url, given({ resourceLinkId, resourceId, tag }));
    const data = await lineItemViews(context, platformId, list.items);
    return { status: 200, body: { data, ...(list.truncated && { truncated: true }) } };
  },
});
