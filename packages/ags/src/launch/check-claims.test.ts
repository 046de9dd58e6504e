import { describe, expect, it } from 'vitest';
import { goodClaims } from '../testing/signed-launch.ts';
import { checkClaims, type ExpectedLaunch } from './check-claims.ts';
import { LAUNCH_CLAIMS } from './claims.ts';

const NOW = Date.parse('2026-11-20T16:04:05.900Z');
const iat = Math.floor(NOW / 1000);
const expected: ExpectedLaunch = {
  issuer: 'https://lms.example',
  clientId: 'tool',
  deploymentIds: ['6', '7'],
};

const check = (change: Record<string, unknown>, more: Partial<ExpectedLaunch> = {}) =>
  checkClaims({ ...goodClaims(NOW), ...change }, { ...expected, ...more }, NOW);

describe('checkClaims takes', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a launch of a link', {}],
    ['a list of one audience', { aud: ['tool'] }],
    ['several audiences, the tool being the party', { aud: ['other', 'tool'], azp: 'tool' }],
    ['one audience and the party', { azp: 'tool' }],
    ['one that ran out within the leeway', { iat: iat - 3_600, exp: iat - 55 }],
    ['a clock that is ahead within the leeway', { iat: iat + 55, exp: iat + 100, nbf: iat + 55 }],
    ['a launch that chooses a link', { [LAUNCH_CLAIMS.messageType]: 'LtiDeepLinkingRequest' }],
    ['one without a user', { sub: undefined }],
  ])('%s', (_, change) => {
    expect(check(change)).toBeUndefined();
  });

  it('any deployment where none are registered', () => {
    const { deploymentIds: _, ...any } = expected;
    expect(checkClaims({ ...goodClaims(NOW), [LAUNCH_CLAIMS.deploymentId]: 'x' }, any, NOW)).toBeUndefined();
  });
});

describe('checkClaims refuses', () => {
  it.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      'another issuer',
      { iss: 'https://evil.example' },
      'ISSUER',
      /"https:\/\/evil.example".*"https:\/\/lms.example"/,
    ],
    ['an issuer but for the slash', { iss: 'https://lms.example/' }, 'ISSUER', /iss/],
    ['no issuer', { iss: undefined }, 'ISSUER', /iss/],
    ['another audience', { aud: 'other' }, 'AUDIENCE', /"other".*"tool"/],
    ['an audience that only begins so', { aud: 'tool2' }, 'AUDIENCE', /aud/],
    ['no audience', { aud: undefined }, 'AUDIENCE', /aud/],
    ['an audience of numbers', { aud: [7] }, 'AUDIENCE', /aud/],
    [
      'several audiences without a party',
      { aud: ['tool', 'other'] },
      'AUTHORIZED_PARTY',
      /several tools.*azp/,
    ],
    ['another party', { aud: ['tool', 'other'], azp: 'other' }, 'AUTHORIZED_PARTY', /"other".*azp/],
    ['another party of one audience', { azp: 'other' }, 'AUTHORIZED_PARTY', /azp/],
    ['one that ran out', { exp: iat - 150 }, 'EXPIRED', /ran out 3 minutes ago/],
    ['no end', { exp: undefined }, 'EXPIRED', /until when/],
    ['an end in words', { exp: '2030' }, 'EXPIRED', /until when/],
    ['no beginning', { iat: undefined }, 'NOT_YET_VALID', /when it was issued/],
    ['one from the future', { iat: iat + 7_205, exp: iat + 9_000 }, 'NOT_YET_VALID', /2 hours from now/],
    ['one that is not good yet', { nbf: iat + 90 }, 'NOT_YET_VALID', /nbf/],
    ['LTI 1.1', { [LAUNCH_CLAIMS.version]: 'LTI-1p0' }, 'VERSION', /"LTI-1p0".*1\.3\.0/],
    ['no version', { [LAUNCH_CLAIMS.version]: undefined }, 'VERSION', /1\.3\.0/],
    [
      'a review',
      { [LAUNCH_CLAIMS.messageType]: 'LtiSubmissionReviewRequest' },
      'MESSAGE_TYPE',
      /LtiSubmissionReviewRequest/,
    ],
    ['no type', { [LAUNCH_CLAIMS.messageType]: undefined }, 'MESSAGE_TYPE', /LtiResourceLinkRequest/],
    ['another deployment', { [LAUNCH_CLAIMS.deploymentId]: '8' }, 'DEPLOYMENT', /"8".*not registered/],
    ['a deployment in numbers', { [LAUNCH_CLAIMS.deploymentId]: 7 }, 'DEPLOYMENT', /names no deployment/],
  ])('%s', (_, change, code, detail) => {
    expect(check(change)).toEqual({ code, detail: expect.stringMatching(detail) });
  });
});
