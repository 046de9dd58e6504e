import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { sourcePath } from '../schemas/webhook-source.ts';
import { findSource } from '../webhooks/source-view.ts';

export const deleteWebhookSource = defineRoute({
  method: 'delete',
  path: '/v1/webhook-sources/{sourceId}',
  tag: 'Webhooks',
  summary: 'Remove a source of webhooks',
  description: 'What it sends from then on is refused. Scores that came of what it sent stay.',
  role: 'admin',
  params: sourcePath,
  query: z.strictObject({
    force: z.enum(['true', 'false'], 'takes true or false').optional().meta({
      description: 'Discard what is pending or unmatched of it. Default: refuse then.',
    }),
  }),
  responses: { 204: { description: 'Removed.' } },
  problems: ['NOT_FOUND', 'SOURCE_HAS_UNMATCHED'],
  async handle({ context, principal, path: { sourceId }, query }) {
    const { platformId } = await findSource(context, principal, sourceId);
    // First, so that nothing is taken in any more that would be lost with the source.
    const force = query.force === 'true';
    const closed = await context.webhookDeliveries.close(platformId, sourceId, { force });
    if (closed === 'notEmpty') throw new Problem('SOURCE_HAS_UNMATCHED');
    await context.webhookSources.delete(sourceId);
    return { status: 204 };
  },
});
