import { randomUUID } from 'node:crypto';
import { type CryptoKey, SignJWT } from 'jose';

const DEPLOYMENT_CLAIM = 'https://purl.imsglobal.org/spec/lti/claim/deployment_id';

// Canvas refuses an iat more than 30 s ahead, Moodle one of even 1 s: clocks differ, so it lies in the past.
const BACK_DATED_SECONDS = 5;
// Canvas refuses assertions older than five minutes; shorter ones only lose on a platform whose clock is ahead.
const LIFE_SECONDS = 300;

/** `audience` is signed as given: a string stays a string, a list a list (platforms differ in what they take). */
export interface ClientAssertionOptions {
  clientId: string;
  audience: string | string[];
  key: { kid: string; privateKey: CryptoKey };
  deploymentId?: string;
  /** Milliseconds. */
  now?: () => number;
  jti?: () => string;
}

/**
 * Signs the JWT by which a tool proves who it is at the token endpoint (1EdTech Security Framework 1.0 section
 * 4.1, RFC 7523): RS256, iss = sub = client id. Make a new one for each request: some platforms refuse a `jti`
 * seen before.
 */
export async function createClientAssertion(options: ClientAssertionOptions): Promise<string> {
  const { clientId, audience, key, deploymentId, now = Date.now, jti = randomUUID } = options;
  const issuedAt = Math.floor(now() / 1000) - BACK_DATED_SECONDS;
  return new SignJWT(deploymentId === undefined ? {} : { [DEPLOYMENT_CLAIM]: deploymentId })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFE_SECONDS)
    .setJti(jti())
    .sign(key.privateKey);
}
