import { LAUNCH_CLAIMS, SCOPES } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership#';
const people = [
  {
    user_id: '7',
    roles: [`${MEMBERSHIP}Learner`],
    name: 'Ada Lovelace',
    email: 'ada@school.example',
    lis_person_sourcedid: 's7',
  },
  { user_id: '8', roles: [`${MEMBERSHIP}Instructor`], status: 'Inactive' },
];

let redis: TestRedis;
let test: TestIngest;
let lms: FakePlatform;
let granted: string;
let rosters = 0;
let launchId = '';
let rosterless = '';

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  lms = await startFakePlatform({
    '/token': () => ({
      status: 200,
      body: { access_token: 't', token_type: 'Bearer', expires_in: 3600, scope: granted },
    }),
    '/gone': () => ({ status: 404, body: {} }),
    '/members': (_form, request) => {
      rosters += 1;
      const isSecond = new URL(request.url!, lms.url).searchParams.has('from');
      const headers = { link: `<${lms.url}/members?from=1>; rel="next"` };
      return isSecond
        ? { status: 200, body: { members: people.slice(1) } }
        : { status: 200, body: { members: people.slice(0, 1) }, headers };
    },
  });
});
afterAll(async () => {
  await Promise.all([test, lms].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});

beforeEach(async () => {
  await redis.flush();
  rosters = 0;
  granted = [SCOPES.score, SCOPES.membershipReadonly].join(' ');
  await test.putPlatform('lms', { issuer: lms.url, tokenUrl: `${lms.url}/token` });
  const claims = (link: string, more = {}) => ({
    [LAUNCH_CLAIMS.resourceLink]: { id: link },
    [LAUNCH_CLAIMS.grades]: { lineitems: `${lms.url}/lineitems` },
    ...more,
  });
  const roster = { [LAUNCH_CLAIMS.roster]: { context_memberships_url: `${lms.url}/members` } };
  const launch = async (body: object) => {
    const answer = await test.call('POST', '/v1/launches', { platformId: 'lms', claims: body });
    expect(answer.status).toBe(201);
    return answer.body.launchId as string;
  };
  launchId = await launch(claims('1', roster));
  rosterless = await launch(claims('2'));
});

const members = (query: Record<string, string>, call = test.call) =>
  call('GET', `/v1/members?${new URLSearchParams({ platformId: 'lms', ...query })}`);

describe('GET /v1/members', () => {
  it('lists all pages of a launch’s course, or of an address', async () => {
    const answer = await members({ launchId });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      data: [
        {
          userId: '7',
          status: 'Active',
          roles: [`${MEMBERSHIP}Learner`],
          name: 'Ada Lovelace',
          email: 'ada@school.example',
          sourcedId: 's7',
        },
        { userId: '8', status: 'Inactive', roles: [`${MEMBERSHIP}Instructor`] },
      ],
      membershipsUrl: `${lms.url}/members`,
      readAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect((await members({ membershipsUrl: `${lms.url}/members` })).body).toEqual(answer.body);
    // One reading of two pages serves whoever asks within half a minute.
    expect(rosters).toBe(2);
  });

  it.each([
    ['learner', ['7']],
    [`${MEMBERSHIP}Instructor`, ['8']],
    ['Mentor', []],
  ])('by the role %s', async (role, expected) => {
    const { body } = await members({ launchId, role });
    expect(body.data.map(({ userId }: { userId: string }) => userId)).toEqual(expected);
  });

  it.each<[string, () => Record<string, string>, number, string]>([
    ['neither', () => ({}), 422, 'INVALID'],
    ['both', () => ({ launchId, membershipsUrl: `${lms.url}/members` }), 422, 'INVALID'],
    ['an unknown launch', () => ({ launchId: 'la_lms_0000000000000000000000' }), 422, 'UNKNOWN_LAUNCH'],
    ['a launch without a roster', () => ({ launchId: rosterless }), 422, 'NO_ROSTER'],
    ['a foreign address', () => ({ membershipsUrl: 'https://other.example/m' }), 422, 'ORIGIN_NOT_ALLOWED'],
    ['a course that is gone', () => ({ membershipsUrl: `${lms.url}/gone` }), 422, 'NOT_ON_PLATFORM'],
  ])('refuses %s', async (_, query, status, code) => {
    const answer = await members(query());
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('says that the platform does not let us read names and roles', async () => {
    granted = SCOPES.score;
    await test.putPlatform('closed', { issuer: lms.url, tokenUrl: `${lms.url}/token`, clientId: 'other' });
    const answer = await members({ platformId: 'closed', membershipsUrl: `${lms.url}/members` });
    expect(answer.body).toMatchObject({ status: 502, code: 'PLATFORM_REFUSED', reason: 'SCOPE_NOT_GRANTED' });
    expect(rosters).toBe(0);
  });

  it('is for keys of the role operate and of the platform', async () => {
    expect((await members({ launchId }, await test.withKey('submit'))).status).toBe(403);
    expect((await members({ launchId }, await test.withKey('operate', ['other']))).status).toBe(403);
    expect((await members({ launchId }, await test.withKey('operate', ['lms']))).status).toBe(200);
  });
});

describe('a score by user', () => {
  const score = (change: object) =>
    scoreBody('lms', {
      userId: undefined,
      user: { email: 'ada@school.example' },
      target: { launchId },
      ...change,
    });
  const send = (change: object = {}) => test.call('POST', '/v1/scores', score(change));

  it('is accepted whatever the platform does, and shown with who it is for', async () => {
    const sent = await send();
    expect(sent.status).toBe(202);
    expect(rosters).toBe(0);
    const shown = await test.call('GET', `/v1/scores/${sent.body.id}`);
    expect(shown.body).toMatchObject({ status: 'queued', user: { email: 'ada@school.example' } });
    expect(shown.body).not.toHaveProperty('userId');
  });

  it('names nobody in the store', async () => {
    await send();
    await send({ user: { name: 'Ada Lovelace' } });
    const { redis: store } = test.ingest.context;
    const kept = await Promise.all((await store.keys('*')).map(async (key) => [key, await store.dump(key)]));
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.join(' ')).not.toMatch(/ada@|Lovelace/i);
  });

  it.each<[string, () => object, string, string]>([
    ['a column without a launch', () => ({ target: { lineItemUrl: `${lms.url}/1` } }), 'INVALID', '/user'],
    [
      'a course without a launch',
      () => ({ target: { lineItemsUrl: `${lms.url}/1`, resourceId: 'r' } }),
      'INVALID',
      '/user',
    ],
    ['a launch without a roster', () => ({ target: { launchId: rosterless } }), 'NO_ROSTER', '/user'],
    ['both', () => ({ userId: '7' }), 'INVALID', '/userId'],
    ['neither', () => ({ user: undefined }), 'INVALID', '/userId'],
    ['two selectors', () => ({ user: { email: 'a@b', name: 'x' } }), 'INVALID', '/user'],
    ['no selector', () => ({ user: {} }), 'INVALID', '/user'],
    ['no e-mail address', () => ({ user: { email: 'ada lovelace' } }), 'INVALID', '/user/email'],
  ])('is refused with %s', async (_, change, code, pointer) => {
    const answer = await send(change());
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(answer.body.errors[0].pointer).toMatch(pointer);
    expect(JSON.stringify(answer.body)).not.toMatch(/ada@|lovelace/i);
  });

  it('is one of a batch like any other', async () => {
    const answer = await test.call('POST', '/v1/scores/batch', {
      scores: [
        score({}),
        score({ target: { launchId: rosterless } }),
        scoreBody('lms', { target: { launchId } }),
      ],
    });
    expect(answer.body.results.map(({ status }: { status: number }) => status)).toEqual([202, 422, 202]);
  });
});
