import { parseUnmatchedId } from '@gradewire/passback/redis';
import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { discardSchema } from '../schemas/discard.ts';
import { sourcePath } from '../schemas/webhook-source.ts';
import { findSource } from '../webhooks/source-view.ts';

export const discardUnmatched = defineRoute({
  method: 'post',
  path: '/v1/webhook-sources/{sourceId}/unmatched/{unmatchedId}/discard',
  tag: 'Webhooks',
  summary: 'Give up something that came to no score',
  description: 'It does not come again, whatever is changed. The note stays with its delivery.',
  role: 'operate',
  params: z.object({ ...sourcePath.shape, ...idPath('unmatchedId').shape }),
  body: discardSchema,
  responses: { 204: { description: 'Given up.' } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path: { sourceId, unmatchedId }, body: { note } }) {
    const { platformId } = await findSource(context, principal, sourceId);
    const delivery = await context.webhookDeliveries.look(parseUnmatchedId(unmatchedId)?.deliveryId ?? '');
    const isItsOwn = delivery?.sourceId === sourceId && delivery.platformId === platformId;
    const result = isItsOwn ? await context.webhookDeliveries.discard(unmatchedId, note) : 'notFound';
    if (result === 'notFound') throw new Problem('NOT_FOUND');
    return { status: 204 };
  },
});
