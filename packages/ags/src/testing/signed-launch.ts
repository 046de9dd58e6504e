import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { LAUNCH_CLAIMS } from '../launch/claims.ts';

/** A platform's key pair as it signs launches and publishes it. */
export interface LaunchKey {
  jwk: JWK;
  sign(claims: Record<string, unknown>, header?: { alg?: string; kid?: string | undefined }): Promise<string>;
}

export async function launchKey(alg = 'RS256', kid: string = randomUUID()): Promise<LaunchKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, ...header } as { alg: string }).sign(privateKey),
  };
}

/** What a good launch of the tool `tool` at `https://lms.example` says at `now` ms. */
export function goodClaims(now: number): Record<string, unknown> {
  const iat = Math.floor(now / 1000);
  return {
    iss: 'https://lms.example',
    aud: 'tool',
    sub: '42',
    iat,
    exp: iat + 60,
    nonce: 'n',
    [LAUNCH_CLAIMS.version]: '1.3.0',
    [LAUNCH_CLAIMS.messageType]: 'LtiResourceLinkRequest',
    [LAUNCH_CLAIMS.deploymentId]: '7',
  };
}
