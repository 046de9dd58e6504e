import { webhookSourceInputSchema } from '@gradewire/passback';
import { defineRoute } from '../http/route.ts';
import { sourcePath, webhookSourceSchema } from '../schemas/webhook-source.ts';
import { putSource } from '../webhooks/put-source.ts';
import { sourceView } from '../webhooks/source-view.ts';

export const putWebhookSource = defineRoute({
  method: 'put',
  path: '/v1/webhook-sources/{sourceId}',
  tag: 'Webhooks',
  summary: 'Register a sender of webhooks, or replace its registration',
  description:
    'Its grades become scores of the platform. What came to no score so far is tried again at once, so that a mended mapping or target delivers what waited.',
  role: 'admin',
  params: sourcePath,
  body: webhookSourceInputSchema,
  responses: {
    200: { description: 'Replaced.', schema: webhookSourceSchema },
    201: { description: 'Created.', schema: webhookSourceSchema },
  },
  problems: ['UNKNOWN_PLATFORM', 'UNKNOWN_LAUNCH', 'ORIGIN_NOT_ALLOWED', 'SOURCE_HAS_UNMATCHED'],
  async handle({ context, principal, path, body }) {
    const { source, created } = await putSource(context, principal, path.sourceId, body);
    return { status: created ? 201 : 200, body: await sourceView(context, source) };
  },
});
