import { describe, expect, it } from 'vitest';
import { defaultAudience, detectProfile, PROFILE_NAMES, PROFILES, takesExtension } from './profiles.ts';

describe('detectProfile', () => {
  const own = 'https://lms.school.example';

  it.each([
    ['canvas', 'https://canvas.instructure.com', 'https://sso.canvaslms.com/login/oauth2/token'],
    ['canvas', own, `${own}/login/oauth2/token`],
    ['canvas', 'https://canvas.test.instructure.com', `${own}/token`],
    ['moodle', own, `${own}/moodle/mod/lti/token.php`],
    [
      'blackboard',
      'https://blackboard.com',
      'https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken',
    ],
    [
      'blackboard',
      'https://blackboard.com',
      'https://developer.anthology.com/api/v1/gateway/oauth2/jwttoken',
    ],
    ['brightspace', own, 'https://auth.brightspace.com/core/connect/token'],
    [
      'schoology',
      'https://schoology.schoology.com',
      'https://lti-service.svc.schoology.com/lti-service/access-token',
    ],
    ['sakai', own, `${own}/imsblis/lti13/token/7`],
    ['openedx', own, `${own}/api/lti_consumer/v1/token/1234`],
    ['generic', own, `${own}/oauth/token`],
    ['generic', 'https://notinstructure.com', 'https://canvas.instructure.com.evil.example/token'],
    ['generic', 'not a url', `${own}/oauth/token`],
  ])('%s: %s, %s', (profile, issuer, tokenUrl) => {
    expect(detectProfile({ issuer, tokenUrl })).toBe(profile);
  });

  it.each([
    ['canvas', '/api/lti/courses/7/line_items'],
    ['moodle', '/mod/lti/services.php/7/lineitems?type_id=3'],
    ['blackboard', '/learn/api/v1/lti/courses/_4_1/lineItems'],
    ['brightspace', '/d2l/api/lti/ags/2.0/deployment/1/orgunit/2/lineitems'],
    ['sakai', '/imsblis/lti13/lineitems/7'],
    ['openedx', '/api/lti_consumer/v1/lti/7/lti-ags'],
  ])('%s by a service URL: %s', (profile, path) => {
    expect(detectProfile({ issuer: own, tokenUrl: `${own}/token`, url: own + path })).toBe(profile);
  });
});

describe('PROFILES', () => {
  it.each(PROFILE_NAMES)('has %s under its name', (name) => {
    expect(PROFILES[name].name).toBe(name);
  });

  it('waits a second between posts on Moodle, a millisecond elsewhere', () => {
    const steps = Object.fromEntries(PROFILE_NAMES.map((name) => [name, PROFILES[name].wireStepMs]));
    expect(Object.entries(steps).filter(([, step]) => step !== 1)).toEqual([['moodle', 1000]]);
  });
});

describe('defaultAudience', () => {
  it.each([
    ['brightspace', 'https://api.brightspace.com/auth/token'],
    ['canvas', 'https://x.example/token'],
  ] as const)('%s: %s', (profile, audience) => {
    expect(defaultAudience(profile, 'https://x.example/token')).toBe(audience);
  });
});

describe('takesExtension', () => {
  it.each([
    ['canvas', 'https://canvas.instructure.com/lti/submission', true],
    ['moodle', 'https://canvas.instructure.com/lti/submission', false],
    ['generic', 'https://canvas.instructure.com/lti/submission', false],
    ['generic', 'https://tool.example/x', true],
    ['canvas', 'https://tool.example/x', false],
    ['generic', 'nonsense', false],
  ] as const)('%s, %s: %s', (profile, url, expected) => {
    expect(takesExtension(profile, url)).toBe(expected);
  });
});
