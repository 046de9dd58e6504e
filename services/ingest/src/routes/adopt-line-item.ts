import { type LineItem, normalizeLineItemUrl } from '@gradewire/ags';
import { findDuplicates } from '@gradewire/passback';
import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { invalid } from '../http/validate.ts';
import { lineItemViews } from '../line-items/line-item-view.ts';
import { readLineItems } from '../line-items/read-line-items.ts';
import { PLATFORM_PROBLEMS } from '../platform-reads/answered.ts';
import { findLineItems } from '../platform-reads/find-place.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import { requireOrigins } from '../platform-reads/require-origin.ts';
import { platformIdSchema } from '../schemas/common.ts';
import { lineItemSchema } from '../schemas/line-item.ts';
import { isOneGiven, launchId, lineItemsUrl, lineItemUrl } from '../schemas/place.ts';

const body = z
  .strictObject({
    platformId: platformIdSchema,
    lineItemsUrl: lineItemsUrl.optional(),
    launchId: launchId.optional().meta({ description: 'A registered launch: the columns of its course.' }),
    lineItemUrl: lineItemUrl.meta({ description: 'The column to use from now on.' }),
  })
  .refine((input) => isOneGiven([input.lineItemsUrl, input.launchId]), {
    path: ['lineItemsUrl'],
    error: 'must be given, or else launchId, and not both',
  })
  .meta({ id: 'AdoptLineItem' });

export const adoptLineItem = defineRoute({
  method: 'post',
  path: '/v1/line-items/adopt',
  tag: 'Gradebook',
  summary: 'Choose which of several columns is used',
  description:
    'From now on scores that name a resource or a launch go to this column where they would have gone to one of its duplicates, those that wait already included. A score that names a lineItemUrl goes there as before. Grades already in the other columns stay there; nothing is changed on the platform. Undone by adopting another.',
  role: 'operate',
  body,
  responses: {
    200: {
      description: 'Adopted.',
      schema: z.object({
        lineItem: lineItemSchema,
        insteadOf: z.array(lineItemSchema).meta({ description: 'The columns whose place it takes.' }),
        waiting: z.int().meta({ description: 'Scores that waited for one of those.' }),
      }),
    },
  },
  problems: [...PLATFORM_PROBLEMS, 'UNKNOWN_LAUNCH'],
  async handle({ context, principal, body: { platformId, lineItemUrl, ...place } }) {
    const { columns } = context;
    const open = await reachPlatform(context, principal, platformId, '/');
    requireOrigins(open.platform, { '/lineItemUrl': lineItemUrl });
    const { items } = await readLineItems(open, await findLineItems(context, open, place, '/'));
    const { chosen, others } = choice(items, lineItemUrl);
    const urls = others.map(({ id }) => id);
    const counts = await Promise.all(urls.map((url) => columns.waiting(platformId, url)));
    const { id: url, label, scoreMaximum } = chosen;
    await columns.adopt(platformId, { url, label, scoreMaximum }, urls);
    const [lineItem, ...insteadOf] = await lineItemViews(context, platformId, [chosen, ...others]);
    return {
      status: 200,
      body: { lineItem, insteadOf, waiting: counts.reduce((sum, count) => sum + count, 0) },
    };
  },
});

/** The column that was named, and all that stand for the same work. @throws Problem `INVALID` when there are none */
function choice(items: readonly LineItem[], lineItemUrl: string): { chosen: LineItem; others: LineItem[] } {
  const name = normalizeLineItemUrl(lineItemUrl);
  const isChosen = ({ id }: LineItem) => normalizeLineItemUrl(id) === name;
  const groups = findDuplicates(items).filter(({ lineItems }) => lineItems.some(isChosen));
  const chosen = items.find(isChosen);
  if (!chosen || groups.length === 0) {
    const detail = chosen ? 'names a column that has no duplicates' : 'names no column of this course';
    throw invalid([{ pointer: '/lineItemUrl', detail }]);
  }
  const others = new Set(groups.flatMap(({ lineItems }) => lineItems).filter((item) => !isChosen(item)));
  return { chosen, others: [...others] };
}
