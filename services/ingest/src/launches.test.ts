import { LAUNCH_CLAIMS } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { launchClaims, launchSigner } from './testing/signed-launch.ts';
import { scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

const signer = launchSigner();
let redis: TestRedis;
let test: TestIngest;
let lms: FakePlatform;
let keysRead = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  lms = await startFakePlatform({
    '/jwks': () => {
      keysRead += 1;
      return { status: 200, body: signer.jwks };
    },
  });
  const jwksUrl = `${lms.url}/jwks`;
  await test.putPlatform('north', { jwksUrl, deploymentIds: ['7', '8'] });
  await test.putPlatform('south', { jwksUrl });
  await test.putPlatform('keyless');
});
afterAll(async () => {
  await Promise.all([test, lms].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});

const pointersOf = (answer: Awaited<ReturnType<TestIngest['call']>>) => [
  answer.status,
  answer.body.code,
  ...(answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer),
];
const launch = (body: object, call = test.call) => call('POST', '/v1/launches', body);
const idToken = (change: Record<string, unknown> = {}, platformId = 'north') =>
  signer.idToken(launchClaims(platformId, change));

describe('a launch by its id_token', () => {
  it('is verified, kept, and read back without the person', async () => {
    const answer = await launch({ idToken: idToken() });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      launchId: expect.stringMatching(/^la_north_/),
      platformId: 'north',
      resourceLinkId: 'link-9',
      contextId: 'course-7',
      lineItemUrl: 'https://north.example/lineitems/1',
      lineItemsUrl: 'https://north.example/lineitems',
      membershipsUrl: 'https://north.example/members',
      scopes: ['https://purl.imsglobal.org/spec/lti-ags/scope/score'],
      title: 'Lab 3',
      updatedAt: expect.any(String),
    });
    const location = answer.headers.get('location')!;
    expect(location).toBe(`/v1/launches/${answer.body.launchId}`);
    expect((await test.call('GET', location)).body).toEqual(answer.body);
    const stored = await test.ingest.context.redis.hgetall(`gw:{north}:launch:${answer.body.launchId}`);
    expect(JSON.stringify(stored)).not.toMatch(/Ann|ann@|"42"/);
  });

  it('finds its platform by issuer, audience and deployment', async () => {
    expect((await launch({ idToken: idToken({}, 'south') })).body.platformId).toBe('south');
    expect((await launch({ idToken: idToken({ aud: ['x', 'tool'], azp: 'tool' }) })).body.platformId).toBe(
      'north',
    );
    expect((await launch({ platformId: 'north', idToken: idToken() })).status).toBe(201);
  });

  it('is the same launch for everybody who opens the link', async () => {
    const first = await launch({ idToken: idToken({ sub: '42' }) });
    const second = await launch({
      idToken: idToken({ sub: '43', [LAUNCH_CLAIMS.grades]: undefined, [LAUNCH_CLAIMS.roster]: undefined }),
    });
    const { updatedAt: _, ...known } = first.body;
    expect(second.status).toBe(201);
    expect(second.body).toMatchObject(known);
    const other = await launch({ idToken: idToken({ [LAUNCH_CLAIMS.resourceLink]: { id: 'link-10' } }) });
    expect(other.body.launchId).not.toBe(first.body.launchId);
  });

  it('reads the keys of the platform once', async () => {
    await launch({ idToken: idToken() });
    const before = keysRead;
    await Promise.all(Array.from({ length: 20 }, (_, i) => launch({ idToken: idToken({ sub: `${i}` }) })));
    expect(keysRead).toBe(before);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another issuer', { iss: 'https://evil.example' }, /iss/],
    ['another audience', { aud: 'other' }, /aud/],
    ['another party', { azp: 'other' }, /azp/],
    ['one that ran out', { exp: 1_700_000_000 }, /ran out/],
    ['one from the future', { iat: Date.now() / 1000 + 600 }, /from now/],
    ['another version', { [LAUNCH_CLAIMS.version]: '1.1' }, /1\.3\.0/],
    ['another message', { [LAUNCH_CLAIMS.messageType]: 'LtiSubmissionReviewRequest' }, /message_type/],
    ['another deployment', { [LAUNCH_CLAIMS.deploymentId]: '9' }, /deployment/],
  ])('is refused: %s', async (_, change, detail) => {
    const answer = await launch({ platformId: 'north', idToken: idToken(change) });
    expect(pointersOf(answer)).toEqual([422, 'ID_TOKEN_REFUSED', '/idToken']);
    expect(answer.body.detail).toMatch(detail);
    expect(answer.body.hint).toMatch(/\.$/);
  });

  it.each<[string, () => string, string]>([
    ['no token', () => 'abc', 'ID_TOKEN_REFUSED'],
    ['a forged signature', () => launchSigner().idToken(launchClaims('north')), 'ID_TOKEN_REFUSED'],
    ['a key nobody published', () => launchSigner('junk').idToken(launchClaims('north')), 'ID_TOKEN_REFUSED'],
    ['no platform like it', () => idToken({ iss: 'https://evil.example' }), 'UNKNOWN_PLATFORM'],
    ['no deployment like it', () => idToken({ [LAUNCH_CLAIMS.deploymentId]: '9' }), 'UNKNOWN_PLATFORM'],
    ['a platform without keys', () => idToken({}, 'keyless'), 'INVALID'],
    [
      'no place',
      () => idToken({ [LAUNCH_CLAIMS.resourceLink]: null, [LAUNCH_CLAIMS.context]: {} }),
      'INVALID',
    ],
    ['an address that is none', () => idToken({ [LAUNCH_CLAIMS.grades]: { lineitem: 'x' } }), 'INVALID'],
    [
      'an address elsewhere',
      () => idToken({ [LAUNCH_CLAIMS.grades]: { lineitems: 'https://evil.example/items' } }),
      'ORIGIN_NOT_ALLOWED',
    ],
  ])('is refused without a platform named: %s', async (_, made, code) => {
    expect(pointersOf(await launch({ idToken: made() }))).toEqual([422, code, '/idToken']);
  });

  it('is none of its faults when the keys cannot be read', async () => {
    await test.putPlatform('away', { jwksUrl: `${lms.url}/nowhere` });
    const answer = await launch({ idToken: idToken({}, 'away') });
    expect(pointersOf(answer)).toEqual([503, 'PLATFORM_UNAVAILABLE', '/idToken']);
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });
});

describe('a launch by claims', () => {
  const minimal = {
    [LAUNCH_CLAIMS.context]: { id: 'course-1' },
    [LAUNCH_CLAIMS.grades]: { lineitems: 'https://north.example/lineitems' },
  };

  it('needs a place and a service, no more', async () => {
    const answer = await launch({ platformId: 'north', claims: minimal });
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        launchId: expect.any(String),
        platformId: 'north',
        contextId: 'course-1',
        lineItemsUrl: 'https://north.example/lineitems',
        scopes: [],
        updatedAt: expect.any(String),
      },
    ]);
  });

  it('is the launch that the id_token would be', async () => {
    const byToken = await launch({ idToken: idToken() });
    const byClaims = await launch({ platformId: 'north', claims: launchClaims('north') });
    expect(byClaims.body.launchId).toBe(byToken.body.launchId);
    expect((await launch({ claims: launchClaims('north') })).body.launchId).toBe(byToken.body.launchId);
  });

  it('an older one does not roll back a newer one', async () => {
    const link = { [LAUNCH_CLAIMS.resourceLink]: { id: 'link-old' } };
    const fresh = await launch({ idToken: idToken(link) });
    const claims = launchClaims('north', {
      ...link,
      iat: 1_700_000_000,
      [LAUNCH_CLAIMS.grades]: { lineitem: 'https://north.example/lineitems/stale' },
    });
    expect((await launch({ platformId: 'north', claims })).body).toEqual(fresh.body);
  });

  it.each<[string, object, unknown[]]>([
    ['no platform', { claims: minimal }, [422, 'INVALID', '/platformId']],
    [
      'an unknown platform',
      { platformId: 'nowhere', claims: minimal },
      [422, 'UNKNOWN_PLATFORM', '/platformId'],
    ],
    [
      'no place',
      { platformId: 'north', claims: { ...minimal, [LAUNCH_CLAIMS.context]: {} } },
      [422, 'INVALID', '/claims/https:~1~1purl.imsglobal.org~1spec~1lti~1claim~1resource_link'],
    ],
    [
      'no service',
      { platformId: 'north', claims: { ...minimal, [LAUNCH_CLAIMS.grades]: {} } },
      [422, 'INVALID', '/claims/https:~1~1purl.imsglobal.org~1spec~1lti-ags~1claim~1endpoint'],
    ],
    [
      "another platform's",
      { platformId: 'south', claims: launchClaims('north', { aud: ['x'] }) },
      [422, 'INVALID', '/claims/iss', '/claims/aud'],
    ],
    [
      "another platform's, to be found",
      { claims: launchClaims('nowhere') },
      [422, 'UNKNOWN_PLATFORM', '/claims'],
    ],
    [
      'an address elsewhere',
      { platformId: 'south', claims: minimal },
      [
        422,
        'ORIGIN_NOT_ALLOWED',
        '/claims/https:~1~1purl.imsglobal.org~1spec~1lti-ags~1claim~1endpoint/lineitems',
      ],
    ],
    [
      'a review',
      {
        platformId: 'north',
        claims: { ...minimal, [LAUNCH_CLAIMS.messageType]: 'LtiSubmissionReviewRequest' },
      },
      [422, 'INVALID', '/claims/https:~1~1purl.imsglobal.org~1spec~1lti~1claim~1message_type'],
    ],
    ['neither', { platformId: 'north' }, [422, 'INVALID', '']],
    ['both', { idToken: 'x', claims: minimal }, [422, 'INVALID']],
  ])('is refused: %s', async (_, body, expected) => {
    expect(pointersOf(await launch(body)).slice(0, expected.length)).toEqual(expected);
  });
});

describe('a key for some platforms', () => {
  it('registers and reads the launches of its own only', async () => {
    const mine = await test.withKey('submit', ['south']);
    const theirs = await launch({ idToken: idToken() });
    expect((await mine('GET', `/v1/launches/${theirs.body.launchId}`)).status).toBe(404);
    expect(pointersOf(await launch({ idToken: idToken() }, mine))).toEqual([
      422,
      'UNKNOWN_PLATFORM',
      '/idToken',
    ]);
    expect((await launch({ platformId: 'north', idToken: idToken() }, mine)).status).toBe(403);
    const own = await launch({ idToken: idToken({}, 'south') }, mine);
    expect((await mine('GET', `/v1/launches/${own.body.launchId}`)).status).toBe(200);
  });
});

describe('a score that names a launch', () => {
  it('is accepted when its platform has it, alone and in a batch', async () => {
    const { body } = await launch({ idToken: idToken() });
    const target = { launchId: body.launchId };
    expect((await test.call('POST', '/v1/scores', scoreBody('north', { target }))).status).toBe(202);
    const scores = [
      scoreBody('north', { target }),
      scoreBody('south', { target }),
      scoreBody('north', { target: { launchId: 'la_north_never' } }),
      scoreBody('north', {
        target: { ...target, resourceId: 'quiz', create: { label: 'Quiz', scoreMaximum: 5 } },
      }),
    ];
    const batch = await test.call('POST', '/v1/scores/batch', { scores });
    const codes = batch.body.results.map((result: { problem?: { code: string } }) => result.problem?.code);
    expect(codes).toEqual([undefined, 'UNKNOWN_LAUNCH', 'UNKNOWN_LAUNCH', undefined]);
  });

  it('of another platform is as unknown as one that never was', async () => {
    const { body } = await launch({ idToken: idToken() });
    const answers = await Promise.all(
      [body.launchId, 'la_south_abcdefghijklmnopqrstuv', 'nonsense'].map((launchId) =>
        test.call('POST', '/v1/scores', scoreBody('south', { target: { launchId } })),
      ),
    );
    for (const answer of answers) {
      expect(pointersOf(answer)).toEqual([422, 'UNKNOWN_LAUNCH', '/target/launchId']);
      expect(answer.body).toEqual(answers[0]!.body);
    }
  });
});
