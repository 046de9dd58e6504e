import { type Profile, SCOPES, type ServiceRequest } from '../profiles/profile.ts';
import { Refused } from '../profiles/refusals.ts';
import type { ToolRegistration } from './registration.ts';
import type { TokenBook } from './token-book.ts';

/** Any one of these scopes opens the door. */
function scopesFor({ endpoint, method }: ServiceRequest): readonly string[] {
  switch (endpoint) {
    case 'lineItems':
    case 'lineItem':
      return method === 'GET' ? [SCOPES.lineItem, SCOPES.lineItemReadonly] : [SCOPES.lineItem];
    case 'scores':
      return [SCOPES.score];
    case 'results':
      return [SCOPES.resultReadonly];
    case 'memberships':
      return [SCOPES.membershipReadonly];
  }
}

/** Checks the access token of a service request; throws `Refused`. */
export function authorize(
  profile: Profile,
  tool: ToolRegistration,
  tokens: TokenBook,
  request: ServiceRequest,
): void {
  const pattern = profile.authorization.scheme === 'exact' ? /^Bearer +(\S+)$/ : /^Bearer +(\S+)$/i;
  const value = pattern.exec(request.headers.authorization ?? '')?.[1];
  if (value === undefined) throw new Refused('tokenMissing');
  const token = tokens.find(value);
  if (!token) throw new Refused('tokenInvalid');
  if (token.expiresAtMs <= request.now) throw new Refused('tokenExpired');
  if (!tool.enabled) throw new Refused('toolDisabled');
  const opens = scopesFor(request).some(
    (scope) => token.scopes.includes(scope) && tool.scopes.includes(scope),
  );
  if (!opens) throw new Refused('scopeMissing');
}
