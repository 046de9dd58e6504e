import { json, type Reply } from '../../http/reply.ts';
import type { TokenProblem } from '../profile.ts';
import type { Refusal, RefusalFacts } from '../refusals.ts';

const STATUS: Record<Refusal, number> = {
  noRoute: 404,
  badPath: 400,
  badQuery: 400,
  unsupportedType: 415,
  notAcceptable: 406,
  methodNotAllowed: 405,
  tokenMissing: 401,
  tokenInvalid: 401,
  tokenExpired: 401,
  scopeMissing: 403,
  toolDisabled: 403,
  otherTool: 403,
  courseNotFound: 404,
  courseDeleted: 404,
  courseConcluded: 403,
  toolNotInCourse: 403,
  lineItemNotFound: 404,
  lineItemForeign: 403,
  lineItemCoupled: 403,
  lineItemInvalid: 400,
  lineItemTooLarge: 400,
  resourceLinkNotFound: 404,
  resourceLinkForeign: 404,
  resourceLinkWithoutItem: 404,
  scoreMalformed: 400,
  scoreInvalid: 400,
  memberNotAllowed: 400,
  memberNull: 400,
  scoreUserUnreadable: 400,
  userUnknown: 422,
  userNotEnrolled: 422,
  userNotGradable: 422,
  olderTimestamp: 409,
  firstGradeRace: 409,
  gradeLocked: 403,
  attemptsExhausted: 422,
  unpublished: 422,
  resourceLinkUnknown: 404,
  resultNotFound: 404,
  rosterTooLarge: 403,
  slashMissing: 301,
};

/** `{error, error_description}` with the status HTTP has for it; token problems with the challenge of RFC 6750. */
export function refuse(refusal: Refusal, facts: RefusalFacts): Reply {
  const reply = json(STATUS[refusal], {
    error: refusal,
    error_description: facts.detail ?? wordsOf(refusal),
  });
  if (refusal === 'slashMissing') return withSlash(facts.request);
  const challenge = challengeOf(refusal);
  if (challenge) reply.headers = { ...reply.headers, 'www-authenticate': challenge };
  return reply;
}

/** Where the same request would find it. */
function withSlash({ path, url }: RefusalFacts['request']): Reply {
  return { status: 301, headers: { location: `${path}/${url.slice(path.length)}` } };
}

/** RFC 6749 5.2; RFC 7523 3.2 has `invalid_client` for every fault of the assertion. */
export function refuseToken(problem: TokenProblem): Reply {
  const error = tokenError(problem.code);
  const claims =
    problem.code === 'claims' ? problem.problems.map((each) => each.claim).join(', ') : undefined;
  const description = claims ? `claims: ${claims}` : wordsOf(problem.code);
  const status = error === 'invalid_client' ? 401 : problem.code === 'methodNotAllowed' ? 405 : 400;
  return json(status, { error, error_description: description });
}

function tokenError(code: TokenProblem['code']): string {
  switch (code) {
    case 'methodNotAllowed':
    case 'parameterMissing':
    case 'wrongContentType':
    case 'wrongAssertionType':
      return 'invalid_request';
    case 'wrongGrantType':
      return 'unsupported_grant_type';
    case 'scopeNotPermitted':
      return 'invalid_scope';
    default:
      return 'invalid_client';
  }
}

function challengeOf(refusal: Refusal): string | undefined {
  if (refusal === 'tokenMissing') return 'Bearer';
  if (refusal === 'tokenInvalid' || refusal === 'tokenExpired') return 'Bearer error="invalid_token"';
  return refusal === 'scopeMissing' ? 'Bearer error="insufficient_scope"' : undefined;
}

function wordsOf(code: string): string {
  return code.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}
