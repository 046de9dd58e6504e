import { z } from 'zod';
import { defineRoute } from '../http/route.ts';
import { sourcePath } from '../schemas/webhook-source.ts';
import { findSource } from '../webhooks/source-view.ts';

const MOST_DELIVERIES = 1_000;

export const replayUnmatched = defineRoute({
  method: 'post',
  path: '/v1/webhook-sources/{sourceId}/unmatched/replay',
  tag: 'Webhooks',
  summary: 'Try again what came to no score',
  description:
    'Those deliveries, or all of the source. They are read anew; what is a score already stays one.',
  role: 'operate',
  params: sourcePath,
  body: z
    .strictObject({
      deliveryIds: z
        .array(z.string())
        .min(1, 'must hold at least one id')
        .max(MOST_DELIVERIES, `must hold at most ${MOST_DELIVERIES} ids`)
        .optional(),
    })
    .meta({ id: 'ReplayUnmatched' }),
  bodyOptional: true,
  responses: {
    202: {
      description: 'Under way.',
      schema: z.object({ replayed: z.int().meta({ description: 'How many deliveries.' }) }),
    },
  },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path: { sourceId }, body: { deliveryIds } }) {
    const { platformId } = await findSource(context, principal, sourceId);
    const which = { platformId, sourceId, ...(deliveryIds && { deliveryIds }) };
    return { status: 202, body: { replayed: await context.webhookDeliveries.retry(which) } };
  },
});
