import { compactVerify, errors } from 'jose';
import { isObject } from '../reading.ts';
import { checkClaims, type ExpectedLaunch } from './check-claims.ts';
import type { IdTokenProblem } from './id-token-problem.ts';
import type { PlatformKeys } from './platform-keys.ts';

/**
 * What launches are signed with: RS256, which every platform has, and its longer siblings (1EdTech Security Framework 1.0
 * section 5.1.3). Secrets are not keys, so that `none` and the HMAC family are nothing that a platform could mean.
 */
const ALGORITHMS: readonly string[] = ['RS256', 'RS384', 'RS512'];

/** What an id_token says, not proven by anything yet. */
export type IdTokenReading =
  | { ok: true; header: { alg: string; kid?: string }; claims: Record<string, unknown> }
  | { ok: false; problem: IdTokenProblem };

/** Takes an id_token apart. Good for finding out whose keys it is to be verified with, and for nothing else. */
export function readIdToken(idToken: string): IdTokenReading {
  const parts = idToken.split('.');
  const [header, claims] = parts.slice(0, 2).map(decoded);
  if (parts.length !== 3 || !header || !claims) {
    return refused(
      'NOT_A_TOKEN',
      'is not a signed JSON Web Token: three parts in base64url with dots between',
    );
  }
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) {
    return refused('ALGORITHM', `is signed with ${quoted(alg)}; taken are ${ALGORITHMS.join(', ')}`);
  }
  return { ok: true, header: { alg, ...(typeof kid === 'string' && { kid }) }, claims };
}

/**
 * Verifies the id_token of a launch: what it must say, then that the platform signed it. The nonce is the caller's to check,
 * who made it. A problem is a value. `KEYS_UNREADABLE` is none of the token's: trying later can help.
 * @param now in milliseconds
 */
export async function verifyIdToken(options: {
  idToken: string;
  expected: ExpectedLaunch;
  jwksUrl: string;
  keys: Pick<PlatformKeys, 'find'>;
  now: number;
}): Promise<{ ok: true; claims: Record<string, unknown> } | { ok: false; problem: IdTokenProblem }> {
  const { idToken, expected, jwksUrl, keys, now } = options;
  const read = readIdToken(idToken);
  if (!read.ok) return read;
  const problem = checkClaims(read.claims, expected, now);
  if (problem) return { ok: false, problem };
  const found = await keys.find(jwksUrl, read.header);
  if (!found.ok) return found;
  try {
    await compactVerify(idToken, found.key, { algorithms: [...ALGORITHMS] });
  } catch (error) {
    // A TypeError is jose's word for a key that is too short for the algorithm.
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      return refused('SIGNATURE', "does not bear the platform's signature");
    }
    throw error;
  }
  return { ok: true, claims: read.claims };
}

function refused(code: IdTokenProblem['code'], detail: string): { ok: false; problem: IdTokenProblem } {
  return { ok: false, problem: { code, detail } };
}

function decoded(part: string): Record<string, unknown> | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `"${value.slice(0, 20)}"` : 'no named algorithm';
}
