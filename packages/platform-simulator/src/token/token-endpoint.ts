import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import type { Reply } from '../http/reply.ts';
import type { Profile, TokenProblem, TokenRules } from '../profiles/profile.ts';
import { checkClaims } from './check-claims.ts';
import type { KeySetCache } from './key-set.ts';
import type { ToolRegistration } from './registration.ts';
import type { TokenBook } from './token-book.ts';
import { verifyAssertion } from './verify-assertion.ts';

export interface TokenEndpointDeps {
  profile: Profile;
  tokenUrl: string;
  tool: () => ToolRegistration;
  keySets: KeySetCache;
  tokens: TokenBook;
  seenJtis: Map<string, number>;
  tokenLifetimeSeconds: number;
}

export interface TokenRequest {
  method: string;
  contentType: string | undefined;
  body: string;
  now: number;
}

export type TokenAnswer = { reply: Reply; issued: boolean; problem?: string };

const GRANT = 'client_credentials';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Answers an access token request: RFC 6749 4.4 with the JWT client assertion of RFC 7523, under the profile's rules. */
export async function answerTokenRequest(
  deps: TokenEndpointDeps,
  request: TokenRequest,
): Promise<TokenAnswer> {
  const granted = await grant(deps, request);
  if ('code' in granted) {
    return { reply: deps.profile.token.refuse(granted), issued: false, problem: granted.code };
  }
  const rules = deps.profile.token;
  const lifetimeSeconds = deps.tokenLifetimeSeconds;
  const token = deps.tokens.issue(granted.scopes, request.now + lifetimeSeconds * 1000, rules.tokenForm);
  const body = {
    access_token: token,
    token_type: rules.tokenType ?? 'Bearer',
    ...(rules.lifetimeUntold ? {} : { expires_in: lifetimeSeconds }),
    scope: granted.scopes.join(' '),
  };
  return { reply: { status: 200, headers: rules.headers, body: JSON.stringify(body) }, issued: true };
}

async function grant(
  deps: TokenEndpointDeps,
  request: TokenRequest,
): Promise<TokenProblem | { scopes: string[] }> {
  const rules = deps.profile.token;
  const tool = deps.tool();
  const form = readForm(request, rules.strictForm);
  if ('code' in form) return form;
  const parsed = parseAssertion(form.assertion);
  if (!parsed) return { code: 'malformed' };
  const { claims, header } = parsed;
  if (!claims.sub) return { code: 'subjectMissing' };
  if (claims.sub !== tool.clientId) return { code: 'unknownClient' };
  if (tool.jwksUrl === undefined) return { code: 'keySetUnavailable' };
  const check = (): TokenProblem | undefined => {
    const problems = checkClaims(claims, rules, {
      clientId: tool.clientId,
      tokenUrl: deps.tokenUrl,
      now: request.now,
    });
    return problems.length > 0 ? { code: 'claims', problems } : undefined;
  };
  const assertion = {
    alg: header.alg ?? 'none',
    jwt: form.assertion,
    ...(header.kid === undefined ? {} : { kid: header.kid }),
  };
  const problem = await verifyAssertion(assertion, tool.jwksUrl, rules, deps.keySets, check);
  if (problem) return problem;
  if (rules.jti === 'once' && !noteJti(deps.seenJtis, claims, request.now)) return { code: 'jtiSeen' };
  if (rules.tellsDisabled && !tool.enabled) return { code: 'toolDisabled' };
  return permitScopes(form.scope, tool, rules.scopes);
}

function readForm(
  request: TokenRequest,
  strict: boolean,
): TokenProblem | { assertion: string; scope: string[] } {
  if (request.method !== 'POST') return { code: 'methodNotAllowed' };
  if (strict && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.contentType ?? '')) {
    return { code: 'wrongContentType' };
  }
  const form = new URLSearchParams(request.body);
  const assertion = form.get('client_assertion');
  const scope = (form.get('scope') ?? '').split(' ').filter(Boolean);
  const grantType = form.get('grant_type');
  const assertionType = form.get('client_assertion_type');
  if (!assertion || !grantType || !assertionType || scope.length === 0) return { code: 'parameterMissing' };
  if (grantType !== GRANT) return { code: 'wrongGrantType' };
  if (assertionType !== ASSERTION_TYPE) return { code: 'wrongAssertionType' };
  return { assertion, scope };
}

function parseAssertion(jwt: string): { claims: JWTPayload; header: ProtectedHeaderParameters } | undefined {
  try {
    return { claims: decodeJwt(jwt), header: decodeProtectedHeader(jwt) };
  } catch {
    return undefined;
  }
}

/** False when the `jti` was seen within its assertion's life. */
function noteJti(seen: Map<string, number>, claims: JWTPayload, now: number): boolean {
  for (const [jti, until] of seen) {
    if (until > now) break;
    seen.delete(jti);
  }
  const jti = String(claims.jti);
  if (seen.has(jti)) return false;
  seen.set(jti, now + 600_000);
  return true;
}

function permitScopes(
  asked: string[],
  tool: ToolRegistration,
  policy: TokenRules['scopes'],
): TokenProblem | { scopes: string[] } {
  const permitted = asked.filter((scope) => tool.enabled && tool.scopes.includes(scope));
  const refused = asked.filter((scope) => !permitted.includes(scope));
  const none = permitted.length === 0 && policy !== 'trimToNone';
  if (none || (policy === 'refuse' && refused.length > 0)) {
    return { code: 'scopeNotPermitted', scopes: refused };
  }
  return { scopes: permitted };
}
