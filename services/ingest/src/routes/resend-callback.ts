import { z } from 'zod';
import { resend } from '../callbacks/resend.ts';
import { defineRoute } from '../http/route.ts';
import { callbackPath, resentSchema } from '../schemas/callback.ts';
import { instantQuery } from '../schemas/common.ts';

export const resendCallback = defineRoute({
  method: 'post',
  path: '/v1/callbacks/{callbackId}/resend',
  tag: 'Callbacks',
  summary: 'Send again all that a callback was sent since a time',
  description: 'Under the same webhook-ids, by which the receiver tells what it has had already.',
  role: 'admin',
  params: callbackPath,
  body: z
    .strictObject({
      since: instantQuery,
      status: z.enum(['delivered', 'failed'], 'takes delivered or failed').optional().meta({
        description: 'Only what was delivered, or only what was given up. Default: both.',
      }),
    })
    .meta({ id: 'Resend' }),
  responses: { 202: { description: 'Under way.', schema: resentSchema } },
  problems: ['CALLBACK_DISABLED'],
  async handle({ context, principal, path: { callbackId }, body: { since, status } }) {
    const query = { sinceMs: since, ...(status && { status }) };
    return await resend(context, principal, callbackId, query);
  },
});
