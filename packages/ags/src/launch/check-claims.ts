import { LAUNCH_CLAIMS } from './claims.ts';
import type { IdTokenFault, IdTokenProblem } from './id-token-problem.ts';

/** What a launch has to say to be one of a platform's. */
export interface ExpectedLaunch {
  issuer: string;
  clientId: string;
  /** Absent: any. */
  deploymentIds?: readonly string[];
}

/** How far the clocks of a platform and of this server may differ. */
const LEEWAY_SECONDS = 60;

/**
 * A launch of a link, and that of a teacher who is choosing one: both are made in the place that they name. A submission
 * review names the one column that is being looked at, which need not be the link's, so it says nothing of where scores go.
 */
export const MESSAGE_TYPES: readonly string[] = ['LtiResourceLinkRequest', 'LtiDeepLinkingRequest'];

/** The first thing that is wrong with what an id_token says (1EdTech Security Framework 1.0 section 5.1.3, LTI 1.3 section 5.3). */
export function checkClaims(
  claims: Record<string, unknown>,
  { issuer, clientId, deploymentIds }: ExpectedLaunch,
  now: number,
): IdTokenProblem | undefined {
  const { iss, azp, exp, iat, nbf } = claims;
  const audiences = audiencesOf(claims);
  const seconds = now / 1000;
  const version = claims[LAUNCH_CLAIMS.version];
  const messageType = claims[LAUNCH_CLAIMS.messageType];
  const deploymentId = claims[LAUNCH_CLAIMS.deploymentId];

  if (iss !== issuer) return fault('ISSUER', `is by ${told(iss)}, and the platform is ${told(issuer)} (iss)`);
  if (!audiences.includes(clientId)) {
    return fault('AUDIENCE', `is for ${told(audiences.join(', '))}, and the tool is ${told(clientId)} (aud)`);
  }
  if (azp === undefined ? audiences.length > 1 : azp !== clientId) {
    const why = azp === undefined ? 'is for several tools and does not say which' : `is for ${told(azp)}`;
    return fault('AUTHORIZED_PARTY', `${why}, and the tool is ${told(clientId)} (azp)`);
  }
  if (!isTime(exp)) return fault('EXPIRED', 'does not say until when it is good (exp)');
  if (exp + LEEWAY_SECONDS <= seconds) return fault('EXPIRED', `ran out ${ago(seconds - exp)} ago (exp)`);
  if (!isTime(iat)) return fault('NOT_YET_VALID', 'does not say when it was issued (iat)');
  if (iat - LEEWAY_SECONDS > seconds) {
    return fault('NOT_YET_VALID', `was issued ${ago(iat - seconds)} from now (iat)`);
  }
  if (nbf !== undefined && !(isTime(nbf) && nbf - LEEWAY_SECONDS <= seconds)) {
    return fault('NOT_YET_VALID', 'is not good yet (nbf)');
  }
  if (version !== '1.3.0')
    return fault('VERSION', `is of LTI ${told(version)}, and 1.3.0 is taken (version)`);
  if (typeof messageType !== 'string' || !MESSAGE_TYPES.includes(messageType)) {
    return fault(
      'MESSAGE_TYPE',
      `is ${told(messageType)}, taken are ${MESSAGE_TYPES.join(' and ')} (message_type)`,
    );
  }
  if (typeof deploymentId !== 'string' || deploymentId === '') {
    return fault('DEPLOYMENT', 'names no deployment (deployment_id)');
  }
  if (deploymentIds && !deploymentIds.includes(deploymentId)) {
    return fault(
      'DEPLOYMENT',
      `is of the deployment ${told(deploymentId)}, which is not registered (deployment_id)`,
    );
  }
  return undefined;
}

/** Whom a token is for: a text or a list of them (RFC 7519 section 4.1.3). */
export function audiencesOf({ aud }: Record<string, unknown>): string[] {
  return [aud].flat().filter((audience) => typeof audience === 'string');
}

function fault(code: IdTokenFault, detail: string): IdTokenProblem {
  return { code, detail };
}

function told(value: unknown): string {
  return typeof value === 'string' && value !== '' ? `"${value.slice(0, 200)}"` : 'none';
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function ago(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  const [name, length] = units.find(([, unit]) => seconds >= 2 * unit) ?? units[3];
  const count = Math.round(seconds / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
