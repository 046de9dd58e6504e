import { platformInputSchema, resolvePlatform } from '@gradewire/passback';
import { mayUse, requirePlatform } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { invalid } from '../http/validate.ts';
import { readConfiguration } from '../platform-check/read-configuration.ts';
import { platformPath } from '../schemas/common.ts';
import { platformSchema } from '../schemas/platform.ts';

const UNPINNABLE = {
  unknown: 'is no key of ours; import it first',
  foreign: 'is the key of another platform',
};

export const putPlatform = defineRoute({
  method: 'put',
  path: '/v1/platforms/{platformId}',
  tag: 'Platforms',
  summary: 'Register a platform, or replace its registration',
  role: 'admin',
  params: platformPath,
  body: platformInputSchema,
  responses: {
    200: { description: 'Replaced.', schema: platformSchema },
    201: { description: 'Created.', schema: platformSchema },
  },
  problems: ['PLATFORM_CONFLICT'],
  async handle({ context, principal, path: { platformId }, body }) {
    requirePlatform(principal, platformId);
    const { allowPrivateNetworks } = context.config;
    const input = await readConfiguration(body, { send: context.http.send, allowPrivateNetworks });
    const known = await context.platforms.get(platformId);
    const platform = resolvePlatform(platformId, input, context.now(), {
      allowPrivateNetworks,
      ...(known && { createdAt: known.createdAt }),
    });
    if ('problems' in platform) throw invalid(platform.problems);
    const refusal =
      platform.toolKeyId !== undefined && (await context.toolKeys.claim(platform.toolKeyId, platformId));
    if (refusal) throw invalid([{ pointer: '/toolKeyId', detail: UNPINNABLE[refusal] }]);
    const stored = await context.platforms.put(platform);
    if (typeof stored === 'object') {
      const other = mayUse(principal, stored.conflictWith) ? ` It is ${stored.conflictWith}.` : '';
      throw new Problem('PLATFORM_CONFLICT', {
        detail: `Another platform has the same issuer, client and deployments.${other}`,
        errors: [{ pointer: '/deploymentIds', detail: 'overlap with those of the other platform' }],
      });
    }
    return { status: stored === 'created' ? 201 : 200, body: platform };
  },
});
