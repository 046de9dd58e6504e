import { z } from 'zod';
import { mayUse } from '../auth.ts';
import { defineRoute } from '../http/route.ts';
import { readLane } from '../lanes.ts';
import { pageOf, platformPageQuery } from '../schemas/common.ts';
import { given } from '../schemas/given.ts';
import { laneSchema } from '../schemas/lane.ts';

export const listLanes = defineRoute({
  method: 'get',
  path: '/v1/lanes',
  tag: 'Lanes',
  summary: 'List the lanes of all platforms',
  role: 'operate',
  query: z.strictObject(platformPageQuery),
  responses: { 200: { description: 'A page of lanes.', schema: pageOf(laneSchema) } },
  async handle({ context, principal, query }) {
    const { data: platforms, ...page } = await context.platforms.list(given(query));
    const mine = platforms.filter(({ id }) => mayUse(principal, id));
    const data = await Promise.all(mine.map((platform) => readLane(context, platform)));
    return { status: 200, body: { data, ...page } };
  },
});
