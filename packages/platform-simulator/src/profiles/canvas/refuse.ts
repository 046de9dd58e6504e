import { json, type Reply } from '../../http/reply.ts';
import type { ClaimProblem, TokenProblem } from '../profile.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

const GONE = 'The specified resource does not exist.';

/** Canvas' answer to each refusal, in the envelope that its code uses there. */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  switch (refusal) {
    case 'tokenMissing':
      return errors(401, 'unauthorized', 'Missing access token');
    case 'tokenInvalid':
      return errors(401, 'unauthorized', 'Invalid access token format');
    case 'tokenExpired':
      return errors(401, 'unauthorized', 'Access token expired');
    case 'scopeMissing':
      return errors(401, 'unauthorized', 'Insufficient permissions');
    case 'toolDisabled':
    case 'otherTool':
      return errors(401, 'unauthorized', 'Unknown or inactive Developer Key');
    case 'toolNotInCourse':
      return errors(401, 'unauthorized', 'Access Token not linked to a Tool associated with this Context');
    case 'courseDeleted':
    case 'courseNotFound':
      return errors(404, 'not_found', 'Context is deleted or not found');
    case 'lineItemNotFound':
      return facts.request.method === 'POST' ? list(404, GONE) : { status: 404 };
    case 'noRoute':
    case 'badPath':
    case 'resourceLinkNotFound':
      return list(404, GONE);
    case 'methodNotAllowed':
      return list(404, GONE);
    case 'lineItemForeign':
      return errors(412, 'precondition_failed', 'Tool does not have permission to view line_item');
    case 'lineItemCoupled':
      return { status: 401 };
    case 'resourceLinkWithoutItem':
      return { status: 412 };
    case 'resourceLinkForeign':
      return unprocessable('Resource link id points to Tool not associated with this Context');
    case 'resourceLinkUnknown':
      return list(400, 'Tool does not have access to rlid or rlid does not exist');
    case 'scoreMalformed':
    case 'lineItemInvalid':
      return errors(400, 'bad_request', facts.detail ?? 'Bad request');
    case 'olderTimestamp':
      return errors(
        400,
        'bad_request',
        `Provided timestamp of ${iso(facts.posted)} before last updated timestamp of ${iso(facts.stored)}`,
      );
    case 'scoreInvalid':
      return unprocessable(facts.detail ?? 'Unprocessable');
    case 'userNotGradable':
      return unprocessable('User not found in course or is not a student');
    case 'attemptsExhausted':
      return unprocessable('The maximum number of allowed attempts has been reached for this submission');
    case 'unpublished':
      return unprocessable('This assignment is still unpublished');
    case 'courseConcluded':
      return unprocessable(
        'This course has concluded. AGS requests will no longer be accepted for this course.',
      );
    case 'gradeLocked':
      return json(422, {
        errors: [{ field: 'grade', message: 'Cannot grade this submission at this time', error_code: null }],
      });
    default:
      return errors(500, 'internal_server_error', 'An error occurred.');
  }
}

/** Canvas' token endpoint: `invalid_request` with a description for nearly everything. */
export function refuseToken(problem: TokenProblem): Reply {
  switch (problem.code) {
    case 'wrongGrantType':
      return oauth(
        'unsupported_grant_type',
        'The grant_type you requested is not currently supported by Canvas',
      );
    case 'scopeNotPermitted':
      return oauth(
        'invalid_scope',
        `A requested scope is invalid, unknown, malformed, or exceeds the scope granted by the resource owner. The following scopes were requested, but not granted: ${problem.scopes.join(', ')}`,
      );
    case 'claims':
      return oauth('invalid_request', problem.problems.map(claimText).join(' | '));
    case 'subjectMissing':
      return oauth('invalid_request', 'the following assertions are missing: sub');
    case 'keySetUnavailable':
      return oauth('invalid_request', 'JWK Error: the key set could not be read');
    case 'wrongAssertionType':
      return oauth('invalid_request', 'Assertion method not supported for this grant');
    case 'parameterMissing':
      return oauth('invalid_request', 'missing required parameters');
    case 'methodNotAllowed':
      return list(404, GONE);
    default:
      return oauth('invalid_request', 'JWS signature invalid.');
  }
}

function claimText(problem: ClaimProblem): string {
  switch (problem.claim) {
    case 'missing':
      return `the following assertions are missing: ${problem.names.join(',')}`;
    case 'aud':
      return "the 'aud' is invalid";
    case 'tooOld':
      return "the 'iat' must be less than 300 seconds old";
    case 'notYet':
      return "the 'iat' must not be in the future";
    case 'expired':
      return 'the JWT has expired';
    case 'iss':
      return "the 'iss' is invalid";
  }
}

function oauth(error: string, description: string): Reply {
  return json(400, { error, error_description: description }, 'application/json; charset=utf-8');
}

function errors(status: number, type: string, message: string): Reply {
  return json(status, { errors: { type, message } }, 'application/json; charset=utf-8');
}

function unprocessable(message: string): Reply {
  return errors(422, 'unprocessable_entity', message);
}

function list(status: number, message: string): Reply {
  return json(status, { errors: [{ message }] }, 'application/json; charset=utf-8');
}

function iso(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString();
}
