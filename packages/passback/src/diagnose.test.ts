import type { NoResponse, NoResponseCode, PlatformResponse } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { diagnoseService, diagnoseSilence, diagnoseToken, foreignDeployment } from './diagnose.ts';
import { SILENCE_FINDINGS } from './finding-rules.ts';
import type { FindingCode } from './findings.ts';
import type { ProfileName } from './profiles.ts';

const LOGIN = '<!DOCTYPE html><html><title>Log in</title></html>';
const TOKEN_URL = 'https://lms.example/token';

function response(status: number, body: string | object = '', rest: Partial<PlatformResponse> = {}) {
  return {
    kind: 'response',
    stage: 'token',
    status,
    reasonPhrase: '',
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
    truncated: false,
    durationMs: 5,
    ...rest,
  } satisfies PlatformResponse;
}

const platform = (profile: ProfileName, change: object = {}) => ({
  profile,
  tokenUrl: TOKEN_URL,
  clientId: 'abc',
  audience: TOKEN_URL,
  ...change,
});
const oauth = (error: string, error_description?: string) => ({ error, error_description });

describe('diagnoseToken', () => {
  it.each<[string, ProfileName, PlatformResponse, FindingCode, RegExp]>([
    ['too many requests', 'generic', response(429), 'THROTTLED', /429/],
    [
      'the bucket of Canvas',
      'canvas',
      response(403, '403 Forbidden (Rate Limit Exceeded)'),
      'THROTTLED',
      /Rate Limit/,
    ],
    ['a login page', 'generic', response(200, LOGIN), 'LOGIN_PAGE', /200, a web page: Log in/],
    [
      'maintenance with 200',
      'generic',
      response(200, '<html>Under maintenance'),
      'MAINTENANCE',
      /maintenance/,
    ],
    ['no token in it', 'generic', response(200, { token: 1 }), 'UNEXPECTED_ANSWER', /200/],
    [
      'http spoken to https (nginx)',
      'generic',
      response(400, '<html>The plain HTTP request was sent to HTTPS port</html>'),
      'HTTPS_REQUIRED',
      /HTTPS port/,
    ],
    [
      'http spoken to https (Apache)',
      'generic',
      response(400, "<html>You're speaking plain HTTP to an SSL-enabled server port.</html>"),
      'HTTPS_REQUIRED',
      /SSL/,
    ],
    ['no such file', 'generic', response(404, LOGIN), 'ADDRESS_NOT_FOUND', /404/],
    ['a page that takes no POST', 'generic', response(405), 'ADDRESS_NOT_FOUND', /405/],
    [
      'a block that is gone',
      'openedx',
      response(404, oauth('invalid_lti_version')),
      'REGISTRATION_OFF',
      /404/,
    ],
    [
      'a developer key that is off',
      'canvas',
      response(401, { errors: { message: 'Unknown or inactive Developer Key' } }),
      'REGISTRATION_OFF',
      /inactive/,
    ],
    [
      'keys out of reach of Canvas',
      'canvas',
      response(400, oauth('invalid_request', 'JWK Error: the key set could not be read')),
      'KEY_SET_UNREACHABLE',
      /JWK Error/,
    ],
    [
      'keys out of reach of Blackboard',
      'blackboard',
      response(400, oauth('invalid_jwt_token', 'Failed to get key with kid 7')),
      'KEY_SET_UNREACHABLE',
      /kid 7/,
    ],
    [
      'keys out of reach of Sakai',
      'sakai',
      response(400, oauth('Public key retrieval failed')),
      'KEY_SET_UNREACHABLE',
      /retrieval/,
    ],
    [
      'an empty key set',
      'moodle',
      response(400, oauth('JWK Set did not contain any keys')),
      'KEY_SET_UNREACHABLE',
      /any/,
    ],
    [
      'a key that Moodle does not find',
      'moodle',
      response(400, '{ "error" : ""kid" invalid, unable to lookup correct key" }'),
      'KEY_UNKNOWN',
      /kid/,
    ],
    [
      'a key that is not in the set',
      'brightspace',
      response(400, oauth('invalid_grant', 'The key could not be found in the key set of the tool')),
      'KEY_UNKNOWN',
      /key set/,
    ],
    [
      'keys out of reach of somebody else',
      'generic',
      response(401, oauth('invalid_client', 'key set unavailable')),
      'KEY_SET_UNREACHABLE',
      /unavailable/,
    ],
    [
      'a key that Brightspace does not find',
      'brightspace',
      response(400, oauth('invalid_grant', 'Error validating assertion: KeyId not found in token')),
      'KEY_UNKNOWN',
      /KeyId/,
    ],
    [
      'another audience',
      'canvas',
      response(400, oauth('invalid_request', "the 'aud' is invalid")),
      'AUDIENCE_REFUSED',
      /We sent the audience https:\/\/lms\.example\/token\./,
    ],
    [
      'a clock that is ahead',
      'moodle',
      response(400, oauth('Cannot handle token with iat prior to 2026-11-20T16:00:00+0000')),
      'CLOCK_DIFFERS',
      /prior to/,
    ],
    ['a clock that is behind', 'moodle', response(400, oauth('Expired token')), 'CLOCK_DIFFERS', /Expired/],
    ['no scope at all', 'generic', response(400, oauth('invalid_scope')), 'SCOPES_REFUSED', /invalid_scope/],
    [
      'another deployment',
      'generic',
      response(400, oauth('invalid_request', 'unknown deployment_id')),
      'DEPLOYMENT_MISMATCH',
      /any deployment/,
    ],
    [
      'a signature or a client that Canvas does not know',
      'canvas',
      response(400, oauth('invalid_request', 'JWS signature invalid.')),
      'SIGNATURE_REFUSED',
      /We sent the client id abc\./,
    ],
    [
      'a tool that Sakai does not know',
      'sakai',
      response(400, oauth('Could not load tool')),
      'CLIENT_UNKNOWN',
      /load/,
    ],
    [
      'a client or a key that Open edX does not know',
      'openedx',
      response(400, oauth('invalid_client')),
      'SIGNATURE_REFUSED',
      /invalid_client\. We sent/,
    ],
    [
      'a client that nobody knows',
      'moodle',
      response(400, oauth('invalid_client')),
      'CLIENT_UNKNOWN',
      /client id abc/,
    ],
    ['a firewall', 'generic', response(403, '<html>Request blocked</html>'), 'REQUEST_BLOCKED', /blocked/],
    ['maintenance', 'moodle', response(503, '<html>Maintenance'), 'MAINTENANCE', /503/],
    ['maintenance said otherwise', 'generic', response(500, '<html>Maintenance'), 'MAINTENANCE', /500/],
    ['a fault of the platform', 'generic', response(502, LOGIN), 'PLATFORM_ERROR', /502/],
    ['nothing we know', 'generic', response(400, oauth('nope')), 'TOKEN_REFUSED', /client id abc.*audience/],
    ['no place', 'generic', response(302), 'REDIRECTED', /without saying where/],
  ])('%s', (_name, profile, answer, finding, words) => {
    const diagnosis = diagnoseToken(answer, platform(profile));
    expect(diagnosis).toEqual({ finding, detail: expect.stringMatching(words) });
  });

  it.each<[string, string, string, FindingCode]>([
    ['the same place with https', 'http://lms.example/token', 'https://lms.example/token', 'HTTPS_REQUIRED'],
    ['a login', TOKEN_URL, '/login?back=%2Ftoken', 'REDIRECTED'],
    ['another host', 'http://lms.example/token', 'https://new.example/token', 'REDIRECTED'],
  ])('a redirect to %s', (_name, tokenUrl, location, finding) => {
    const answer = response(301, '', { headers: { location } });
    const diagnosis = diagnoseToken(answer, platform('generic', { tokenUrl }));
    expect(diagnosis.finding).toBe(finding);
    expect(diagnosis.detail).not.toContain('?');
  });

  it('knows what a page with 404 means at the token address of Moodle, and elsewhere', () => {
    const tokenUrl = 'https://lms.example/mod/lti/token.php';
    const answer = response(404, '<html>Error reading from database</html>');
    expect(diagnoseToken(answer, platform('moodle', { tokenUrl })).finding).toBe('KEY_SET_UNREACHABLE');
    expect(diagnoseToken(answer, platform('moodle')).finding).toBe('ADDRESS_NOT_FOUND');
  });

  it('suspects the audience on Brightspace, which does not name it', () => {
    const answer = response(400, oauth('invalid_grant', 'Error validating assertion: no'));
    const wrong = diagnoseToken(answer, platform('brightspace'));
    expect(wrong).toEqual({
      finding: 'AUDIENCE_REFUSED',
      detail: expect.stringContaining('usual here is https://api.brightspace.com/auth/token'),
    });
    const audience = 'https://api.brightspace.com/auth/token';
    expect(diagnoseToken(answer, platform('brightspace', { audience })).finding).toBe('TOKEN_REFUSED');
    const sakai = platform('sakai', { audience });
    const refused = response(400, oauth('invalid_client'));
    expect(diagnoseToken(refused, sakai).finding).toBe('AUDIENCE_REFUSED');
    expect(diagnoseToken(refused, platform('sakai')).finding).toBe('CLIENT_UNKNOWN');
  });

  it('blames the clock for a refusal without a cause when the clocks differ, and only then', () => {
    const told = (body: object, clockDiffers: boolean) =>
      diagnoseToken(response(400, body), platform('generic'), { clockDiffers }).finding;
    expect(told(oauth('invalid_grant'), true)).toBe('CLOCK_DIFFERS');
    expect(told(oauth('invalid_grant'), false)).toBe('TOKEN_REFUSED');
    expect(told(oauth('invalid_scope'), true)).toBe('SCOPES_REFUSED');
  });
});

describe('diagnoseSilence', () => {
  const silence = (code: NoResponseCode, detail = 'no answer'): NoResponse => ({
    kind: 'noResponse',
    stage: 'token',
    code,
    maybeSeen: false,
    detail,
    durationMs: 5,
  });

  it.each(Object.entries(SILENCE_FINDINGS))('%s: %s', (code, finding) => {
    expect(diagnoseSilence(silence(code as NoResponseCode))).toEqual({ finding, detail: 'No answer.' });
  });

  it('tells a server without https from a bad certificate', () => {
    expect(diagnoseSilence(silence('TLS', 'no TLS connection (ERR_SSL_WRONG_VERSION_NUMBER)')).finding).toBe(
      'HTTPS_NOT_SPOKEN',
    );
    expect(diagnoseSilence(silence('TLS', 'no TLS connection (CERT_HAS_EXPIRED)')).finding).toBe(
      'CERTIFICATE_REFUSED',
    );
    expect(diagnoseSilence(silence('OTHER', 'http without TLS is not allowed')).finding).toBe(
      'HTTPS_REQUIRED',
    );
  });
});

describe('diagnoseService', () => {
  const url = 'https://lms.example/courses/1/lineitems';
  it.each<[string, ProfileName, PlatformResponse, 'list' | 'get', FindingCode]>([
    [
      'a course without the tool',
      'canvas',
      response(401, {
        errors: { message: 'Access Token not linked to a Tool associated with this Context' },
      }),
      'list',
      'TOOL_NOT_IN_COURSE',
    ],
    [
      'the same on Moodle',
      'moodle',
      response(403, { reason: 'Not allowed in context' }),
      'list',
      'TOOL_NOT_IN_COURSE',
    ],
    [
      'no such course',
      'moodle',
      response(404, { reason: "Course 9 doesn't exist" }),
      'list',
      'COURSE_NOT_FOUND',
    ],
    [
      'a course that has ended',
      'canvas',
      response(422, 'This course has concluded.'),
      'list',
      'COURSE_ENDED',
    ],
    ['no such column', 'generic', response(404), 'get', 'COLUMN_NOT_FOUND'],
    ["another tool's column", 'canvas', response(412), 'get', 'COLUMN_NOT_OURS'],
    [
      'a key that is off',
      'canvas',
      response(401, 'Unknown or inactive Developer Key'),
      'list',
      'REGISTRATION_OFF',
    ],
    ['no scope', 'canvas', response(401, 'Insufficient permissions'), 'list', 'COLUMNS_NOT_ALLOWED'],
    ['no', 'moodle', response(401, { reason: 'Unauthorized' }), 'list', 'SERVICE_REFUSED'],
    ['no, politely', 'generic', response(403, { error: 'no' }), 'list', 'SERVICE_FORBIDDEN'],
    [
      'a path that nobody serves',
      'moodle',
      response(400, 'No handler found for /x'),
      'list',
      'LINE_ITEMS_ADDRESS_WRONG',
    ],
    ['a login page', 'generic', response(200, LOGIN), 'list', 'LOGIN_PAGE'],
    ['something else', 'generic', response(200, '{}'), 'list', 'UNEXPECTED_ANSWER'],
    ['a redirect', 'generic', response(302, '', { headers: { location: '/login' } }), 'list', 'REDIRECTED'],
    ['maintenance', 'generic', response(503), 'list', 'MAINTENANCE'],
    ['a fault', 'generic', response(500), 'list', 'PLATFORM_ERROR'],
    ['too much', 'generic', response(429), 'list', 'THROTTLED'],
  ])('%s', (_name, profile, answer, operation, finding) => {
    expect(diagnoseService(answer, { profile }, { url, operation }).finding).toBe(finding);
  });

  it('blames the deployment where access is refused under another one', () => {
    const wrong = 'https://lms.example/mod/lti/services.php/2/lineitems?type_id=7';
    const moodle = { profile: 'moodle' as const, deploymentIds: ['1'] };
    const refused = diagnoseService(response(401), moodle, { url: wrong, operation: 'list' });
    expect(refused).toEqual({
      finding: 'DEPLOYMENT_MISMATCH',
      detail: 'The address is of deployment 7; registered: 1.',
    });
    const down = diagnoseService(response(503), moodle, { url: wrong, operation: 'list' });
    expect(down.finding).toBe('MAINTENANCE');
  });
});

describe('foreignDeployment', () => {
  it.each<[string, ProfileName, string, string[] | undefined, boolean]>([
    ['Moodle, another', 'moodle', 'https://m.example/x?type_id=7', ['1', '2'], true],
    ['Moodle, the same', 'moodle', 'https://m.example/x?type_id=7', ['7'], false],
    ['Moodle, any', 'moodle', 'https://m.example/x?type_id=7', undefined, false],
    ['Moodle without one', 'moodle', 'https://m.example/x', ['1'], false],
    [
      'Brightspace, another',
      'brightspace',
      'https://d.example/ags/2.0/deployment/ab-1/orgunit/6/lineitems',
      ['x'],
      true,
    ],
    ['elsewhere', 'generic', 'https://g.example/deployment/7/x?type_id=7', ['1'], false],
  ])('%s', (_name, profile, url, deploymentIds, expected) => {
    const found = foreignDeployment(url, { profile, ...(deploymentIds && { deploymentIds }) });
    expect(found !== undefined).toBe(expected);
  });
});
