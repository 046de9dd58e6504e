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
    const page = await context.callbacks.list(given(query));
    return { status: 200, body: { ...page, data: page.data.filter((each) => maySee(principal, each)) } };
  },
});
