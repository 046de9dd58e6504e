import type { WebhookSource } from '@gradewire/passback';
import { z } from 'zod';
import { mayUse } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { pageOf, platformPageQuery } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { webhookSourceSchema } from '../schemas/webhook-source.ts';
import { sourceView } from '../webhooks/source-view.ts';

export const listWebhookSources = defineRoute({
  method: 'get',
  path: '/v1/webhook-sources',
  tag: 'Webhooks',
  summary: 'List sources of webhooks',
  role: 'admin',
  query: z.strictObject(platformPageQuery),
  responses: { 200: { description: 'A page of sources.', schema: pageOf(webhookSourceSchema) } },
  async handle({ context, principal, query }) {
    // A cursor is a name, so a page may end at the caller's own only.
    const isWanted = ({ platformId }: WebhookSource) => mayUse(principal, platformId);
    const page = await context.webhookSources.list({ ...given(query), isWanted });
    const data = await Promise.all(page.data.map((source) => sourceView(context, source)));
    return { status: 200, body: { ...page, data } };
  },
});
