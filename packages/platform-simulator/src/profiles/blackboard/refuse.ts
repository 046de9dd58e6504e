import { json, type Reply } from '../../http/reply.ts';
import { refuse as refuseByTheSpecification } from '../generic/refuse.ts';
import type { TokenProblem } from '../profile.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

/** Blackboard's answer to the refusals that are known of it. Its body's form is not documented, its words are. */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  switch (refusal) {
    case 'userUnknown':
    case 'userNotEnrolled':
    case 'userNotGradable':
      // hypothesis/lms `_v13.py`
      return badRequest(`User could not be found: ${facts.userId ?? ''}`);
    case 'memberNotAllowed':
      return badRequest(`${facts.detail ?? ''} cannot be set`);
    default:
      return refuseByTheSpecification(refusal, facts);
  }
}

/** `invalid_jwt_token` when it could not read the tool's keys (packbackbooks/lti-1-3-php-library issue 134). */
export function refuseToken(problem: TokenProblem): Reply {
  switch (problem.code) {
    case 'keySetUnavailable':
    case 'kidUnknown':
    case 'emptyKeySet':
      return oauth('invalid_jwt_token', 'Failed to get key with kid from the key set');
    case 'kidMissing':
    case 'badSignature':
    case 'malformed':
      return oauth('invalid_jwt_token', 'The client assertion could not be verified');
    case 'claims':
      return oauth('invalid_request', problem.problems.map(({ claim }) => claim).join(', '));
    case 'scopeNotPermitted':
      return oauth('invalid_scope', problem.scopes.join(' '));
    case 'wrongGrantType':
      return oauth('unsupported_grant_type', 'only client_credentials');
    case 'unknownClient':
    case 'subjectMissing':
      return oauth('invalid_client', 'No such application');
    default:
      return oauth('invalid_request', problem.code);
  }
}

function badRequest(message: string): Reply {
  return json(400, { status: 400, message });
}

function oauth(error: string, description: string): Reply {
  return json(400, { error, error_description: description });
}
