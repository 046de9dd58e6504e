import { type AnswerRule, DOWN, SUCCESS, UNREADABLE } from './answer-rules.ts';
import { STATUS_RULES, THROTTLE_RULES } from './common-rules.ts';

/** The platform cannot read our public keys at present, so it cannot know us. */
const KEYS_UNREACHABLE = {
  ...DOWN,
  reason: 'CREDENTIALS_REJECTED',
  finalReason: 'CREDENTIALS_REJECTED',
} as const;

/** What a token endpoint that gave no usable token means, first match first. */
export const TOKEN_RULES: readonly AnswerRule[] = [
  ...THROTTLE_RULES,
  {
    status: SUCCESS,
    means: UNREADABLE,
    source: 'hypothesis/lms ltia_http.py: 2xx that is no token (a page, no JSON, no access_token)',
  },
  {
    status: { from: 400, to: 499 },
    text: [
      'jwk error',
      'failed to get key with kid',
      'public key retrieval failed',
      'unidentified_error',
      'jwk set did not contain any keys',
    ],
    means: KEYS_UNREACHABLE,
    source:
      'Canvas oauth client credentials; Blackboard (lti-1-3-php-library issue 134); Sakai; Open edX; Moodle 4.5.6',
  },
  {
    status: 404,
    body: 'markup',
    profiles: ['moodle'],
    means: KEYS_UNREACHABLE,
    source: 'Moodle, recorded from 4.5.6: a page with 404 while our key set is down',
  },
  {
    status: { from: 400, to: 499 },
    text: ['assertions are missing', "'aud' is invalid"],
    means: { kind: 'holdCredentials', reason: 'CREDENTIALS_REJECTED' },
    source: 'Canvas lib/canvas/security/jwt_validator.rb',
  },
  {
    status: { from: 400, to: 499 },
    text: ["'iat' must", 'prior to', 'in the future', 'not yet valid', 'expired'],
    means: { kind: 'holdCredentials', reason: 'CLOCK_SKEW' },
    source: 'Canvas jwt_validator.rb; Moodle php-jwt without leeway, recorded from 4.5.6; pylti1.3 issue 146',
  },
  {
    status: { from: 400, to: 499 },
    text: ['invalid_scope'],
    means: { kind: 'holdCredentials', reason: 'SCOPE_NOT_GRANTED' },
    source: 'RFC 6749 section 5.2; Canvas, Moodle, Sakai',
  },
  {
    status: { from: 400, to: 499 },
    text: ['developer key', 'invalid_lti_version'],
    means: { kind: 'holdCredentials', reason: 'REGISTRATION_DISABLED' },
    source: 'Canvas concerns/lti_services.rb; Open edX plugin/views.py',
  },
  ...STATUS_RULES,
  {
    // Another client id, key, audience or address than the platform has; nothing that differs from score to score.
    status: { from: 400, to: 499 },
    means: { kind: 'holdCredentials', reason: 'CREDENTIALS_REJECTED' },
    source: 'RFC 6749 section 5.2: invalid_client, invalid_grant; Canvas JWS signature invalid.',
  },
];
