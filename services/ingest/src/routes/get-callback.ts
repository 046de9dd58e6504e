import { findCallback } from '../callbacks/find-callback.ts';
import { defineRoute } from '../http/route.ts';
import { callbackPath, callbackSchema } from '../schemas/callback.ts';

export const getCallback = defineRoute({
  method: 'get',
  path: '/v1/callbacks/{callbackId}',
  tag: 'Callbacks',
  summary: 'Read a callback and how it does',
  role: 'admin',
  params: callbackPath,
  responses: { 200: { description: 'The callback, without its secret.', schema: callbackSchema } },
  async handle({ context, principal, path: { callbackId } }) {
    return { status: 200, body: await findCallback(context, principal, callbackId) };
  },
});
