import { platformOfLaunch } from '@gradewire/passback';
import { mayUse } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { idPath } from '../schemas/common.ts';
import { launchSchema, launchView } from '../schemas/launch.ts';

export const getLaunch = defineRoute({
  method: 'get',
  path: '/v1/launches/{launchId}',
  tag: 'Launches',
  summary: 'Read what is known of a launch',
  role: 'submit',
  params: idPath('launchId'),
  responses: { 200: { description: 'The launch.', schema: launchSchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path: { launchId } }) {
    const platformId = platformOfLaunch(launchId);
    // That of a platform that the key is not for is as good as none.
    if (platformId === undefined || !mayUse(principal, platformId)) throw new Problem('NOT_FOUND');
    const launch = await context.launches.get(platformId, launchId);
    if (!launch) throw new Problem('NOT_FOUND');
    return { status: 200, body: launchView(launch) };
  },
});
