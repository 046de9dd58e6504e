import type { IncomingMessage } from 'node:http';
import { SCOPES } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { launchIdOf } from '@gradewire/passback';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';

let redis: TestRedis;
let api: TestIngest;
let platform: FakePlatform;
let platformId: string;
let granted: string[];
let asked: string[];
let nth = 0;

type Answer = ReturnType<FakePlatform['paths'][string]>;
const results = [
  { userId: '1', resultScore: 8, resultMaximum: 10, comment: 'c', id: 'x', scoreOf: 'y' },
  { userId: '2' },
];
const item = { label: 'Lab', scoreMaximum: 10, resourceId: 'lab' };

beforeAll(async () => {
  redis = await startTestRedis();
  platform = await startFakePlatform({});
  api = await startTestIngest(redis.url);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await platform[Symbol.asyncDispose]();
  await redis.stop();
});

/** A platform of its own for each test, so that no token and no pause of another is met. */
beforeEach(async () => {
  nth += 1;
  platformId = `p${nth}`;
  granted = Object.values(SCOPES);
  asked = [];
  platform.paths = {
    '/token': () => ({
      status: 200,
      body: { access_token: `t${nth}`, token_type: 'Bearer', expires_in: 3600, scope: granted.join(' ') },
    }),
  };
  on('/1', () => ({ status: 200, body: { ...item, id: url('/1') } }));
  on('/1/results', () => ({ status: 200, body: results }));
  const { url: origin } = platform;
  await api.putPlatform(platformId, { issuer: `${origin}/${nth}`, tokenUrl: `${origin}/token` });
});

const url = (path: string) => `${platform.url}${path}`;
const query = (members: Record<string, string>) => new URLSearchParams({ platformId, ...members }).toString();
const readResults = (call = api.call, lineItemUrl = url('/1')) =>
  call('GET', `/v1/results?${query({ lineItemUrl })}`);
const remove = (members: Record<string, string> = {}) =>
  api.call('DELETE', `/v1/line-items?${query({ lineItemUrl: url('/1'), ...members })}`);

function on(path: string, answer: (request: IncomingMessage) => Answer): void {
  platform.paths[path] = (_form, request) => {
    asked.push(`${request.method} ${path}`);
    return answer(request);
  };
}

describe('GET /v1/results', () => {
  it('is for operators, and for platforms of theirs', async () => {
    const other = await api.withKey('operate', ['elsewhere']);
    expect((await readResults(await api.withKey('submit', [platformId]))).status).toBe(403);
    expect((await readResults(other)).status).toBe(403);
    expect((await readResults(await api.withKey('operate', [platformId]))).status).toBe(200);
  });

  it('shows what the platform shows, but for its own names', async () => {
    const { body } = await readResults();
    expect(body).toEqual({
      lineItemUrl: url('/1'),
      data: [{ userId: '1', resultScore: 8, resultMaximum: 10, comment: 'c' }, { userId: '2' }],
    });
  });

  it('counts what it asked for, and says nothing of whom', async () => {
    await readResults();
    const text = await (await fetch(api.ingest.metricsUrl)).text();
    expect(text).toMatch(/platform_request_duration_seconds_count\{[^}]*endpoint="result"/);
    expect(text).toContain(`gradewire_token_fetches_total{platform="${platformId}",outcome="granted"} 1`);
    expect(text).not.toContain('/1/results');
  });

  it('finds no columns by a launch that names none', async () => {
    const launchId = launchIdOf(platformId, 'c', 'l');
    const members = { platformId, contextId: 'c', resourceLinkId: 'l', updatedAt: 1 };
    await api.ingest.context.launches.put({ id: launchId, ...members });
    const answer = { status: 422, code: 'NOT_ON_PLATFORM', reason: 'NO_GRADE_SERVICE' };
    expect((await api.call('GET', `/v1/line-items?${query({ launchId })}`)).body).toMatchObject(answer);
    expect((await api.call('GET', `/v1/results?${query({ launchId })}`)).body).toMatchObject(answer);
  });

  it.each([
    [{}, '?lineItemUrl'],
    [{ lineItemUrl: 'https://x.example/1', launchId: 'l' }, '?lineItemUrl'],
    [{ lineItemUrl: 'javascript:alert(1)' }, '?lineItemUrl'],
    [{ lineItemUrl: 'https://x.example/1', limit: '5' }, ''],
  ])('refuses %j', async (members, pointer) => {
    const { status, body } = await api.call('GET', `/v1/results?${query(members)}`);
    expect(status).toBe(422);
    expect(body.errors[0].pointer).toContain(pointer);
  });

  it('sends nothing to an origin that is not the platform’s', async () => {
    const { status, body } = await readResults(api.call, 'https://elsewhere.example/1');
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'ORIGIN_NOT_ALLOWED', errors: [{ pointer: '?lineItemUrl' }] });
    expect(asked).toEqual([]);
  });

  it('takes no URL with a user name, as scores do', async () => {
    const { status, body } = await readResults(api.call, 'https://ada:secret@school.example/1');
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'INVALID', errors: [{ pointer: '?lineItemUrl' }] });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each([
    ['UNKNOWN_PLATFORM', { platformId: 'none', lineItemUrl: 'https://x.example/1' }],
    ['UNKNOWN_LAUNCH', { launchId: 'la_none_0123456789012345678901' }],
  ])('knows no %s', async (code, members) => {
    expect((await api.call('GET', `/v1/results?${query(members)}`)).body).toMatchObject({
      status: 422,
      code,
    });
  });

  it.each<[string, Partial<Answer>, number, string, string]>([
    ['a column that is gone', { status: 404 }, 422, 'NOT_ON_PLATFORM', 'LINE_ITEM_GONE'],
    ['a platform that is down', { status: 503 }, 503, 'PLATFORM_UNAVAILABLE', 'PLATFORM_DOWN'],
    ['a page', { status: 200, body: '<html>' }, 502, 'PLATFORM_REFUSED', 'UNEXPECTED_RESPONSE'],
    [
      'a login',
      { status: 302, headers: { location: '/login' } },
      502,
      'PLATFORM_REFUSED',
      'UNEXPECTED_REDIRECT',
    ],
    ['a token refused again', { status: 401 }, 502, 'PLATFORM_REFUSED', 'UNAUTHORIZED'],
    ['a wall', { status: 429, headers: { 'retry-after': '9' } }, 503, 'PLATFORM_UNAVAILABLE', 'THROTTLED'],
    [
      'another’s page',
      { status: 200, headers: { link: '<https://evil.example/2>; rel="next"' } },
      422,
      'ORIGIN_NOT_ALLOWED',
      'ORIGIN_NOT_ALLOWED',
    ],
  ])('tells of %s', async (_, answer, status, code, reason) => {
    on('/1/results', () => ({ status: 200, body: [], ...answer }));
    const { body, headers } = await readResults();
    expect(body).toMatchObject({ status, code, reason });
    expect(body.hint.length).toBeGreaterThan(40);
    if (reason === 'THROTTLED') expect(headers.get('retry-after')).toBe('9');
  });

  it('follows pages, and says when they lead in a circle', async () => {
    const link = { link: '</1/results>; rel=“next”' };
    on('/1/results', () => ({ status: 200, body: [{ userId: '1' }], headers: latin1(link) }));
    expect((await readResults()).body).toMatchObject({ data: [{ userId: '1' }], truncated: true });
  });

  it('asks for nothing that was not granted', async () => {
    granted = [SCOPES.score];
    expect((await readResults()).body).toMatchObject({ status: 502, reason: 'SCOPE_NOT_GRANTED' });
    expect(asked).toEqual([]);
  });
});

describe('PUT /v1/line-items', () => {
  const change = (body: object) =>
    api.call('PUT', '/v1/line-items', { platformId, lineItemUrl: url('/1'), ...body });

  it('wants a change that the platform can take', async () => {
    expect((await change({})).body.errors[0].detail).toContain('label');
    expect((await change({ resourceId: 'other' })).status).toBe(422);
    await api.putPlatform(platformId, {
      issuer: `${platform.url}/${nth}`,
      tokenUrl: `${platform.url}/token`,
      profile: 'moodle',
    });
    const { body } = await change({ scoreMaximum: 100_000 });
    expect(body.errors).toEqual([
      { pointer: '/scoreMaximum', detail: 'must be below 100000 on this platform' },
    ]);
    expect(asked).toEqual([]);
  });

  it('says who can do it when the tool may not', async () => {
    granted = granted.filter((scope) => scope !== SCOPES.lineItem);
    expect((await change({ label: 'New' })).body).toMatchObject({ status: 502, reason: 'SCOPE_NOT_GRANTED' });
    expect(asked).toEqual([]);
  });
});

describe('DELETE /v1/line-items', () => {
  const gone = () => on('/1', () => ({ status: 404, body: {} }));
  /** The column, which a DELETE deletes and answers as said. */
  const deletes = (answer: Answer) =>
    on('/1', ({ method }) => {
      if (method !== 'DELETE') return { status: 200, body: { ...item, id: url('/1') } };
      gone();
      return answer;
    });

  it('counts what would be lost, and deletes nothing', async () => {
    deletes({ status: 204, body: '' });
    const { body } = await remove();
    expect(body).toMatchObject({
      status: 409,
      code: 'LINE_ITEM_IN_USE',
      detail: 'The column shows 1 grade.',
    });
    expect(asked).toEqual(['GET /1/results']);
  });

  it('deletes one that holds nothing', async () => {
    deletes({ status: 204, body: '' });
    on('/1/results', () => ({ status: 200, body: [{ userId: '2' }] }));
    expect((await remove()).status).toBe(204);
  });

  it('takes what cannot be seen for something to lose', async () => {
    deletes({ status: 204, body: '' });
    granted = granted.filter((scope) => scope !== SCOPES.resultReadonly);
    expect((await remove()).body).toMatchObject({
      status: 409,
      detail: expect.stringContaining('does not let us see'),
    });
    expect((await remove({ force: 'true' })).status).toBe(204);
  });

  it('deletes nothing while the platform cannot tell what is there', async () => {
    deletes({ status: 204, body: '' });
    on('/1/results', () => ({ status: 503, body: '', headers: { 'retry-after': '1' } }));
    expect((await remove()).body).toMatchObject({ status: 503, code: 'PLATFORM_UNAVAILABLE' });
    expect(asked).toEqual(['GET /1/results']);
  });

  it('finds out whether a DELETE was done whose answer was lost', async () => {
    deletes({ status: 502, body: '' });
    expect((await remove({ force: 'true' })).status).toBe(204);
    on('/1', () => ({ status: 502, body: '', headers: { 'retry-after': '1' } }));
    expect((await remove({ force: 'true' })).body).toMatchObject({ status: 503 });
  });

  it('says that one is gone already', async () => {
    gone();
    on('/1/results', () => ({ status: 404, body: {} }));
    expect((await remove()).body).toMatchObject({ status: 422, reason: 'LINE_ITEM_GONE' });
  });

  it('of an assignment is the platform’s own, whatever is tried', async () => {
    on('/1', ({ method }) =>
      method === 'DELETE' ? { status: 405, body: '' } : { status: 200, body: { ...item, id: url('/1') } },
    );
    expect((await remove({ force: 'true' })).body).toMatchObject({ reason: 'CANNOT_CHANGE_LINE_ITEM' });
  });
});

/** As node:http sends headers: bytes as Latin-1 characters. */
function latin1(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
  );
}
