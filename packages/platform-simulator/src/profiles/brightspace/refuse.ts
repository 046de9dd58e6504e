import { json, type Reply } from '../../http/reply.ts';
import { refuse as refuseByTheSpecification } from '../generic/refuse.ts';
import type { ClaimProblem, TokenProblem } from '../profile.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

/** Brightspace's answer to the refusals that are known of it. The words are hypothesis/lms `_v13.py`'s, the body's form is its REST API's. */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  switch (refusal) {
    case 'userUnknown':
      return errors(404, 'User in requested score does not exist');
    case 'userNotEnrolled':
      return errors(403, 'User in requested score is not enrolled in the org unit');
    case 'userNotGradable':
      // A role without "Can be graded" (FAQ), which tells the status and no words.
      return { status: 422 };
    default:
      return refuseByTheSpecification(refusal, facts);
  }
}

/** `invalid_grant` for nearly every fault of the assertion (dmitry-viskov/pylti1.3 issue 43, FAQ). */
export function refuseToken(problem: TokenProblem): Reply {
  switch (problem.code) {
    case 'kidMissing':
      return assertion('KeyId not found in token');
    case 'claims':
      return problem.problems.some(({ claim }) => claim === 'iss')
        ? oauth('invalid_client')
        : assertion(problem.problems.map(claimText).join('; '));
    case 'unknownClient':
    case 'subjectMissing':
    case 'toolDisabled':
      return oauth('invalid_client');
    case 'scopeNotPermitted':
      return oauth('invalid_scope');
    case 'wrongGrantType':
      return oauth('unsupported_grant_type');
    case 'methodNotAllowed':
    case 'parameterMissing':
    case 'wrongContentType':
    case 'wrongAssertionType':
      return oauth('invalid_request');
    case 'keySetUnavailable':
    case 'emptyKeySet':
    case 'kidUnknown':
      return assertion('The key could not be found in the key set of the tool');
    default:
      return assertion(problem.code);
  }
}

function claimText(problem: ClaimProblem): string {
  if (problem.claim === 'missing') return `missing ${problem.names.join(', ')}`;
  return problem.claim === 'aud' ? 'Audience does not match' : problem.claim;
}

function assertion(text: string): Reply {
  return oauth('invalid_grant', `Error validating assertion: ${text}`);
}

function oauth(error: string, description?: string): Reply {
  return json(400, { error, ...(description === undefined ? {} : { error_description: description }) });
}

function errors(status: number, message: string): Reply {
  return json(status, { Errors: [{ Message: message }] });
}
