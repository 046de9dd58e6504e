import { audiencesOf, LAUNCH_CLAIMS, MESSAGE_TYPES, readIdToken, verifyIdToken } from '@gradewire/ags';
import {
  checkLaunchPlace,
  checkLaunchServices,
  type LaunchClaims,
  launchClaimsSchema,
  type Platform,
  parseInput,
  pointerTo,
} from '@gradewire/passback';
import type { Principal } from '../auth.ts';
import type { Context } from '../context.ts';
import type { FieldProblem } from '../http/problem.ts';
import { invalid } from '../http/validate.ts';
import type { LaunchInput } from '../schemas/launch.ts';
import { namedPlatform, platformOfClaims } from './find-platform.ts';
import { idTokenProblem } from './id-token-problem.ts';

type Parts = Pick<Context, 'platforms' | 'platformKeys' | 'now'>;

/** A launch that is known to be the platform's: because it signed it, or because a trusted app says so. */
export interface ReadLaunch {
  platform: Platform;
  claims: LaunchClaims;
}

/** @throws Problem with a pointer to what is wrong with the launch, or with its platform */
export async function readLaunch(
  parts: Parts,
  principal: Principal,
  input: LaunchInput,
): Promise<ReadLaunch> {
  return 'idToken' in input
    ? await verified(parts, principal, input)
    : await handedOver(parts, principal, input);
}

async function verified(
  parts: Parts,
  principal: Principal,
  { platformId, idToken }: LaunchInput & { idToken: string },
): Promise<ReadLaunch> {
  const read = readIdToken(idToken);
  if (!read.ok) throw idTokenProblem(read.problem);
  const platform =
    platformId === undefined
      ? await platformOfClaims(parts, principal, read.claims, '/idToken')
      : await namedPlatform(parts, principal, platformId);
  const { jwksUrl } = platform;
  if (jwksUrl === undefined) throw invalid([{ pointer: '/idToken', detail: NO_KEYS }]);
  const { platformKeys: keys, now } = parts;
  const token = await verifyIdToken({ idToken, expected: platform, jwksUrl, keys, now: now() });
  if (!token.ok) throw idTokenProblem(token.problem);
  const parsed = parseInput(launchClaimsSchema, token.claims);
  const problems = parsed.ok ? checkLaunchPlace(parsed.value) : parsed.problems;
  // The body has no such member to point to: it is inside the token.
  const inToken = ({ pointer, detail }: FieldProblem) => ({
    pointer: '/idToken',
    detail: `has something wrong in the claim ${pointer.slice(1).replaceAll('~1', '/')}: ${detail}`,
  });
  if (!parsed.ok || problems.length > 0) throw invalid(problems.map(inToken));
  return { platform, claims: parsed.value };
}

async function handedOver(
  parts: Parts,
  principal: Principal,
  { platformId, claims }: LaunchInput & { claims: LaunchClaims },
): Promise<ReadLaunch> {
  if (platformId === undefined && (claims.iss === undefined || claims.aud === undefined)) {
    throw invalid([{ pointer: '/platformId', detail: 'is required, unless the claims have iss and aud' }]);
  }
  const platform =
    platformId === undefined
      ? await platformOfClaims(parts, principal, claims, '/claims')
      : await namedPlatform(parts, principal, platformId);
  const problems = [
    ...foreignTo(platform, claims),
    ...checkLaunchPlace(claims),
    ...checkLaunchServices(claims),
  ];
  if (problems.length > 0) {
    throw invalid(problems.map(({ pointer, detail }) => ({ pointer: `/claims${pointer}`, detail })));
  }
  return { platform, claims };
}

/** Claims need not say whose and what they are; if they do, they are not to be taken for another platform's, or for a launch. */
function foreignTo({ issuer, clientId, deploymentIds }: Platform, claims: LaunchClaims): FieldProblem[] {
  const { iss, aud } = claims;
  const deploymentId = claims[LAUNCH_CLAIMS.deploymentId];
  const problems: FieldProblem[] = [];
  if (iss !== undefined && iss !== issuer) {
    problems.push({ pointer: '/iss', detail: `is not the issuer of this platform (${issuer})` });
  }
  if (aud !== undefined && !audiencesOf({ aud }).includes(clientId)) {
    problems.push({ pointer: '/aud', detail: `is not the client id of this platform (${clientId})` });
  }
  if (deploymentId !== undefined && deploymentIds && !deploymentIds.includes(deploymentId)) {
    const detail = `is no deployment of this platform (${deploymentIds.slice(0, 10).join(', ')})`;
    problems.push({ pointer: pointerTo([LAUNCH_CLAIMS.deploymentId]), detail });
  }
  const messageType = claims[LAUNCH_CLAIMS.messageType];
  if (messageType !== undefined && !MESSAGE_TYPES.includes(messageType)) {
    const detail = `must be ${MESSAGE_TYPES.join(' or ')}: others do not tell where scores go`;
    problems.push({ pointer: pointerTo([LAUNCH_CLAIMS.messageType]), detail });
  }
  return problems;
}

const NO_KEYS =
  'cannot be verified: the platform is registered without its jwksUrl. Add it, or send claims that you have verified';
