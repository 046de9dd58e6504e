import { SCOPES, updateLineItem } from '@gradewire/ags';
import { classifyLineItem, lineItemChanges, PROFILES } from '@gradewire/passback';
import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { invalid } from '../http/validate.ts';
import { lineItemViews } from '../line-items/line-item-view.ts';
import { answered, PLATFORM_PROBLEMS } from '../platform-reads/answered.ts';
import { reachPlatform } from '../platform-reads/reach-platform.ts';
import { requireOrigins } from '../platform-reads/require-origin.ts';
import { platformIdSchema } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { lineItemSchema } from '../schemas/line-item.ts';
import { lineItemUrl } from '../schemas/place.ts';

const body = z
  .strictObject({ platformId: platformIdSchema, lineItemUrl, ...lineItemChanges })
  .refine(
    ({ platformId: _, lineItemUrl: __, ...changes }) =>
      Object.values(changes).some((value) => value !== undefined),
    { error: `must give one of ${Object.keys(lineItemChanges).join(', ')}` },
  )
  .meta({ id: 'LineItemChange' });

export const putLineItem = defineRoute({
  method: 'put',
  path: '/v1/line-items',
  tag: 'Gradebook',
  summary: 'Change a gradebook column',
  description:
    'What is not given stays, with everything else the platform knows of the column. On some platforms a new scoreMaximum rescales the grades in it (Moodle keeps the percentage).',
  role: 'operate',
  body,
  responses: { 200: { description: 'Changed.', schema: lineItemSchema } },
  problems: PLATFORM_PROBLEMS,
  async handle({ context, principal, body: { platformId, lineItemUrl, ...changes } }) {
    const open = await reachPlatform(context, principal, platformId, '/');
    requireOrigins(open.platform, { '/lineItemUrl': lineItemUrl });
    const { pointsBelow = Number.POSITIVE_INFINITY } = PROFILES[open.platform.profile];
    if (changes.scoreMaximum !== undefined && changes.scoreMaximum >= pointsBelow) {
      const detail = `must be below ${pointsBelow} on this platform`;
      throw invalid([{ pointer: '/scoreMaximum', detail }]);
    }
    const { value: item } = answered(
      await open.ask({
        scopes: [SCOPES.lineItem],
        classify: (answer, profile, now) => classifyLineItem(answer, profile, 'update', now),
        run: (call) => updateLineItem({ ...call, lineItemUrl, changes: given(changes) }),
      }),
    );
    const { label, scoreMaximum } = item;
    await context.columns.changed(platformId, { url: lineItemUrl, label, scoreMaximum });
    const [view] = await lineItemViews(context, platformId, [{ ...item, id: lineItemUrl }]);
    return { status: 200, body: view };
  },
});
