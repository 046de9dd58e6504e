import { addressProblem } from './address.ts';
import type { PlatformInput } from './platform-input.ts';
import type { Problem } from './problem.ts';
import { defaultAudience, detectProfile, PROFILES, type ProfileName } from './profiles.ts';

/** A registered platform, nothing left to default. */
export interface Platform {
  id: string;
  name: string;
  issuer: string;
  clientId: string;
  /** Absent: any. */
  deploymentIds?: string[];
  tokenUrl: string;
  openidConfigurationUrl?: string;
  audience: string;
  jwksUrl?: string;
  profile: ProfileName;
  serviceOrigins: string[];
  limits: { concurrency: number; ratePerSecond?: number };
  limitGroup: string;
  toolKeyId?: string;
  /** RFC 3339 in UTC with milliseconds, as is `updatedAt`. */
  createdAt: string;
  updatedAt: string;
}

/**
 * A platform from its input, by the rules that no single member shows: defaults by profile, https and public hosts only
 * (unless `allowPrivateNetworks`), and service origins where they cannot be told from the other addresses. What an
 * `openidConfigurationUrl` names is to be filled in before.
 * @param now in milliseconds
 */
export function resolvePlatform(
  id: string,
  input: PlatformInput,
  now: number,
  options: { allowPrivateNetworks?: boolean; createdAt?: string } = {},
): Platform | { problems: Problem[] } {
  const problems = addressesOf(input).flatMap(([pointer, url]) => {
    const detail = addressProblem(url, options.allowPrivateNetworks ?? false);
    return detail ? [{ pointer, detail }] : [];
  });
  const { issuer, tokenUrl } = input;
  if (issuer === undefined) problems.push({ pointer: '/issuer', detail: 'is required' });
  if (tokenUrl === undefined) problems.push({ pointer: '/tokenUrl', detail: 'is required' });
  if (issuer === undefined || tokenUrl === undefined) return { problems };

  const profile = input.profile ?? detectProfile({ issuer, tokenUrl });
  if (input.serviceOrigins === undefined && needsServiceOrigins(profile, tokenUrl)) {
    problems.push({ pointer: '/serviceOrigins', detail: MISSING_ORIGINS });
  }
  if (problems.length > 0) return { problems };

  const { name, clientId, deploymentIds, openidConfigurationUrl, jwksUrl, limits, toolKeyId } = input;
  const updatedAt = new Date(now).toISOString();
  return {
    id,
    name,
    issuer,
    clientId,
    ...(deploymentIds && { deploymentIds }),
    tokenUrl,
    ...(openidConfigurationUrl && { openidConfigurationUrl }),
    audience: input.audience ?? defaultAudience(profile, tokenUrl),
    ...(jwksUrl && { jwksUrl }),
    profile,
    serviceOrigins: unique(input.serviceOrigins ?? [new URL(issuer).origin, new URL(tokenUrl).origin]),
    limits: {
      concurrency: limits?.concurrency ?? PROFILES[profile].concurrency,
      ...(limits?.ratePerSecond && { ratePerSecond: limits.ratePerSecond }),
    },
    limitGroup: input.limitGroup ?? (PROFILES[profile].limitsByClient ? clientId : id),
    ...(toolKeyId && { toolKeyId }),
    createdAt: options.createdAt ?? updatedAt,
    updatedAt,
  };
}

const MISSING_ORIGINS =
  'is required: this token URL is shared by all schools, so the address of the gradebook cannot be told from it';

function needsServiceOrigins(profile: ProfileName, tokenUrl: string): boolean {
  return profile === 'blackboard' || (profile === 'canvas' && isSharedCanvasHost(new URL(tokenUrl).hostname));
}

// A school's own tenant is {school}.instructure.com or its own domain; these hosts serve all of them.
function isSharedCanvasHost(host: string): boolean {
  return /^(canvas|sso|auth)(\.(beta|test))?\.(instructure|canvaslms)\.com$/.test(host);
}

function addressesOf(input: PlatformInput): [pointer: string, url: string][] {
  const { issuer, tokenUrl, openidConfigurationUrl, jwksUrl, serviceOrigins } = input;
  const members = Object.entries({ issuer, tokenUrl, openidConfigurationUrl, jwksUrl });
  return [
    ...members.flatMap(([name, url]): [string, string][] => (url === undefined ? [] : [[`/${name}`, url]])),
    ...(serviceOrigins ?? []).map((url, index): [string, string] => [`/serviceOrigins/${index}`, url]),
  ];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
