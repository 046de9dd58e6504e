import { resend } from '../callbacks/resend.ts';
import { defineRoute } from '../http/route.ts';
import { callbackPath, resentSchema } from '../schemas/callback.ts';
import { idPath } from '../schemas/common.ts';

export const resendCallbackDelivery = defineRoute({
  method: 'post',
  path: '/v1/callbacks/{callbackId}/deliveries/{deliveryId}/resend',
  tag: 'Callbacks',
  summary: 'Send one message to a callback again',
  description: 'Under the same webhook-id.',
  role: 'admin',
  params: callbackPath.extend(idPath('deliveryId').shape),
  responses: { 202: { description: 'Under way.', schema: resentSchema } },
  problems: ['CALLBACK_DISABLED'],
  async handle({ context, principal, path: { callbackId, deliveryId } }) {
    return await resend(context, principal, callbackId, { deliveryId });
  },
});
