import { defineRoute } from '../http/route.ts';
import { readLane } from '../lanes.ts';
import { platformPath } from '../schemas/common.ts';
import { laneSchema } from '../schemas/lane.ts';
import { findPlatform } from './get-platform.ts';

export const getLane = defineRoute({
  method: 'get',
  path: '/v1/lanes/{platformId}',
  tag: 'Lanes',
  summary: 'Read the lane of a platform',
  role: 'operate',
  params: platformPath,
  responses: { 200: { description: 'The lane.', schema: laneSchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    const platform = await findPlatform(context, principal, path.platformId);
    return { status: 200, body: await readLane(context, platform) };
  },
});
