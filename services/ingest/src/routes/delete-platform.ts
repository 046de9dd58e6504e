import type { WebhookSource } from '@gradewire/passback';
import { mayUse } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { defineRoute } from '../http/route.ts';
import { platformPath } from '../schemas/common.ts';

export const deletePlatform = defineRoute({
  method: 'delete',
  path: '/v1/platforms/{platformId}',
  tag: 'Platforms',
  summary: 'Remove a platform',
  role: 'admin',
  params: platformPath,
  responses: { 204: { description: 'Removed.' } },
  problems: ['NOT_FOUND', 'PLATFORM_UNDELIVERED', 'PLATFORM_HAS_SOURCES'],
  async handle({ context, principal, path: { platformId } }) {
    const isItsOwn = (source: WebhookSource) => source.platformId === platformId;
    if (mayUse(principal, platformId)) {
      // Whoever registered a platform of this name next would have their grades.
      const { data: sources } = await context.webhookSources.list({ limit: 1, isWanted: isItsOwn });
      if (sources.length > 0) throw new Problem('PLATFORM_HAS_SOURCES');
    }
    const result = mayUse(principal, platformId) ? await context.platforms.delete(platformId) : 'notFound';
    if (result === 'notFound') throw new Problem('NOT_FOUND');
    if (result === 'undelivered') throw new Problem('PLATFORM_UNDELIVERED');
    await context.identities.clear(platformId);
    return { status: 204 };
  },
});
