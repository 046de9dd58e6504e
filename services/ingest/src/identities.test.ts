import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';
import { putTestSource } from './testing/test-source.ts';

let redis: TestRedis;
let test: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});
beforeEach(async () => {
  await redis.flush();
  await test.putPlatform('a');
});

const put = (identities: unknown, call = test.call) =>
  call('PUT', '/v1/identities', { platformId: 'a', identities });
const list = async (query: Record<string, string> = {}) =>
  (await test.call('GET', `/v1/identities?${new URLSearchParams({ platformId: 'a', ...query })}`)).body;
const row = (github: string, userId = '42') => ({ identity: { github }, userId });

describe('PUT /v1/identities', () => {
  it('adds rows and replaces those of the same identity', async () => {
    const rows = [row('Ada-L', '7'), { identity: { senderId: 'U1' }, user: { email: 'bob@school.example' } }];
    const answer = await put(rows);
    expect([answer.status, answer.body]).toEqual([200, { platformId: 'a', stored: 2, replayed: 0 }]);
    expect((await put([row('ada-l', '8')])).body.stored).toBe(1);
    const { data } = await list();
    expect(data).toHaveLength(2);
    expect(data).toEqual(
      expect.arrayContaining([
        { identity: { github: 'ada-l' }, userId: '8', updatedAt: expect.stringMatching(/Z$/) },
        { ...rows[1], updatedAt: expect.stringMatching(/Z$/) },
      ]),
    );
  });

  it.each<[string, unknown, string[]]>([
    ['no rows', [], ['/identities']],
    ['what is no list', {}, ['/identities']],
    ['too many rows', Array.from({ length: 1_001 }, (_, i) => row(`s${i}`)), ['/identities']],
    [
      'bad rows, each by itself',
      [row('ada'), row('@bob'), { identity: { email: 'eve' }, userId: '1' }, { identity: { github: 'joe' } }],
      ['/identities/1/identity/github', '/identities/2/identity/email', '/identities/3/userId'],
    ],
    [
      'a row of two identities',
      [{ identity: { github: 'a', email: 'a@b' }, userId: '1' }],
      ['/identities/0/identity'],
    ],
    ['a bad selector', [{ identity: { github: 'a' }, user: { email: 'x' } }], ['/identities/0/user/email']],
    ['one student twice', [row('ada'), row('bob'), row('ADA', '1')], ['/identities/2/identity']],
  ])('refuses %s and stores nothing', async (_, rows, pointers) => {
    const answer = await put(rows);
    expect([answer.status, answer.body.code]).toEqual([422, 'INVALID']);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    expect((await list()).data).toEqual([]);
  });

  it('is for platforms that are registered, and for keys of the role operate and of the platform', async () => {
    const elsewhere = await test.call('PUT', '/v1/identities', { platformId: 'b', identities: [row('ada')] });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'UNKNOWN_PLATFORM']);
    expect((await put([row('ada')], await test.withKey('submit'))).status).toBe(403);
    expect((await put([row('ada')], await test.withKey('operate', ['b']))).status).toBe(403);
    expect((await put([row('ada')], await test.withKey('operate', ['a']))).status).toBe(200);
  });

  it('delivers what waited for it, in the source that it concerns and others of the platform', async () => {
    const target = { lineItemUrl: 'https://a.example/lineitems/1' };
    const score = { identity: { github: 'ada' }, scoreGiven: 1, scoreMaximum: 2 };
    const [one, two] = await Promise.all(
      ['one', 'two'].map((id) => putTestSource(test, id, 'a', { target })),
    );
    const waiting = [await one!.deliver(score), await two!.deliver(score), await one!.deliver(score)];
    expect(waiting.map(({ status }) => status)).toEqual(Array(3).fill('unmatched'));
    expect((await put([row('Ada', '7')])).body).toMatchObject({ stored: 1, replayed: 3 });
    await expect
      .poll(async () => (await test.call('GET', '/v1/scores?platformId=a')).body.data.length)
      .toBe(3);
    const { data } = (await test.call('GET', '/v1/scores?platformId=a&userId=7')).body;
    expect(data).toHaveLength(3);
    expect((await put([row('ada', '7')])).body.replayed).toBe(0);
  });
});

describe('GET /v1/identities', () => {
  it('pages through all rows', async () => {
    const logins = Array.from({ length: 7 }, (_, i) => `student-${i}`);
    await put(logins.map((login) => row(login)));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '3', ...(cursor && { cursor }) });
      seen.push(...page.data.map(({ identity }: { identity: { github: string } }) => identity.github));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.sort()).toEqual(logins);
  });

  it('is for keys of the platform', async () => {
    const other = await test.withKey('operate', ['b']);
    expect((await other('GET', '/v1/identities?platformId=a')).status).toBe(403);
    expect((await test.call('GET', '/v1/identities')).status).toBe(422);
  });
});

describe('DELETE /v1/identities', () => {
  const remove = (query: Record<string, string>, call = test.call) =>
    call('DELETE', `/v1/identities?${new URLSearchParams({ platformId: 'a', ...query })}`);

  it.each<[Record<string, string>, object]>([
    [{ github: 'ADA' }, { github: 'ada' }],
    [{ email: 'Ada@school.example' }, { email: 'ada@School.example' }],
    [{ sourcedId: ' S-1 ' }, { sourcedId: 'S-1' }],
    [{ name: 'ada  lee' }, { name: 'Ada Lee' }],
    [{ senderId: 'U1' }, { senderId: 'U1' }],
  ])('forgets a row by %j', async (query, identity) => {
    await put([{ identity, userId: '7' }]);
    expect((await remove(query)).status).toBe(204);
    expect((await remove(query)).status).toBe(404);
    expect((await list()).data).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['none', {}, '?github'],
    ['two', { github: 'ada', email: 'ada@school.example' }, '?github'],
    ['what can be none', { email: 'ada' }, '?email'],
    ['another kind', { login: 'ada' }, '?login'],
  ])('names one identity: %s', async (_, query, pointer) => {
    const answer = await remove(query);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  it('is for keys of the platform', async () => {
    await put([row('ada')]);
    expect((await remove({ github: 'ada' }, await test.withKey('operate', ['b']))).status).toBe(403);
  });
});

it('a platform takes its identities with it', async () => {
  await put([row('ada')]);
  expect((await test.call('DELETE', '/v1/platforms/a')).status).toBe(204);
  await test.putPlatform('a');
  expect((await list()).data).toEqual([]);
});
