import type { Launch } from '@gradewire/passback';
import { type Principal, requirePlatform } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import type { OpenPlatform } from './platform-reads.ts';

/** Where the names of a request's members are: in the query, or at the top of the body. */
export type Where = '?' | '/';

/**
 * Opens the platform that a request names.
 * @throws Problem `FORBIDDEN` when the key is for others, `UNKNOWN_PLATFORM`
 */
export async function reachPlatform(
  { platforms, reads }: Pick<Context, 'platforms' | 'reads'>,
  principal: Principal,
  platformId: string,
  where: Where,
): Promise<OpenPlatform> {
  requirePlatform(principal, platformId);
  const platform = await platforms.get(platformId);
  if (platform) return reads.open(platform);
  throw new Problem('UNKNOWN_PLATFORM', {
    errors: [{ pointer: `${where}platformId`, detail: 'names no registered platform' }],
  });
}

/** @throws Problem `UNKNOWN_LAUNCH` */
export async function requireLaunch(
  { launches }: Pick<Context, 'launches'>,
  platformId: string,
  launchId: string,
  where: Where,
): Promise<Launch> {
  const launch = await launches.get(platformId, launchId);
  if (launch) return launch;
  throw new Problem('UNKNOWN_LAUNCH', {
    errors: [{ pointer: `${where}launchId`, detail: 'names no launch of this platform' }],
  });
}
