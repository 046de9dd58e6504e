import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { LAUNCH_CLAIMS } from '@gradewire/ags';

/** A platform's signing key: as it publishes it, and what it makes of claims. */
export interface LaunchSigner {
  jwks: { keys: object[] };
  idToken(claims: Record<string, unknown>): string;
}

export function launchSigner(kid = 'key-1'): LaunchSigner {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] },
    idToken: (claims) => signed({ alg: 'RS256', typ: 'JWT', kid }, claims, privateKey),
  };
}

/** The claims of a good launch of `{platformId}.example`; `change` replaces members, undefined removes one. */
export function launchClaims(
  platformId: string,
  change: Record<string, unknown> = {},
): Record<string, unknown> {
  const origin = `https://${platformId}.example`;
  const iat = Math.floor(Date.now() / 1000);
  return {
    iss: origin,
    aud: 'tool',
    sub: '42',
    name: 'Ann Lee',
    email: 'ann@school.example',
    iat,
    exp: iat + 60,
    nonce: 'n',
    [LAUNCH_CLAIMS.version]: '1.3.0',
    [LAUNCH_CLAIMS.messageType]: 'LtiResourceLinkRequest',
    [LAUNCH_CLAIMS.deploymentId]: '7',
    [LAUNCH_CLAIMS.resourceLink]: { id: 'link-9', title: 'Lab 3' },
    [LAUNCH_CLAIMS.context]: { id: 'course-7', label: 'CS1', title: 'Computing' },
    [LAUNCH_CLAIMS.grades]: {
      scope: ['https://purl.imsglobal.org/spec/lti-ags/scope/score'],
      lineitems: `${origin}/lineitems`,
      lineitem: `${origin}/lineitems/1`,
    },
    [LAUNCH_CLAIMS.roster]: { context_memberships_url: `${origin}/members`, service_versions: ['2.0'] },
    ...change,
  };
}

function signed(header: object, claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}
