import { defineRoute } from '../http/route.ts';
import { readLane } from '../lanes.ts';
import { platformPath } from '../schemas/common.ts';
import { laneSchema } from '../schemas/lane.ts';
import { findPlatform } from './get-platform.ts';

export const pauseLane = defineRoute({
  method: 'post',
  path: '/v1/lanes/{platformId}/pause',
  tag: 'Lanes',
  summary: 'Pause a lane',
  description:
    'Scores are accepted and wait; time paused does not count against them. Posts under way finish.',
  role: 'operate',
  params: platformPath,
  responses: { 200: { description: 'The lane, paused.', schema: laneSchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    const platform = await findPlatform(context, principal, path.platformId);
    await context.lanes.pause(platform.id);
    return { status: 200, body: await readLane(context, platform) };
  },
});
