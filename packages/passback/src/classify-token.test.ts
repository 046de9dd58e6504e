import { describe, expect, it } from 'vitest';
import { classifyToken } from './classify.ts';
import {
  DOWN,
  KEYS_UNREACHABLE,
  NOW,
  PAGE,
  REDIRECTED,
  type Row,
  response,
  silence,
  told,
  UNREADABLE,
} from './testing/classification.ts';

const ROWS: Row[] = [
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

describe('classifyToken', () => {
  it.each(ROWS)('%s (%s)', (_source, profile, answer, expected) => {
    expect(told(classifyToken(answer, profile, NOW))).toBe(expected);
  });
});
