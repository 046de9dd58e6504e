import { z } from 'zod';
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
    // A cursor is a name, so a key for some platforms pages through those.
    const page = given({ ...query, among: principal.platformIds });
    return { status: 200, body: await context.platforms.list(page) };
  },
});
