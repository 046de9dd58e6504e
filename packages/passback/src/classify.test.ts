import type { NoResponse, NoResponseCode, PlatformResponse } from '@gradewire/ags';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineItemOperation } from './answer-rules.ts';
import { classifyLineItem, classifyResults, classifyScore, classifyToken } from './classify.ts';
import { TRANSPORT_RULES } from './common-rules.ts';
import { LINE_ITEM_RULES } from './line-item-rules.ts';
import { PROFILE_NAMES, type ProfileName } from './profiles.ts';
import { RESULTS_RULES } from './results-rules.ts';
import { SCORE_RULES } from './score-rules.ts';
import { TOKEN_RULES } from './token-rules.ts';

const NOW = Date.parse('2026-11-20T16:00:00Z');
const PAGE = '<!DOCTYPE html><html><title>Log in</title></html>';

interface Extras {
  reasonPhrase?: string;
  headers?: Record<string, string>;
}

function response(status: number, body = '', extras: Extras = {}): PlatformResponse {
  return {
    kind: 'response',
    stage: 'score',
    status,
    reasonPhrase: '',
    headers: {},
    body,
    truncated: false,
    durationMs: 5,
    ...extras,
  };
}

function silence(code: NoResponseCode, maybeSeen: boolean): NoResponse {
  return { kind: 'noResponse', stage: 'score', code, maybeSeen, detail: 'no answer', durationMs: 5 };
}

function canvas(message: string): string {
  return JSON.stringify({ errors: { type: 'unprocessable_entity', message } });
}

function moodle(status: number, reason: string): string {
  return JSON.stringify({
    status,
    reason,
    request: { method: 'POST', url: '/x', accept: '', contentType: '' },
  });
}

/** What an outcome says in one line: kind, reason, and for transient ones whether others are hit and the end is in doubt. */
function told(outcome: ReturnType<typeof classifyScore>): string {
  switch (outcome.kind) {
    case 'delivered':
    case 'older':
      return outcome.kind;
    case 'throttled':
      return `throttled ${outcome.retryAfterMs ?? '-'}`;
    case 'renewToken':
    case 'reresolve':
    case 'regrade':
      return `${outcome.kind} ${outcome.then}`;
    case 'holdCredentials':
    case 'dead':
      return `${outcome.kind} ${outcome.reason}`;
    case 'transient': {
      const marks = [outcome.systemic ? 'systemic' : 'cell', outcome.ambiguous && 'ambiguous'].filter(
        Boolean,
      );
      return `transient ${outcome.reason} > ${outcome.finalReason} ${marks.join(' ')}`;
    }
  }
}

const DOWN = 'transient PLATFORM_DOWN > EXPIRED systemic';
const DOWN_IN_DOUBT = `${DOWN} ambiguous`;
const UNREADABLE = 'transient UNEXPECTED_RESPONSE > UNEXPECTED_RESPONSE systemic';
const REDIRECTED = 'transient UNEXPECTED_REDIRECT > UNEXPECTED_REDIRECT systemic';
const LOCKED = 'transient GRADE_LOCKED > GRADE_LOCKED cell';
const KEYS_UNREACHABLE = 'transient CREDENTIALS_REJECTED > CREDENTIALS_REJECTED systemic';

type Row = [source: string, profile: ProfileName, answer: PlatformResponse | NoResponse, expected: string];

const SCORE_ROWS: Row[] = [
  // Success
  ['Canvas scores_controller.rb', 'canvas', response(200, '{"resultUrl":"https://x/1"}'), 'delivered'],
  ['Moodle 4.5.6 recorded: 200 empty', 'moodle', response(200), 'delivered'],
  ['Sakai LTI13Servlet.java: 200 empty', 'sakai', response(200), 'delivered'],
  ['Open edX views: 201 with the score', 'openedx', response(201, '{"userId":"a"}'), 'delivered'],
  ['AGS 2.0: 202', 'generic', response(202), 'delivered'],
  ['AGS 2.0: 204', 'blackboard', response(204), 'delivered'],
  ['AGS 2.0: an array is no refusal elsewhere', 'generic', response(200, '[]'), 'delivered'],
  ['Moodle 4.5.6 recorded: rejected, 200 with []', 'moodle', response(200, '[]'), 'dead REJECTED'],
  ['derived: 2xx with a page', 'canvas', response(200, PAGE), `${UNREADABLE} ambiguous`],
  ['derived: 2xx with a page', 'moodle', response(200, `\n ${PAGE}`), `${UNREADABLE} ambiguous`],

  // Throttling, before all else
  [
    'Canvas request_throttle.rb',
    'canvas',
    response(403, '403 Forbidden (Rate Limit Exceeded)'),
    'throttled -',
  ],
  [
    'Canvas, profile not known',
    'generic',
    response(403, '403 Forbidden (Rate Limit Exceeded)'),
    'throttled -',
  ],
  [
    'PrairieLearn fetchRetry: header only',
    'canvas',
    response(403, '', { headers: { 'x-rate-limit-remaining': '0.0' } }),
    'throttled -',
  ],
  [
    'Canvas: a negative bucket',
    'canvas',
    response(403, '', { headers: { 'x-rate-limit-remaining': '-12.5' } }),
    'throttled -',
  ],
  [
    'Canvas: something left in the bucket',
    'canvas',
    response(403, '', { headers: { 'x-rate-limit-remaining': '599.1' } }),
    'renewToken FORBIDDEN',
  ],
  ['Canvas send_429_response', 'canvas', response(429), 'throttled -'],
  [
    'RFC 9110 Retry-After seconds',
    'generic',
    response(429, '', { headers: { 'retry-after': '7' } }),
    'throttled 7000',
  ],
  [
    'RFC 9110 Retry-After date',
    'generic',
    response(429, '', { headers: { 'retry-after': 'Fri, 20 Nov 2026 16:00:30 GMT' } }),
    'throttled 30000',
  ],
  ['D2L: a bucket by the minute', 'brightspace', response(429), 'throttled 60000'],
  [
    'D2L with Retry-After',
    'brightspace',
    response(429, '', { headers: { 'retry-after': '3' } }),
    'throttled 3000',
  ],

  // No answer
  ['no answer: DNS', 'generic', silence('DNS', false), DOWN],
  ['no answer: refused', 'generic', silence('CONNECT_REFUSED', false), DOWN],
  ['no answer: connect time-out', 'generic', silence('CONNECT_TIMEOUT', false), DOWN],
  ['no answer: TLS', 'generic', silence('TLS', false), DOWN],
  ['no answer: reset before it was sent', 'generic', silence('RESET', false), DOWN],
  ['no answer: reset, outcome unknown', 'generic', silence('RESET', true), DOWN_IN_DOUBT],
  ['no answer: time-out, outcome unknown', 'canvas', silence('TIMEOUT', true), DOWN_IN_DOUBT],
  ['no answer: any other', 'moodle', silence('OTHER', true), DOWN_IN_DOUBT],
  [
    'our shutting down',
    'generic',
    silence('ABORTED', true),
    'transient PLATFORM_DOWN > EXPIRED cell ambiguous',
  ],
  ['our own rule: private address', 'generic', silence('PRIVATE_ADDRESS', false), 'dead ORIGIN_NOT_ALLOWED'],

  // Out of order
  ['RFC 9110: 408', 'generic', response(408), DOWN],
  ['RFC 8470: 425', 'generic', response(425), DOWN],
  ['Open edX signals.py: 500 although saved', 'openedx', response(500, PAGE), DOWN_IN_DOUBT],
  ['Moodle 4.5.6 recorded: database down', 'moodle', response(500, PAGE), DOWN_IN_DOUBT],
  ['Moodle 4.5.6 recorded: 502 without a status', 'moodle', response(502, PAGE), DOWN_IN_DOUBT],
  [
    'Moodle 4.5.6 recorded: maintenance',
    'moodle',
    response(503, PAGE, { headers: { 'retry-after': '300' } }),
    DOWN,
  ],
  ['RFC 9110: 504', 'generic', response(504), DOWN_IN_DOUBT],
  [
    'Canvas: file service',
    'canvas',
    response(504, canvas('failed to communicate with file service')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  ['Canvas: 500 is no locked grade', 'canvas', response(500, '[]'), DOWN_IN_DOUBT],
  ['our own rule: 3xx to a login page', 'moodle', response(303, PAGE), REDIRECTED],
  ['our own rule: 3xx', 'generic', response(302), REDIRECTED],
  ['RFC 9110: 307', 'generic', response(307), REDIRECTED],

  // Equal or older timestamps
  [
    'Moodle 4.5.6 recorded: 409',
    'moodle',
    response(409, '[]', { reasonPhrase: 'Refusing score with an earlier timestamp for item 7 and user 42' }),
    'older',
  ],
  ['Moodle over HTTP/2: no reason phrase', 'moodle', response(409, '[]'), 'older'],
  ['AGS 2.0: 409 elsewhere', 'generic', response(409), 'older'],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(
      400,
      canvas(
        'Provided timestamp of 2026-01-01T00:00:00Z before last updated timestamp of 2026-01-02T00:00:00Z',
      ),
    ),
    'older',
  ],
  [
    'Open edX serializers: older',
    'openedx',
    response(400, '{"timestamp":["Score timestamp can only be updated to a later point in time"]}'),
    'older',
  ],
  [
    'Open edX views: equal',
    'openedx',
    response(400, '{"timestamp":["Score already exists for the provided timestamp"]}'),
    'older',
  ],
  [
    'heuristic: D2L words unknown',
    'brightspace',
    response(400, 'The timestamp is older than the current one'),
    'older',
  ],
  [
    'heuristic: Blackboard words unknown',
    'blackboard',
    response(422, '{"message":"A later score exists: timestamp refused"}'),
    'older',
  ],
  [
    'heuristic: Schoology words unknown',
    'schoology',
    response(412, '{"error":"timestamp must not be earlier"}'),
    'older',
  ],
  [
    'heuristic: not where the words are known',
    'canvas',
    response(400, canvas('timestamp is odd, try later')),
    'dead REJECTED',
  ],

  // People
  ['Moodle 4.5.6 recorded: not enrolled', 'moodle', response(400, '[]'), 'dead USER_NOT_IN_CONTEXT'],
  [
    'Rating-PHP issue 1: the echo decides nothing',
    'moodle',
    response(400, '[]', {
      reasonPhrase: 'Incorrect score received{"comment":"timestamp older, Rate Limit Exceeded"}',
    }),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Moodle, profile not known',
    'generic',
    response(400, '[]', { reasonPhrase: 'Incorrect score received{"comment":"timestamp older"}' }),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Blackboard by hypothesis/lms',
    'blackboard',
    response(400, '{"message":"User could not be found: 1a"}'),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Sakai LTI13Servlet.java',
    'sakai',
    response(400, '{"error":"User does not belong to site"}'),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Canvas gradebook_services.rb',
    'canvas',
    response(422, canvas('User not found in course or is not a student')),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'D2L by hypothesis/lms: 403',
    'brightspace',
    response(403, 'User in requested score is not enrolled in the org unit'),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'D2L by hypothesis/lms: 404',
    'brightspace',
    response(404, 'User in requested score does not exist'),
    'dead USER_NOT_FOUND',
  ],
  ['D2L FAQ: role not gradable', 'brightspace', response(422), 'dead USER_NOT_GRADABLE'],
  ['D2L FAQ: only where no words say else', 'brightspace', response(422, 'Timestamp is earlier'), 'older'],
  ['elsewhere 422 without words', 'generic', response(422), 'dead REJECTED'],

  // Tool, course, rights
  [
    'Canvas advantage_services.rb',
    'canvas',
    response(401, canvas('Access Token not linked to a Tool associated with this Context')),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  [
    'Canvas lti_services.rb: scope',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken SCOPE_NOT_GRANTED',
  ],
  [
    'Canvas lti_services.rb: key off',
    'canvas',
    response(401, canvas('Unknown or inactive Developer Key')),
    'holdCredentials REGISTRATION_DISABLED',
  ],
  [
    'Canvas advantage_services.rb: other key',
    'canvas',
    response(401, canvas('Invalid Developer Key')),
    'holdCredentials REGISTRATION_DISABLED',
  ],
  [
    'Canvas: token of another host',
    'canvas',
    response(401, canvas("Invalid access token field/s: the 'aud' is invalid")),
    'renewToken UNAUTHORIZED',
  ],
  ['Canvas: expired', 'canvas', response(401, canvas('Access token expired')), 'renewToken UNAUTHORIZED'],
  [
    'Moodle 4.5.6 recorded: all alike',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Sakai: signature_error',
    'sakai',
    response(403, '{"error":"signature_error"}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Sakai: invalid_authorization',
    'sakai',
    response(403, '{"error":"invalid_authorization"}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Sakai: token_parse_failure',
    'sakai',
    response(403, '{"error":"token_parse_failure"}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Open edX: invalid token',
    'openedx',
    response(403, '{"detail":"Invalid token signature."}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Open edX: no token',
    'openedx',
    response(403, '{"detail":"Missing LTI 1.3 authentication token."}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Moodle: Not allowed in context',
    'moodle',
    response(403, moodle(403, 'Not allowed in context')),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  [
    'Moodle 4.5.6 recorded: another tool',
    'moodle',
    response(403, '[]', { reasonPhrase: 'Invalid LTI id supplied.' }),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  ['RFC 6750: any other 403', 'generic', response(403), 'renewToken FORBIDDEN'],
  [
    'Sakai: scope',
    'sakai',
    response(400, '{"error":"Scope score not in access token"}'),
    'renewToken SCOPE_NOT_GRANTED',
  ],
  [
    'Sakai: tool removed',
    'sakai',
    response(400, '{"error":"No placements for tool"}'),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  ['Sakai: tool removed', 'sakai', response(400, '{"error":"Missing tool"}'), 'dead TOOL_NOT_IN_CONTEXT'],
  [
    'Sakai: site gone',
    'sakai',
    response(400, '{"error":"Could not load site associated with content"}'),
    'dead CONTEXT_GONE',
  ],
  [
    'Sakai: column gone',
    'sakai',
    response(400, '{"error":"Could not load column"}'),
    'reresolve LINE_ITEM_GONE',
  ],
  [
    'Moodle 4.5.6 recorded: course gone',
    'moodle',
    response(404, moodle(404, "Not Found: Course 99 doesn't exist")),
    'dead CONTEXT_GONE',
  ],
  [
    'Canvas: course deleted',
    'canvas',
    response(404, canvas('Context is deleted or not found')),
    'dead CONTEXT_GONE',
  ],
  [
    'Canvas, older: course deleted',
    'canvas',
    response(404, canvas('Context not found')),
    'dead CONTEXT_GONE',
  ],
  [
    'Canvas: course concluded',
    'canvas',
    response(422, canvas('This course has concluded. AGS requests will no longer be accepted')),
    'dead CONTEXT_CONCLUDED',
  ],

  // Columns and grades
  [
    'Moodle 4.5.6 recorded: item deleted',
    'moodle',
    response(404, moodle(404, "Not Found: Grade item 7 doesn't exist")),
    'reresolve LINE_ITEM_GONE',
  ],
  [
    'Canvas: item deleted',
    'canvas',
    response(404, canvas('The specified resource does not exist.')),
    'reresolve LINE_ITEM_GONE',
  ],
  ['Canvas: assignment deleted, empty body', 'canvas', response(404), 'reresolve LINE_ITEM_GONE'],
  ['RFC 9110: 410', 'generic', response(410), 'reresolve LINE_ITEM_GONE'],
  [
    'Canvas: another tool',
    'canvas',
    response(412, canvas('Tool does not have permission to view line_item')),
    'reresolve LINE_ITEM_NOT_OURS',
  ],
  ['Moodle 4.5.6 recorded: locked', 'moodle', response(500, '[]'), LOCKED],
  [
    'webwork2 AGSResponse.pm',
    'canvas',
    response(422, canvas('Cannot grade this submission at this time')),
    LOCKED,
  ],
  [
    'Canvas: unpublished',
    'canvas',
    response(422, canvas('This assignment is still unpublished')),
    'transient UNPUBLISHED > UNPUBLISHED cell',
  ],
  [
    'hypothesis/lms issue 4973',
    'canvas',
    response(422, canvas('The maximum number of allowed attempts has been reached for this submission')),
    'regrade ATTEMPTS_EXHAUSTED',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(504, canvas('file url timed out')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(500, canvas('uploading to file service failed with 503: no')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(400, canvas('uploading to file service failed with 400: no such file')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  ['a gateway, whatever it is', 'canvas', response(504, 'Gateway Timeout'), DOWN_IN_DOUBT],

  // Malformed
  ['Canvas assignment_tools.md', 'canvas', response(400, canvas('userId is missing')), 'dead BAD_REQUEST'],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(400, canvas('Provided timestamp of x not a valid timestamp')),
    'dead BAD_REQUEST',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(422, canvas('ScoreMaximum not supplied when ScoreGiven present.')),
    'dead BAD_REQUEST',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(422, canvas('ScoreGiven must be greater than or equal to 0')),
    'dead BAD_REQUEST',
  ],
  [
    'Open edX serializers',
    'openedx',
    response(400, '{"scoreMaximum":["scoreMaximum is a required field"]}'),
    'dead BAD_REQUEST',
  ],
  [
    'Moodle 4.5.6 recorded: path',
    'moodle',
    response(400, moodle(400, 'No handler found for /7/lineitems')),
    'dead BAD_REQUEST',
  ],
  [
    'Moodle 4.5.6 recorded: Accept',
    'moodle',
    response(400, moodle(400, 'No context or unsupported content type')),
    'dead BAD_REQUEST',
  ],
  [
    'Schoology lti_1p3 pull 27',
    'schoology',
    response(400, '{"error":"Invalid parameter \\"body.id\\": \\"id\\" is not allowed"}'),
    'dead BAD_REQUEST',
  ],
  ['RFC 9110: 405', 'generic', response(405), 'dead BAD_REQUEST'],
  ['RFC 9110: 406', 'generic', response(406), 'dead BAD_REQUEST'],
  ['RFC 9110: 413', 'generic', response(413), 'dead BAD_REQUEST'],
  ['Open edX parsers: 415', 'openedx', response(415), 'dead BAD_REQUEST'],
  [
    'Canvas: submittedAt ahead',
    'canvas',
    response(400, canvas('Provided submittedAt in the future')),
    'dead REJECTED',
  ],
  ['RFC 9110: any other 400', 'generic', response(400, 'no'), 'dead REJECTED'],
  ['RFC 9110: 402', 'generic', response(402), 'dead REJECTED'],
  ['RFC 9110: a status nobody sends', 'generic', response(199), UNREADABLE],
];

const TOKEN_ROWS: Row[] = [
  ['hypothesis/lms ltia_http.py: HTML', 'generic', response(200, PAGE), UNREADABLE],
  ['hypothesis/lms ltia_http.py: no JSON', 'generic', response(200, 'ok'), UNREADABLE],
  ['RFC 6749: no access_token', 'generic', response(200, '{}'), UNREADABLE],
  ['no answer', 'generic', silence('TIMEOUT', true), DOWN],
  ['RFC 9110: 500', 'generic', response(500), DOWN],
  ['RFC 9110: 408', 'generic', response(408), DOWN],
  ['Moodle 4.5.6 recorded: maintenance', 'moodle', response(503, PAGE), DOWN],
  [
    'numbas-lti-provider issue 345',
    'canvas',
    response(403, '403 Forbidden (Rate Limit Exceeded)'),
    'throttled -',
  ],
  ['RFC 6585', 'generic', response(429, '', { headers: { 'retry-after': '2' } }), 'throttled 2000'],
  ['3xx', 'generic', response(302), REDIRECTED],
  [
    'Canvas oauth: JWK Error',
    'canvas',
    response(400, '{"error":"invalid_request","error_description":"JWK Error: timeout"}'),
    KEYS_UNREACHABLE,
  ],
  [
    'lti-1-3-php-library issue 134',
    'blackboard',
    response(400, 'invalid_jwt_token: Failed to get key with kid 1'),
    KEYS_UNREACHABLE,
  ],
  ['Sakai', 'sakai', response(400, '{"error":"Public key retrieval failed"}'), KEYS_UNREACHABLE],
  ['Open edX plugin/views.py', 'openedx', response(400, '{"error":"unidentified_error"}'), KEYS_UNREACHABLE],
  [
    'Moodle 4.5.6 recorded: empty key set',
    'moodle',
    response(400, '{"error":"JWK Set did not contain any keys"}'),
    KEYS_UNREACHABLE,
  ],
  ['Moodle 4.5.6 recorded: key set down', 'moodle', response(404, PAGE), KEYS_UNREACHABLE],
  ['RFC 6749: 404', 'generic', response(404, PAGE), 'holdCredentials CREDENTIALS_REJECTED'],
  [
    'Moodle 4.5.6 recorded: no leeway',
    'moodle',
    response(400, '{"error":"Expired token"}'),
    'holdCredentials CLOCK_SKEW',
  ],
  [
    'Moodle 4.5.6 recorded: ahead',
    'moodle',
    response(400, '{"error":"Cannot handle token with iat prior to 2026-11-20T16:00:03+0000"}'),
    'holdCredentials CLOCK_SKEW',
  ],
  [
    'Canvas jwt_validator.rb: old',
    'canvas',
    response(400, "the 'iat' must be less than 300 seconds old"),
    'holdCredentials CLOCK_SKEW',
  ],
  [
    'Canvas jwt_validator.rb: ahead',
    'canvas',
    response(400, "the 'iat' must not be in the future"),
    'holdCredentials CLOCK_SKEW',
  ],
  [
    'Canvas jwt_validator.rb: expired',
    'canvas',
    response(400, 'the JWT has expired'),
    'holdCredentials CLOCK_SKEW',
  ],
  [
    'Canvas jwt_validator.rb: missing',
    'canvas',
    response(400, 'the following assertions are missing: iat'),
    'holdCredentials CREDENTIALS_REJECTED',
  ],
  [
    'Canvas jwt_validator.rb: aud',
    'canvas',
    response(400, "the 'aud' is invalid"),
    'holdCredentials CREDENTIALS_REJECTED',
  ],
  [
    'RFC 6749 section 5.2',
    'generic',
    response(400, '{"error":"invalid_scope"}'),
    'holdCredentials SCOPE_NOT_GRANTED',
  ],
  [
    'RFC 6749 section 5.2',
    'generic',
    response(401, '{"error":"invalid_client"}'),
    'holdCredentials CREDENTIALS_REJECTED',
  ],
  [
    'D2L pylti1.3 issue 43',
    'brightspace',
    response(400, '{"error":"invalid_grant","error_description":"Error validating assertion: x"}'),
    'holdCredentials CREDENTIALS_REJECTED',
  ],
  [
    'canvas-lms issue 1872',
    'canvas',
    response(400, '{"error":"invalid_request","error_description":"JWS signature invalid."}'),
    'holdCredentials CREDENTIALS_REJECTED',
  ],
  [
    'Moodle 4.5.6 recorded: unknown kid, no JSON',
    'moodle',
    response(400, '{ "error" : ""kid" invalid, unable to lookup correct key" }'),
    'holdCredentials CREDENTIALS_REJECTED',
  ],
  [
    'Open edX plugin/views.py',
    'openedx',
    response(404, '{"error":"invalid_lti_version"}'),
    'holdCredentials REGISTRATION_DISABLED',
  ],
  [
    'Canvas: key off',
    'canvas',
    response(401, 'Unknown or inactive Developer Key'),
    'holdCredentials REGISTRATION_DISABLED',
  ],
];

type LineItemRow = [...Row, operation: LineItemOperation];

const LINE_ITEM_ROWS: LineItemRow[] = [
  ['derived: a page', 'generic', response(200, PAGE), UNREADABLE, 'list'],
  [
    'derived: made, but its URL not told',
    'generic',
    response(201, PAGE),
    `${UNREADABLE} ambiguous`,
    'create',
  ],
  ['create: outcome unknown', 'generic', silence('TIMEOUT', true), DOWN_IN_DOUBT, 'create'],
  ['list changes nothing', 'generic', silence('TIMEOUT', true), DOWN, 'list'],
  ['get changes nothing', 'generic', response(502), DOWN, 'get'],
  ['create: outcome unknown', 'generic', response(502), DOWN_IN_DOUBT, 'create'],
  ['Canvas request_throttle.rb', 'canvas', response(403, 'Rate Limit Exceeded'), 'throttled -', 'list'],
  [
    'Canvas advantage_services.rb',
    'canvas',
    response(401, canvas('Access Token not linked to a Tool')),
    'dead TOOL_NOT_IN_CONTEXT',
    'list',
  ],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken SCOPE_NOT_GRANTED',
    'list',
  ],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  [
    'Moodle 4.5.6 recorded: grade sync only',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  [
    'Moodle 4.5.6 recorded',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken UNAUTHORIZED',
    'list',
  ],
  [
    'Moodle 4.5.6 recorded: foreign link',
    'moodle',
    response(403, moodle(403, 'Forbidden')),
    'renewToken CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  ['Open edX', 'openedx', response(403), 'renewToken FORBIDDEN', 'get'],
  [
    'Canvas: link of another tool',
    'canvas',
    response(422, canvas('Resource link id points to Tool not associated with this Context')),
    'dead CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  ['Canvas: link without item', 'canvas', response(412), 'dead CANNOT_CREATE_LINE_ITEM', 'create'],
  ['AGS 2.0 section 3.2.9', 'generic', response(404), 'dead CANNOT_CREATE_LINE_ITEM', 'create'],
  [
    'Moodle 4.5.6 recorded',
    'moodle',
    response(404, moodle(404, "Not Found: Course 9 doesn't exist")),
    'dead CONTEXT_GONE',
    'create',
  ],
  ['a course that is no more', 'generic', response(404), 'dead CONTEXT_GONE', 'list'],
  [
    'Moodle 4.5.6 recorded',
    'moodle',
    response(404, moodle(404, "Not Found: Grade item 7 doesn't exist")),
    'reresolve LINE_ITEM_GONE',
    'get',
  ],
  [
    'Canvas gradebook_services.rb',
    'canvas',
    response(412, canvas('Tool does not have permission to view line_item')),
    'dead LINE_ITEM_NOT_OURS',
    'get',
  ],
  [
    'Moodle lineitems.php',
    'moodle',
    response(400, moodle(400, 'No label or Score Maximum')),
    'dead BAD_REQUEST',
    'create',
  ],
  ['RFC 9110: 405', 'generic', response(405), 'dead CANNOT_CREATE_LINE_ITEM', 'create'],
  ['RFC 9110: 405', 'generic', response(405), 'dead BAD_REQUEST', 'list'],
  ['RFC 9110: 400', 'generic', response(400), 'dead REJECTED', 'update'],
  ['Canvas: of an assignment', 'canvas', response(401), 'dead CANNOT_CHANGE_LINE_ITEM', 'delete'],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Invalid access token')),
    'renewToken CANNOT_CHANGE_LINE_ITEM',
    'delete',
  ],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken SCOPE_NOT_GRANTED',
    'update',
  ],
  [
    'Moodle 4.5.6 recorded: grade sync only',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken CANNOT_CHANGE_LINE_ITEM',
    'update',
  ],
  [
    'Open edX permissions.py',
    'openedx',
    response(403, '{"detail":"You do not have permission to perform this action."}'),
    'renewToken CANNOT_CHANGE_LINE_ITEM',
    'delete',
  ],
  [
    'Sakai LTI13Servlet.java',
    'sakai',
    response(400, '{"error":"Could not delete line item 7"}'),
    'dead CANNOT_CHANGE_LINE_ITEM',
    'delete',
  ],
  ['RFC 9110: 405', 'generic', response(405), 'dead CANNOT_CHANGE_LINE_ITEM', 'delete'],
  ['gone already', 'generic', response(404), 'reresolve LINE_ITEM_GONE', 'delete'],
];

const RESULTS_ROWS: Row[] = [
  ['derived: a page', 'generic', response(200, PAGE), UNREADABLE],
  ['reading changes nothing', 'canvas', silence('RESET', true), DOWN],
  ['Moodle 4.5.6 recorded: limit with type_id', 'moodle', response(404, PAGE), 'reresolve LINE_ITEM_GONE'],
  ['Moodle OAuthBody.php', 'moodle', response(401, moodle(401, 'Unauthorized')), 'renewToken UNAUTHORIZED'],
  ['Open edX', 'openedx', response(403, '{"detail":"Invalid token signature."}'), 'renewToken UNAUTHORIZED'],
  ['a 403', 'generic', response(403), 'renewToken FORBIDDEN'],
  ['Canvas', 'canvas', response(412), 'reresolve LINE_ITEM_NOT_OURS'],
  ['RFC 9110: 400', 'generic', response(400), 'dead REJECTED'],
];

describe('classifyScore', () => {
  it.each(SCORE_ROWS)('%s (%s)', (_source, profile, answer, expected) => {
    expect(told(classifyScore(answer, profile, NOW))).toBe(expected);
  });

  it('carries what the platform asked for, its words and the status', () => {
    const answer = response(503, 'Back soon', { headers: { 'retry-after': '300' } });
    expect(classifyScore(answer, 'moodle', NOW)).toMatchObject({
      retryAfterMs: 300_000,
      detail: 'Back soon',
      httpStatus: 503,
    });
  });

  it('lets a redirect be tried twice more', () => {
    expect(classifyScore(response(302), 'generic', NOW)).toMatchObject({ budget: { maxTries: 3 } });
  });

  it('never repeats the posted score in its words', () => {
    const reasonPhrase = 'Incorrect score received{"userId":"42","comment":"see me after class"}';
    const { detail } = classifyScore(response(400, '[]', { reasonPhrase }), 'moodle', NOW);
    expect(detail).toBe('Incorrect score received');
  });

  it('always says something, in at most 300 characters', () => {
    expect(classifyScore(response(404), 'generic', NOW).detail).toBe('HTTP 404');
    expect(classifyScore(response(400, 'x'.repeat(5000)), 'generic', NOW).detail).toHaveLength(300);
  });

  it('classifies whatever comes, without throwing', () => {
    const anything = fc.record({
      status: fc.integer({ min: 100, max: 599 }),
      body: fc.oneof(fc.string(), fc.json()),
      headers: fc.dictionary(fc.constantFrom('retry-after', 'x-rate-limit-remaining'), fc.string()),
    });
    fc.assert(
      fc.property(anything, fc.constantFrom(...PROFILE_NAMES), ({ status, body, headers }, profile) => {
        const outcome = classifyScore(response(status, body, { headers }), profile, NOW);
        expect(outcome.kind === 'delivered').toBe(
          outcome.kind === 'delivered' && status >= 200 && status < 300,
        );
      }),
    );
  });
});

describe('classifyToken', () => {
  it.each(TOKEN_ROWS)('%s (%s)', (_source, profile, answer, expected) => {
    expect(told(classifyToken(answer, profile, NOW))).toBe(expected);
  });
});

describe('classifyLineItem', () => {
  it.each(LINE_ITEM_ROWS)('%s (%s)', (_source, profile, answer, expected, operation) => {
    expect(told(classifyLineItem(answer, profile, operation, NOW))).toBe(expected);
  });
});

describe('classifyResults', () => {
  it.each(RESULTS_ROWS)('%s (%s)', (_source, profile, answer, expected) => {
    expect(told(classifyResults(answer, profile, NOW))).toBe(expected);
  });
});

describe('the tables', () => {
  const rules = [...TRANSPORT_RULES, ...SCORE_RULES, ...TOKEN_RULES, ...LINE_ITEM_RULES, ...RESULTS_RULES];

  it('name a source in every row', () => {
    expect(rules.filter(({ source }) => source.length < 8)).toEqual([]);
  });

  it('hold texts in lower case, as they are looked for', () => {
    const texts = rules.flatMap((rule) => ('text' in rule && rule.text ? rule.text : []));
    expect(texts.filter((text) => typeof text === 'string' && text !== text.toLowerCase())).toEqual([]);
  });
});
