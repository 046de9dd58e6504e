import { z } from 'zod';
import { requirePlatform } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { pageOf, pageQuery, platformIdSchema } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { storedIdentity } from '../schemas/identity.ts';

export const listIdentities = defineRoute({
  method: 'get',
  path: '/v1/identities',
  tag: 'Webhooks',
  summary: "List who senders' students are",
  description: 'In no order that means anything.',
  role: 'operate',
  query: z.strictObject({ platformId: platformIdSchema, ...pageQuery }),
  responses: { 200: { description: 'A page of rows.', schema: pageOf(storedIdentity) } },
  async handle({ context, principal, query: { platformId, ...page } }) {
    requirePlatform(principal, platformId);
    return { status: 200, body: await context.identities.list(platformId, given(page)) };
  },
});
