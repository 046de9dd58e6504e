import { z } from 'zod';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { sourcePath, webhookDeliverySchema } from '../schemas/webhook-source.ts';
import { deliveryView } from '../webhooks/delivery-view.ts';
import { findSource } from '../webhooks/source-view.ts';

export const getWebhookDelivery = defineRoute({
  method: 'get',
  path: '/v1/webhook-sources/{sourceId}/deliveries/{deliveryId}',
  tag: 'Webhooks',
  summary: 'What became of a webhook',
  role: 'operate',
  params: z.object({ ...sourcePath.shape, ...idPath('deliveryId').shape }),
  responses: { 200: { description: 'The delivery.', schema: webhookDeliverySchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path: { sourceId, deliveryId } }) {
    const source = await findSource(context, principal, sourceId);
    const delivery = await context.webhookDeliveries.look(deliveryId);
    if (delivery?.sourceId !== sourceId || delivery.platformId !== source.platformId) {
      throw new Problem('NOT_FOUND');
    }
    return { status: 200, body: deliveryView(delivery) };
  },
});
