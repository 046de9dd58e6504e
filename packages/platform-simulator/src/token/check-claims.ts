import type { JWTPayload } from 'jose';
import type { ClaimProblem, TokenRules } from '../profiles/profile.ts';

/** Every problem of an assertion's claims under a profile's rules, in a fixed order. */
export function checkClaims(
  claims: JWTPayload,
  rules: TokenRules,
  facts: { clientId: string; tokenUrl: string; now: number },
): ClaimProblem[] {
  const problems: ClaimProblem[] = [];
  const seconds = facts.now / 1000;
  const missing = rules.requiredClaims.filter((name) => claims[name] === undefined);
  if (missing.length > 0) problems.push({ claim: 'missing', names: missing });
  if (claims.aud !== undefined && !isAudience(claims.aud, rules.audience, facts.tokenUrl)) {
    problems.push({ claim: 'aud' });
  }
  if (rules.issuer === 'clientId' && claims.iss !== undefined && claims.iss !== facts.clientId) {
    problems.push({ claim: 'iss' });
  }
  // Whole seconds, as the libraries compare them.
  const wholeSeconds = Math.floor(seconds);
  for (const start of [claims.nbf, claims.iat]) {
    if (typeof start === 'number' && start > wholeSeconds + rules.futureLeewaySeconds) {
      problems.push({ claim: 'notYet', seconds: start });
      break;
    }
  }
  if (typeof claims.exp === 'number' && wholeSeconds >= claims.exp + rules.expiryLeewaySeconds) {
    problems.push({ claim: 'expired' });
  }
  if (rules.maxAgeSeconds !== undefined && typeof claims.iat === 'number') {
    if (claims.iat < seconds - rules.maxAgeSeconds) problems.push({ claim: 'tooOld' });
  }
  return problems;
}

function isAudience(aud: string | string[], rule: TokenRules['audience'], tokenUrl: string): boolean {
  if (rule === 'ignored') return true;
  if (rule === 'tokenUrlAlone') return aud === tokenUrl;
  return [aud].flat().includes(rule === 'tokenUrl' ? tokenUrl : rule.fixed);
}
