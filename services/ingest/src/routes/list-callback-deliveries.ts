import { CALLBACK_DELIVERY_STATUSES } from '@gradewire/passback';
import { z } from 'zod';
import { findCallback } from '../callbacks/find-callback.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { callbackDeliverySchema, callbackPath } from '../schemas/callback.ts';
import { pageOf, pageQuery } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';

export const listCallbackDeliveries = defineRoute({
  method: 'get',
  path: '/v1/callbacks/{callbackId}/deliveries',
  tag: 'Callbacks',
  summary: 'List what a callback was sent and is to be sent, newest first',
  role: 'admin',
  params: callbackPath,
  query: z.strictObject({ status: z.enum(CALLBACK_DELIVERY_STATUSES).optional(), ...pageQuery }),
  responses: { 200: { description: 'A page of deliveries.', schema: pageOf(callbackDeliverySchema) } },
  async handle({ context, principal, path: { callbackId }, query }) {
    await findCallback(context, principal, callbackId);
    const page = await context.callbacks.deliveries({ callbackId, ...given(query) });
    if (!page) throw new Problem('NOT_FOUND');
    return { status: 200, body: page };
  },
});
