import { describe, expect, it } from 'vitest';
import { type Platform, resolvePlatform } from './platform.ts';
import { type PlatformInput, platformInputSchema } from './platform-input.ts';
import { parseInput } from './problem.ts';

const NOW = Date.parse('2026-11-20T16:00:00.000Z');

const moodle = {
  name: 'Springfield Moodle',
  issuer: 'https://lms.example',
  clientId: 'abc',
  tokenUrl: 'https://lms.example/mod/lti/token.php',
} satisfies PlatformInput;

const cloudCanvas = {
  name: 'Springfield Canvas',
  issuer: 'https://canvas.instructure.com',
  clientId: '10000000000007',
  tokenUrl: 'https://sso.canvaslms.com/login/oauth2/token',
} satisfies PlatformInput;

function resolved(input: PlatformInput, allowPrivateNetworks = false): Platform {
  const result = resolvePlatform('springfield', input, NOW, { allowPrivateNetworks });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result;
}

function pointersOf(input: PlatformInput): string[] {
  const result = resolvePlatform('springfield', input, NOW);
  return 'problems' in result ? result.problems.map(({ pointer }) => pointer) : [];
}

describe('platformInputSchema', () => {
  it.each<[string, object, string[]]>([
    ['nothing wrong', {}, []],
    ['no name', { name: undefined }, ['/name']],
    ['a blank client', { clientId: ' ' }, ['/clientId']],
    ['no issuer', { issuer: undefined }, ['/issuer']],
    ['no token URL', { tokenUrl: undefined }, ['/tokenUrl']],
    [
      'a configuration instead of both',
      { issuer: undefined, tokenUrl: undefined, openidConfigurationUrl: 'https://lms.example/conf' },
      [],
    ],
    ['a token URL that is none', { tokenUrl: 'lms.example/token' }, ['/tokenUrl']],
    ...['\u0000https://lms.example/t', 'https://lms.example/a\u0000b', 'https://lms.example/\ud800'].map(
      (tokenUrl): [string, object, string[]] => [
        `the URL ${JSON.stringify(tokenUrl)}, which would be another one`,
        { tokenUrl },
        ['/tokenUrl'],
      ],
    ),
    ['a profile nobody knows', { profile: 'ilias' }, ['/profile']],
    ['an empty list of deployments', { deploymentIds: [] }, ['/deploymentIds']],
    ['a deployment that is a number', { deploymentIds: ['1', 2] }, ['/deploymentIds/1']],
    ['an origin with a path', { serviceOrigins: ['https://lms.example/mod'] }, ['/serviceOrigins/0']],
    ['no origin', { serviceOrigins: [] }, ['/serviceOrigins']],
    ['a concurrency of 0', { limits: { concurrency: 0 } }, ['/limits/concurrency']],
    ['half a request at once', { limits: { concurrency: 1.5 } }, ['/limits/concurrency']],
    ['a rate of 0', { limits: { ratePerSecond: 0 } }, ['/limits/ratePerSecond']],
    ['a limit nobody knows', { limits: { burst: 5 } }, ['/limits/burst']],
    ['an unknown member', { clientSecret: 'x' }, ['/clientSecret']],
  ])('%s', (_name, change, pointers) => {
    const result = parseInput(platformInputSchema, { ...moodle, ...change });
    expect(result.ok ? [] : result.problems.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('brings origins to one spelling', () => {
    const input = platformInputSchema.parse({ ...moodle, serviceOrigins: ['HTTPS://LMS.example:443/'] });
    expect(input.serviceOrigins).toEqual(['https://lms.example']);
  });
});

describe('resolvePlatform', () => {
  it('leaves nothing to default', () => {
    expect(resolved(moodle)).toEqual({
      ...moodle,
      id: 'springfield',
      audience: moodle.tokenUrl,
      profile: 'moodle',
      serviceOrigins: ['https://lms.example'],
      limits: { concurrency: 2 },
      limitGroup: 'springfield',
      createdAt: '2026-11-20T16:00:00.000Z',
      updatedAt: '2026-11-20T16:00:00.000Z',
    });
  });

  it('keeps what is given', () => {
    const given = {
      ...moodle,
      profile: 'generic',
      deploymentIds: ['1'],
      jwksUrl: 'https://lms.example/certs',
      openidConfigurationUrl: 'https://lms.example/conf',
      audience: 'urn:lms',
      serviceOrigins: ['https://api.lms.example'],
      limits: { concurrency: 9, ratePerSecond: 3.5 },
      limitGroup: 'school',
      toolKeyId: 'k1',
    } satisfies PlatformInput;
    expect(resolved(given)).toMatchObject(given);
  });

  it('keeps the day it was made when replaced', () => {
    const createdAt = '2020-01-01T00:00:00.000Z';
    expect(resolvePlatform('springfield', moodle, NOW, { createdAt })).toMatchObject({
      createdAt,
      updatedAt: '2026-11-20T16:00:00.000Z',
    });
  });

  it('takes several origins where issuer and token URL differ', () => {
    const brightspace = { ...moodle, tokenUrl: 'https://auth.brightspace.com/core/connect/token' };
    expect(resolved(brightspace)).toMatchObject({
      profile: 'brightspace',
      audience: 'https://api.brightspace.com/auth/token',
      serviceOrigins: ['https://lms.example', 'https://auth.brightspace.com'],
      limits: { concurrency: 8 },
      limitGroup: 'springfield',
    });
  });

  it('groups the platforms of one Canvas client', () => {
    const own = { ...cloudCanvas, tokenUrl: 'https://springfield.instructure.com/login/oauth2/token' };
    expect(resolved(own)).toMatchObject({
      profile: 'canvas',
      limits: { concurrency: 4 },
      limitGroup: cloudCanvas.clientId,
    });
  });

  it.each([
    ['Canvas on the shared host', cloudCanvas],
    [
      'Canvas on the older shared host',
      { ...cloudCanvas, tokenUrl: 'https://canvas.instructure.com/login/oauth2/token' },
    ],
    [
      'Canvas on the shared test host',
      { ...cloudCanvas, tokenUrl: 'https://sso.test.canvaslms.com/login/oauth2/token' },
    ],
    [
      'Blackboard',
      {
        ...moodle,
        issuer: 'https://blackboard.com',
        tokenUrl: 'https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken',
      },
    ],
  ])('wants to be told the origins of %s', (_name, input) => {
    expect(pointersOf(input)).toEqual(['/serviceOrigins']);
    expect(pointersOf({ ...input, serviceOrigins: ['https://springfield.example'] })).toEqual([]);
  });

  it.each([
    ['http', 'http://lms.example/token'],
    ['loopback', 'https://127.0.0.1/token'],
    ['loopback in disguise', 'https://2130706433/token'],
    ['loopback by IPv6', 'https://[::1]/token'],
    ['loopback by IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/token'],
    ['loopback by name', 'https://localhost/token'],
    ['loopback by name with a dot', 'https://LOCALHOST./token'],
    ['a name below localhost', 'https://lms.localhost/token'],
    ['a private network', 'https://10.1.2.3/token'],
    ['cloud metadata', 'https://169.254.169.254/token'],
    ['a name of the inside', 'https://lms.internal/token'],
  ])('refuses %s unless private networks are allowed', (_name, tokenUrl) => {
    const serviceOrigins = ['https://lms.example'];
    expect(pointersOf({ ...moodle, tokenUrl, serviceOrigins })).toEqual(['/tokenUrl']);
    expect(resolved({ ...moodle, tokenUrl, serviceOrigins }, true).tokenUrl).toBe(tokenUrl);
  });

  it('looks at every address', () => {
    const inside = 'http://127.0.0.1:8900';
    const input = {
      ...moodle,
      issuer: inside,
      jwksUrl: inside,
      openidConfigurationUrl: inside,
      serviceOrigins: ['https://ok.example', inside],
    };
    expect(pointersOf(input)).toEqual([
      '/issuer',
      '/openidConfigurationUrl',
      '/jwksUrl',
      '/serviceOrigins/1',
    ]);
  });

  it('says what a configuration did not tell', () => {
    const input = { name: 'x', clientId: 'y', openidConfigurationUrl: 'https://lms.example/conf' };
    expect(pointersOf(input)).toEqual(['/issuer', '/tokenUrl']);
  });
});
