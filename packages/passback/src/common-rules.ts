import { type AnswerRule, DOWN, type TransportRule } from './answer-rules.ts';
import { renewToken } from './outcome.ts';

/** Requests without an answer. Whether the platform may have seen one is told by the answer itself. */
export const TRANSPORT_RULES: readonly TransportRule[] = [
  {
    codes: ['PRIVATE_ADDRESS'],
    means: { kind: 'dead', reason: 'ORIGIN_NOT_ALLOWED' },
    source: 'our own rule: a token goes only where it belongs, never into a private network',
  },
  {
    codes: ['ABORTED'],
    means: { ...DOWN, systemic: false },
    source: 'our own shutting down, which says nothing of the platform',
  },
  {
    codes: ['DNS', 'CONNECT_REFUSED', 'CONNECT_TIMEOUT', 'TLS', 'TIMEOUT', 'RESET', 'OTHER'],
    means: DOWN,
    source: 'no answer: refused, reset, name, certificate or time',
  },
];

/** Throttling, asked first whatever the endpoint: platforms say it with statuses that mean something else as well. */
export const THROTTLE_RULES: readonly AnswerRule[] = [
  {
    // Its bucket is refilled by the minute; a Retry-After, if it sends one, goes before.
    status: 429,
    profiles: ['brightspace'],
    means: { kind: 'throttled', retryAfterMs: 60_000 },
    source: 'D2L: community.d2l.com 1191, LTI Advantage developer FAQ',
  },
  { status: 429, means: { kind: 'throttled' }, source: 'RFC 6585 section 4; Canvas doc/api/throttling.md' },
  {
    status: 403,
    text: ['rate limit exceeded'],
    means: { kind: 'throttled' },
    source: 'Canvas app/middleware/request_throttle.rb: 403 text/plain',
  },
  {
    status: 403,
    bucketEmpty: true,
    profiles: ['canvas', 'generic'],
    means: { kind: 'throttled' },
    source: 'Canvas request_throttle.rb; PrairieLearn lti13.ts fetchRetry',
  },
];

/** What a status means at any endpoint. */
export const STATUS_RULES: readonly AnswerRule[] = [
  {
    // A login page, as a rule: the site is in maintenance, or a wall stands before it.
    status: { from: 300, to: 399 },
    means: {
      ...DOWN,
      reason: 'UNEXPECTED_REDIRECT',
      finalReason: 'UNEXPECTED_REDIRECT',
      budget: { maxTries: 3 },
    },
    source: 'our own rule: a token does not follow redirects; login pages pass',
  },
  { status: [408, 425], means: DOWN, source: 'RFC 9110 section 15.5.9; RFC 8470 section 5.2' },
  {
    // Refused before it was read, so the end of the request is not in doubt.
    status: 503,
    means: DOWN,
    source: 'RFC 9110 section 15.6.4; Moodle 4.5.6 in maintenance mode, with Retry-After',
  },
  {
    status: { from: 500, to: 599 },
    means: { ...DOWN, ambiguous: true },
    source: 'RFC 9110 section 15.6; Open edX signals.py: 500 although the score is saved',
  },
];

/** Refusals of our token, of the tool or of the course, which scores, line items and results share. */
export const ACCESS_RULES: readonly AnswerRule[] = [
  {
    status: 401,
    text: ['not linked to a tool'],
    means: { kind: 'dead', reason: 'TOOL_NOT_IN_CONTEXT' },
    source: 'Canvas concerns/advantage_services.rb',
  },
  {
    status: 401,
    text: ['developer key'],
    means: { kind: 'holdCredentials', reason: 'REGISTRATION_DISABLED' },
    source: 'Canvas concerns/lti_services.rb: Unknown or inactive Developer Key',
  },
  {
    status: 401,
    text: ['insufficient permissions'],
    means: renewToken('SCOPE_NOT_GRANTED'),
    source: 'Canvas concerns/lti_services.rb: a missing scope is 401',
  },
  {
    status: 403,
    text: [
      'signature_error',
      'invalid_authorization',
      'token_parse_failure',
      'invalid token',
      'authentication token',
    ],
    means: renewToken('UNAUTHORIZED'),
    source: 'Sakai LTI13Servlet.java, Open edX authentication.py: 403 where others say 401',
  },
  {
    status: 403,
    text: ['not allowed in context'],
    means: { kind: 'dead', reason: 'TOOL_NOT_IN_CONTEXT' },
    source: 'Moodle gradebookservices scores.php, lineitems.php',
  },
  {
    status: 403,
    text: ['invalid lti id supplied'],
    means: { kind: 'dead', reason: 'TOOL_NOT_IN_CONTEXT' },
    source: 'Moodle gradebookservices scores.php, recorded from 4.5.6',
  },
  {
    status: 400,
    text: ['not in access token'],
    means: renewToken('SCOPE_NOT_GRANTED'),
    source: 'Sakai LTI13Servlet.java: Scope score not in access token',
  },
  {
    status: 400,
    text: ['no placements for tool', 'missing tool'],
    means: { kind: 'dead', reason: 'TOOL_NOT_IN_CONTEXT' },
    source: 'Sakai LTI13Servlet.java',
  },
  {
    status: 400,
    text: ['could not load site'],
    means: { kind: 'dead', reason: 'CONTEXT_GONE' },
    source: 'Sakai LTI13Servlet.java: Could not load site associated with content',
  },
  {
    status: 404,
    text: [/course \S+ doesn\S{1,6}t exist/, 'context is deleted', 'context not found'],
    means: { kind: 'dead', reason: 'CONTEXT_GONE' },
    source: 'Moodle, recorded from 4.5.6; Canvas concerns/advantage_services.rb',
  },
  {
    status: 422,
    text: ['has concluded'],
    means: { kind: 'dead', reason: 'CONTEXT_CONCLUDED' },
    source: 'Canvas concerns/gradebook_services.rb',
  },
];

/** Requests that no platform could take, and that are ours to put right. */
export const MALFORMED_RULES: readonly AnswerRule[] = [
  {
    status: [400, 422],
    text: [
      'is missing',
      'not a valid timestamp',
      'scoremaximum',
      'scoregiven',
      'is not allowed',
      'no label or score maximum',
    ],
    means: { kind: 'dead', reason: 'BAD_REQUEST' },
    source: 'Canvas scores_controller.rb and assignment_tools.md; Schoology; Moodle lineitems.php',
  },
  {
    status: 400,
    text: ['no handler found', 'unsupported content type'],
    means: { kind: 'dead', reason: 'BAD_REQUEST' },
    source: 'Moodle services.php, recorded from 4.5.6',
  },
  {
    status: [405, 406, 413, 415],
    means: { kind: 'dead', reason: 'BAD_REQUEST' },
    source: 'RFC 9110 sections 15.5.6, 15.5.7, 15.5.14, 15.5.16',
  },
];
