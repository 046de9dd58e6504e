import type { Platform } from '@gradewire/passback';
import { mayUse, type Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { platformPath } from '../schemas/common.ts';
import { platformSchema } from '../schemas/platform.ts';

/** A platform that the key is not for is as good as none. @throws Problem `NOT_FOUND` */
export async function findPlatform(
  { platforms }: Pick<Context, 'platforms'>,
  principal: Principal,
  platformId: string,
): Promise<Platform> {
  const platform = mayUse(principal, platformId) ? await platforms.get(platformId) : undefined;
  if (!platform) throw new Problem('NOT_FOUND');
  return platform;
}

export const getPlatform = defineRoute({
  method: 'get',
  path: '/v1/platforms/{platformId}',
  tag: 'Platforms',
  summary: 'Read a platform',
  role: 'admin',
  params: platformPath,
  responses: { 200: { description: 'The platform, nothing left to default.', schema: platformSchema } },
  problems: ['NOT_FOUND'],
  async handle({ context, principal, path }) {
    return { status: 200, body: await findPlatform(context, principal, path.platformId) };
  },
});
