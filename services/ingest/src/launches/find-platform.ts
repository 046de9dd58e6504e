import { audiencesOf, LAUNCH_CLAIMS } from '@gradewire/ags';
import type { Platform } from '@gradewire/passback';
import { mayUse, type Principal, requirePlatform } from '../auth.ts';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';

/** More than a platform would name; each is a look-up. */
const MAX_AUDIENCES = 5;

type Finding = { platforms: Pick<Context['platforms'], 'get' | 'find'> };

/**
 * The platform that a caller names. @throws Problem `FORBIDDEN`, or `UNKNOWN_PLATFORM`
 */
export async function namedPlatform(
  { platforms }: Finding,
  principal: Principal,
  platformId: string,
): Promise<Platform> {
  requirePlatform(principal, platformId);
  const platform = await platforms.get(platformId);
  if (platform) return platform;
  const error = { pointer: '/platformId', detail: 'names no registered platform' };
  throw new Problem('UNKNOWN_PLATFORM', { errors: [error] });
}

/**
 * The platform that a launch says it is of, by issuer, audience and deployment. One that the key is not for is as good as none.
 * @param pointer to the member that says so
 * @throws Problem `UNKNOWN_PLATFORM`
 */
export async function platformOfClaims(
  { platforms }: Finding,
  principal: Principal,
  claims: Record<string, unknown>,
  pointer: string,
): Promise<Platform> {
  const { iss: issuer, azp } = claims;
  const audiences = typeof azp === 'string' ? [azp] : audiencesOf(claims).slice(0, MAX_AUDIENCES);
  const deployment = claims[LAUNCH_CLAIMS.deploymentId];
  const deploymentId = typeof deployment === 'string' ? deployment : undefined;
  for (const clientId of typeof issuer === 'string' ? audiences : []) {
    const platform = await platforms.find({ issuer: issuer as string, clientId, deploymentId });
    if (platform && mayUse(principal, platform.id)) return platform;
  }
  const said = [
    ['issuer', issuer],
    ['client id', audiences.join(', ')],
    ['deployment', deploymentId],
  ].map(
    ([name, value]) =>
      `${name} ${typeof value === 'string' && value !== '' ? `"${value.slice(0, 200)}"` : 'none'}`,
  );
  const detail = `is of no platform that is registered: ${said.join(', ')}`;
  throw new Problem('UNKNOWN_PLATFORM', {
    detail: `The launch ${detail}.`,
    errors: [{ pointer, detail }],
    hint: 'Register the platform with exactly these, or name it by platformId to be told what differs.',
  });
}
