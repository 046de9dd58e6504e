import type { CallbackView } from '@gradewire/passback';
import { z } from 'zod';
import { maySee } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { callbackSchema } from '../schemas/callback.ts';
import { pageOf, platformPageQuery } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';

export const listCallbacks = defineRoute({
  method: 'get',
  path: '/v1/callbacks',
  tag: 'Callbacks',
  summary: 'List callbacks',
  description: 'A key for some platforms is shown those that are for no others.',
  role: 'admin',
  query: z.strictObject(platformPageQuery),
  responses: { 200: { description: 'A page of callbacks.', schema: pageOf(callbackSchema) } },
  async handle({ context, principal, query }) {
    // A cursor is a name, so a page may end at one that the caller may see only.
    const isWanted = (callback: CallbackView) => maySee(principal, callback);
    return { status: 200, body: await context.callbacks.list({ ...given(query), isWanted }) };
  },
});
