import { checkLaunchOrigins, launchNewsOf } from '@gradewire/passback';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { readLaunch } from '../launches/read-launch.ts';
import { launchInputSchema, launchSchema, launchView } from '../schemas/launch.ts';

export const createLaunch = defineRoute({
  method: 'post',
  path: '/v1/launches',
  tag: 'Launches',
  summary: 'Register a launch, so that scores can name it from then on',
  description:
    'A launch stands for its resource link, whoever launched it and when: the same link has the same `launchId`. What a later launch tells replaces what was known; what it leaves out stays.',
  role: 'submit',
  body: launchInputSchema,
  responses: { 201: { description: 'Kept, or refreshed.', schema: launchSchema } },
  problems: [
    'UNKNOWN_PLATFORM',
    'ID_TOKEN_REFUSED',
    'ORIGIN_NOT_ALLOWED',
    'PLATFORM_UNAVAILABLE',
    'NOT_DURABLE',
    'NOT_REPLICATED',
  ],
  async handle({ context, principal, body }) {
    const { platform, claims } = await readLaunch(context, principal, body);
    const foreign = checkLaunchOrigins(claims, platform);
    if (foreign.length > 0) {
      const errors = foreign.map(({ pointer, detail }) =>
        'idToken' in body
          ? { pointer: '/idToken', detail: `names an address that ${detail}` }
          : { pointer: `/claims${pointer}`, detail },
      );
      const [first] = errors;
      throw new Problem('ORIGIN_NOT_ALLOWED', { errors, detail: `${first!.pointer} ${first!.detail}` });
    }
    await context.durability.requireDurable();
    const launch = await context.launches.put(launchNewsOf(platform.id, claims, context.now()));
    await context.replicas.confirm();
    return {
      status: 201,
      headers: { Location: `/v1/launches/${launch.id}` },
      body: launchView(launch),
    };
  },
});
