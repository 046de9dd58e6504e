import { findCallback } from '../callbacks/find-callback.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { callbackPath } from '../schemas/callback.ts';

export const deleteCallback = defineRoute({
  method: 'delete',
  path: '/v1/callbacks/{callbackId}',
  tag: 'Callbacks',
  summary: 'Remove a callback',
  description: 'What it was still to be told is dropped.',
  role: 'admin',
  params: callbackPath,
  responses: { 204: { description: 'Removed.' } },
  async handle({ context, principal, path: { callbackId } }) {
    await findCallback(context, principal, callbackId);
    if ((await context.callbacks.delete(callbackId)) === 'notFound') throw new Problem('NOT_FOUND');
    return { status: 204 };
  },
});
