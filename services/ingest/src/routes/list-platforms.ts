import { z } from 'zod';
import { mayUse } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { pageOf, platformPageQuery } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { platformSchema } from '../schemas/platform.ts';

export const listPlatforms = defineRoute({
  method: 'get',
  path: '/v1/platforms',
  tag: 'Platforms',
  summary: 'List platforms',
  role: 'admin',
  query: z.strictObject(platformPageQuery),
  responses: { 200: { description: 'A page of platforms.', schema: pageOf(platformSchema) } },
  async handle({ context, principal, query }) {
    const page = await context.platforms.list(given(query));
    return { status: 200, body: { ...page, data: page.data.filter(({ id }) => mayUse(principal, id)) } };
  },
});
