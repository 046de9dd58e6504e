import { defineRoute } from '../http/route.ts';
import { sourcePath, webhookSourceSchema } from '../schemas/webhook-source.ts';
import { findSource, sourceView } from '../webhooks/source-view.ts';

export const getWebhookSource = defineRoute({
  method: 'get',
  path: '/v1/webhook-sources/{sourceId}',
  tag: 'Webhooks',
  summary: 'Read a source of webhooks',
  role: 'admin',
  params: sourcePath,
  responses: { 200: { description: 'The source, without its secrets.', schema: webhookSourceSchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    const source = await findSource(context, principal, path.sourceId);
    return { status: 200, body: await sourceView(context, source) };
  },
});
