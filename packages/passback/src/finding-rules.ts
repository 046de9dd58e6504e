import type { NoResponseCode } from '@gradewire/ags';
import type { FindingCode } from './findings.ts';
import type { ProfileName } from './profiles.ts';
import type { ReasonCode } from './reasons.ts';

/** One row: how a token endpoint's refusal looks and what it comes down to. All conditions given must hold. */
interface TokenFindingRule {
  status: { from: number; to: number };
  /** In the body or the status line, whatever its case. */
  text?: RegExp;
  /** A web page instead of JSON. */
  page?: true;
  profiles?: readonly ProfileName[];
  finds: FindingCode;
  source: string;
}

const only = (status: number) => ({ from: status, to: status });
const REFUSED = { from: 400, to: 499 };
const SUCCESS = { from: 200, to: 299 };

/** What a token endpoint that gave no token was asked wrongly, first match first. Statuses 3xx are read by where they lead. */
export const TOKEN_FINDING_RULES: readonly TokenFindingRule[] = [
  { status: only(429), finds: 'THROTTLED', source: 'RFC 6585 section 4' },
  {
    status: only(403),
    text: /rate limit exceeded/i,
    finds: 'THROTTLED',
    source: 'Canvas app/middleware/request_throttle.rb',
  },
  {
    status: SUCCESS,
    page: true,
    text: /maintenance/i,
    finds: 'MAINTENANCE',
    source: 'derived: a page that says so',
  },
  {
    status: SUCCESS,
    page: true,
    finds: 'LOGIN_PAGE',
    source: 'hypothesis/lms ltia_http.py: 2xx that is no JSON',
  },
  { status: SUCCESS, finds: 'UNEXPECTED_ANSWER', source: 'RFC 6749 section 5.1: no access_token in it' },
  {
    status: REFUSED,
    page: true,
    text: /plain http (request was sent )?to (an? )?(https|ssl-enabled server) port/i,
    finds: 'HTTPS_REQUIRED',
    source: 'nginx status 497; Apache mod_ssl',
  },
  {
    status: REFUSED,
    text: /invalid_lti_version|developer key|\b(disabled|inactive|deactivated|not enabled)\b/i,
    finds: 'REGISTRATION_OFF',
    source:
      'Open edX plugin/views.py; Canvas concerns/lti_services.rb; D2L: disabled after dynamic registration',
  },
  { status: { from: 404, to: 405 }, finds: 'ADDRESS_NOT_FOUND', source: 'RFC 9110 section 15.5.5' },
  { status: only(410), finds: 'ADDRESS_NOT_FOUND', source: 'RFC 9110 section 15.5.11' },
  {
    status: REFUSED,
    text: /jwk error|failed to get key with kid|public key retrieval failed|unidentified_error|did not contain any keys|empty (jwks?|key ?set)/i,
    finds: 'KEY_SET_UNREACHABLE',
    source:
      'Canvas oauth client credentials; Blackboard (lti-1-3-php-library issue 134); Sakai; Open edX; Moodle 4.5.6',
  },
  {
    status: REFUSED,
    text: /\bkid\b|\bkey ?id\b|\bkey (was |is |could )?not (be )?found\b/i,
    finds: 'KEY_UNKNOWN',
    source:
      'Moodle, recorded from 4.5.6: "kid" invalid; D2L LTI Advantage developer FAQ: KeyId not found in token',
  },
  {
    status: REFUSED,
    text: /(jwks?|key ?set)\b.{0,60}\b(unavailable|unreachable|could not|unable|fail|timed? ?out)|(could not|unable to|fail(ed|ure)?)\b.{0,40}\b(jwks?|key ?set)/i,
    finds: 'KEY_SET_UNREACHABLE',
    source: 'derived: what platforms without words of their own would say',
  },
  {
    status: REFUSED,
    text: /\baud(ience)?\b/i,
    finds: 'AUDIENCE_REFUSED',
    source: "Canvas lib/canvas/security/jwt_validator.rb: the 'aud' is invalid; RFC 7523 section 3",
  },
  {
    status: REFUSED,
    text: /\b(iat|nbf|exp)\b|expired|prior to|in the future|not ?yet|too ?old/i,
    finds: 'CLOCK_DIFFERS',
    source: 'Canvas jwt_validator.rb; Moodle php-jwt without leeway, recorded from 4.5.6; pylti1.3 issue 146',
  },
  {
    status: REFUSED,
    text: /invalid_scope/i,
    finds: 'SCOPES_REFUSED',
    source: 'RFC 6749 section 5.2; Canvas, Moodle, Sakai',
  },
  {
    status: REFUSED,
    text: /deployment/i,
    finds: 'DEPLOYMENT_MISMATCH',
    source: 'LTI 1.3 section 3.1.3: a platform may tie a token to a deployment',
  },
  {
    status: REFUSED,
    text: /signature/i,
    finds: 'SIGNATURE_REFUSED',
    source:
      'Canvas: JWS signature invalid., for an unknown client too; Moodle 4.5.6: Signature verification failed',
  },
  {
    status: REFUSED,
    text: /invalid_client/i,
    profiles: ['openedx'],
    finds: 'SIGNATURE_REFUSED',
    source: 'Open edX plugin/views.py: an unknown client and a key that is not there alike',
  },
  {
    status: REFUSED,
    text: /invalid_client|unknown client|unauthorized_client|could not load tool/i,
    finds: 'CLIENT_UNKNOWN',
    source: 'RFC 6749 section 5.2; Moodle, recorded from 4.5.6; Sakai LTI13Servlet.java',
  },
  {
    status: REFUSED,
    page: true,
    finds: 'REQUEST_BLOCKED',
    source: 'derived: token endpoints answer in JSON; firewalls and password walls with pages',
  },
  {
    status: only(503),
    finds: 'MAINTENANCE',
    source: 'RFC 9110 section 15.6.4; Moodle 4.5.6 in maintenance mode',
  },
  { status: { from: 500, to: 599 }, text: /maintenance/i, finds: 'MAINTENANCE', source: 'derived' },
  { status: { from: 500, to: 599 }, finds: 'PLATFORM_ERROR', source: 'RFC 9110 section 15.6' },
  { status: REFUSED, finds: 'TOKEN_REFUSED', source: 'RFC 6749 section 5.2: no reason we know' },
];

/** Refusals that name no cause, so that what we know ourselves decides. */
export const VAGUE_FINDINGS: readonly FindingCode[] = [
  'CLIENT_UNKNOWN',
  'SIGNATURE_REFUSED',
  'TOKEN_REFUSED',
];

/** Platforms that refuse a wrong audience without naming it: pylti1.3 issue 43; Sakai pull request 14711. */
export const SILENT_ON_AUDIENCE: readonly ProfileName[] = ['brightspace', 'sakai'];

/** Requests without an answer. */
export const SILENCE_FINDINGS: Readonly<Record<NoResponseCode, FindingCode>> = {
  DNS: 'HOST_UNKNOWN',
  CONNECT_REFUSED: 'CONNECTION_REFUSED',
  CONNECT_TIMEOUT: 'NO_CONNECTION',
  TLS: 'CERTIFICATE_REFUSED',
  TIMEOUT: 'NO_ANSWER',
  RESET: 'CONNECTION_BROKEN',
  ABORTED: 'LIMITS_IN_USE',
  PRIVATE_ADDRESS: 'PRIVATE_NETWORK',
  OTHER: 'REQUEST_FAILED',
};

/** What a refused line item request comes down to, by the reason that delivery would give. Any other: by its status. */
export const SERVICE_FINDINGS: Readonly<Partial<Record<ReasonCode, FindingCode>>> = {
  TOOL_NOT_IN_CONTEXT: 'TOOL_NOT_IN_COURSE',
  CONTEXT_GONE: 'COURSE_NOT_FOUND',
  CONTEXT_CONCLUDED: 'COURSE_ENDED',
  LINE_ITEM_GONE: 'COLUMN_NOT_FOUND',
  LINE_ITEM_NOT_OURS: 'COLUMN_NOT_OURS',
  REGISTRATION_DISABLED: 'REGISTRATION_OFF',
  SCOPE_NOT_GRANTED: 'COLUMNS_NOT_ALLOWED',
  UNAUTHORIZED: 'SERVICE_REFUSED',
  FORBIDDEN: 'SERVICE_FORBIDDEN',
  BAD_REQUEST: 'LINE_ITEMS_ADDRESS_WRONG',
  ORIGIN_NOT_ALLOWED: 'ORIGIN_NOT_REGISTERED',
  THROTTLED: 'THROTTLED',
};
