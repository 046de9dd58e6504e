import { compactVerify, errors, importJWK, type JWK } from 'jose';
import type { TokenProblem, TokenRules } from '../profiles/profile.ts';
import type { KeySetCache } from './key-set.ts';

export interface Assertion {
  kid?: string;
  alg: string;
  jwt: string;
}

/**
 * Finds the key and checks the signature, with the key set cached as the profile has it.
 * `checkClaims` runs where the profile counts a bad claim as a failure of verification.
 * @returns the problem, or undefined
 */
export async function verifyAssertion(
  assertion: Assertion,
  jwksUrl: string,
  rules: TokenRules,
  keySets: KeySetCache,
  checkClaims: () => TokenProblem | undefined,
): Promise<TokenProblem | undefined> {
  if (!rules.algorithms.includes(assertion.alg) && !assertion.alg.startsWith('HS')) {
    return { code: 'algorithmNotSupported' };
  }
  if (assertion.kid === undefined) return { code: 'kidMissing' };
  const attempt = async (keys: JWK[]): Promise<TokenProblem | undefined> =>
    (await verifyWith(keys, assertion)) ?? checkClaims();
  const cached = keySets.cached(jwksUrl, rules.keySetLifeMs);
  if (cached) {
    const problem = await attempt(cached);
    const known = cached.find((key) => key.kid === assertion.kid);
    // A key that names no algorithm makes Moodle's first try fail, whatever is signed with it.
    const unusable = rules.keySet === 'anyFailure' && known !== undefined && known.alg === undefined;
    const again =
      problem &&
      (rules.keySet === 'anyFailure' || (rules.keySet === 'unknownKid' && problem.code === 'kidUnknown'));
    if (!again && !unusable) return problem;
  }
  let keys: JWK[];
  try {
    keys = await keySets.refresh(jwksUrl, rules.keySetTimeoutMs);
  } catch {
    return { code: 'keySetUnavailable' };
  }
  return attempt(keys);
}

async function verifyWith(keys: JWK[], { kid, alg, jwt }: Assertion): Promise<TokenProblem | undefined> {
  if (keys.length === 0) return { code: 'emptyKeySet' };
  const jwk = keys.find((key) => key.kid === kid);
  if (!jwk) return { code: 'kidUnknown' };
  if (alg.startsWith('HS')) return { code: 'algorithmMismatch' };
  if (jwk.alg !== undefined && jwk.alg !== alg) return { code: 'algorithmMismatch' };
  try {
    await compactVerify(jwt, await importJWK(jwk, alg), { algorithms: [alg] });
    return undefined;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return { code: 'badSignature' };
    return { code: 'algorithmMismatch' };
  }
}
