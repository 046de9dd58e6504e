import type { Launch } from '@gradewire/passback';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import type { OpenPlatform } from './platform-reads.ts';
import { requireLaunch, type Where } from './reach-platform.ts';
import { requireOrigins } from './require-origin.ts';

/**
 * The roster that a request is about: the one it names, or that of a launch's course.
 * @throws Problem
 */
export async function findRoster(
  parts: Pick<Context, 'launches'>,
  { platform }: OpenPlatform,
  { membershipsUrl, launchId }: { membershipsUrl?: string | undefined; launchId?: string | undefined },
  where: Where,
): Promise<string> {
  if (membershipsUrl !== undefined) {
    requireOrigins(platform, { [`${where}membershipsUrl`]: membershipsUrl });
    return membershipsUrl;
  }
  const launch = await requireLaunch(parts, platform.id, launchId!, where);
  const url = requireRoster(launch, `${where}launchId`);
  requireOrigins(platform, { [`${where}launchId`]: url });
  return url;
}

/** Where the members of a launch's course are. @throws Problem `NO_ROSTER` */
export function requireRoster({ membershipsUrl }: Launch, pointer: string): string {
  if (membershipsUrl !== undefined) return membershipsUrl;
  const detail = 'needs a launch that named the member list of its course; this one did not';
  throw new Problem('NO_ROSTER', { errors: [{ pointer, detail }], detail: `${pointer} ${detail}` });
}
