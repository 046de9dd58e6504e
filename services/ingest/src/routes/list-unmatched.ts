import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { pageOf, pageQuery } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { sourcePath, unmatchedSchema } from '../schemas/webhook-source.ts';
import { unmatchedView } from '../webhooks/delivery-view.ts';
import { findSource } from '../webhooks/source-view.ts';

export const listUnmatched = defineRoute({
  method: 'get',
  path: '/v1/webhook-sources/{sourceId}/unmatched',
  tag: 'Webhooks',
  summary: 'List what came to no score, that of the newest delivery first',
  description:
    'Each entry is kept until it comes to a score, or is discarded. It is tried again when the source or the identities are changed, when a replay is asked for, and by itself where waiting may mend it.',
  role: 'operate',
  params: sourcePath,
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page of entries.', schema: pageOf(unmatchedSchema) } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path: { sourceId }, query }) {
    const { platformId } = await findSource(context, principal, sourceId);
    const page = await context.webhookDeliveries.unmatched({ platformId, sourceId, ...given(query) });
    return { status: 200, body: { ...page, data: page.data.map(unmatchedView) } };
  },
});
