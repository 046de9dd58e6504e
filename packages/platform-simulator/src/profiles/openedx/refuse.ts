import { json, type Reply, webPage } from '../../http/reply.ts';
import { refuse as refuseByTheSpecification } from '../generic/refuse.ts';
import { MEDIA_TYPES, type TokenProblem } from '../profile.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

/** Open edX's answer to each refusal, as Django REST framework puts it: `{detail}`, or the fields with their faults. */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  const { request } = facts;
  switch (refusal) {
    // An authentication class without a challenge: 403 instead of 401 (authentication.py, test_views_lti_ags.py).
    case 'tokenMissing':
      return detail(403, 'Missing LTI 1.3 authentication token.');
    case 'tokenInvalid':
    case 'tokenExpired':
      return detail(403, 'Invalid token signature.');
    case 'courseNotFound':
    case 'courseDeleted':
    case 'toolNotInCourse':
      return detail(403, 'LTI configuration not found.');
    case 'scopeMissing':
    case 'toolDisabled':
    case 'otherTool':
    case 'lineItemCoupled':
      return detail(403, 'You do not have permission to perform this action.');
    case 'lineItemNotFound':
    case 'lineItemForeign':
      return detail(404, 'Not found.');
    case 'methodNotAllowed':
      return detail(405, `Method "${request.method}" not allowed.`);
    case 'unsupportedType':
      return detail(415, `Unsupported media type "${request.headers['content-type'] ?? ''}" in request.`);
    case 'notAcceptable':
      return detail(406, 'Could not satisfy the request Accept header.');
    case 'scoreMalformed':
      return detail(400, facts.detail ?? 'Malformed request.');
    case 'scoreInvalid':
    case 'lineItemInvalid':
      return fields(facts.detail ?? '');
    case 'olderTimestamp':
      return fields(
        facts.posted === facts.stored
          ? 'timestamp: Score already exists for the provided timestamp'
          : 'timestamp: Score timestamp can only be updated to a later point in time',
      );
    case 'rosterTooLarge':
      return json(403, {
        error: 'above_response_limit',
        explanation: 'The number of retrieved users is bigger than the maximum allowed in the configuration.',
      });
    case 'noRoute':
      return webPage(404, 'Page not found', 'Page not found');
    default:
      return refuseByTheSpecification(refusal, facts);
  }
}

/** plugin/views.py: a word and no description; `unidentified_error` for what it did not expect, its own reading of the keys too. */
export function refuseToken(problem: TokenProblem): Reply {
  if (problem.code === 'toolDisabled') return json(404, { error: 'invalid_lti_version' });
  return json(400, { error: tokenError(problem.code) });
}

function tokenError(code: Exclude<TokenProblem['code'], 'toolDisabled'>): string {
  switch (code) {
    case 'methodNotAllowed':
    case 'parameterMissing':
    case 'wrongContentType':
    case 'wrongAssertionType':
      return 'invalid_request';
    case 'wrongGrantType':
      return 'unsupported_grant_type';
    case 'malformed':
    case 'claims':
      return 'invalid_grant';
    case 'unknownClient':
    case 'subjectMissing':
    case 'kidMissing':
    case 'kidUnknown':
    case 'badSignature':
    case 'algorithmMismatch':
    case 'algorithmNotSupported':
    case 'emptyKeySet':
      return 'invalid_client';
    case 'jtiSeen':
    case 'keySetUnavailable':
    case 'scopeNotPermitted':
      return 'unidentified_error';
  }
}

function detail(status: number, text: string): Reply {
  return json(status, { detail: text });
}

/** `field: message` as `{field: [message]}`. */
function fields(text: string): Reply {
  const at = text.indexOf(': ');
  const name = at < 0 ? 'non_field_errors' : text.slice(0, at);
  return json(400, { [name]: [at < 0 ? text : text.slice(at + 2)] }, MEDIA_TYPES.score);
}
