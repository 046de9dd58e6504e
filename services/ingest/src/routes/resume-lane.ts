import { defineRoute } from '../http/route.ts';
import { readLane } from '../lanes.ts';
import { platformPath } from '../schemas/common.ts';
import { laneSchema } from '../schemas/lane.ts';
import { findPlatform } from './get-platform.ts';

export const resumeLane = defineRoute({
  method: 'post',
  path: '/v1/lanes/{platformId}/resume',
  tag: 'Lanes',
  summary: 'Resume a paused lane',
  description: "Ends an operator's pause. A lane that holds itself stays held until the platform is well.",
  role: 'operate',
  params: platformPath,
  responses: { 200: { description: 'The lane.', schema: laneSchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    const platform = await findPlatform(context, principal, path.platformId);
    await context.lanes.resume(platform.id);
    await context.wakes.publish(platform.id);
    return { status: 200, body: await readLane(context, platform) };
  },
});
