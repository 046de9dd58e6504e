import { beforeAll, describe, expect, it } from 'vitest';
import type { PlatformAnswer, PlatformRequest, SendRequest } from '../messages.ts';
import { response } from '../testing/answers.ts';
import { localClient } from '../testing/local-client.ts';
import { answer, httpServer } from '../testing/local-server.ts';
import { type LaunchKey, launchKey } from '../testing/signed-launch.ts';
import { PlatformKeys } from './platform-keys.ts';

const url = 'https://lms.example/jwks';
const second = 1_000;
const minute = 60 * second;
let first: LaunchKey;
let next: LaunchKey;

beforeAll(async () => {
  [first, next] = await Promise.all([launchKey('RS256', 'first'), launchKey('RS256', 'next')]);
});

/** Keys read from what `published` answers, with a clock to be moved. */
function keysOf(published: () => PlatformAnswer) {
  const requests: PlatformRequest[] = [];
  const time = { now: 1_000_000 };
  const send: SendRequest = async (request) => {
    requests.push(request);
    await Promise.resolve();
    return published();
  };
  const keys = new PlatformKeys({ send, now: () => time.now });
  const find = (kid: string | undefined) =>
    keys.find(url, { alg: 'RS256', ...(kid !== undefined && { kid }) });
  return { find, requests, time, keys };
}

const set = (...keys: LaunchKey[]) => ({ keys: keys.map(({ jwk }) => jwk) });
const cached = (seconds: number) => ({ headers: { 'cache-control': `public, max-age=${seconds}` } });
const unknownKey = { ok: false, problem: { code: 'UNKNOWN_KEY', detail: expect.stringMatching(/kid/) } };
const unreadable = { ok: false, problem: { code: 'KEYS_UNREADABLE', detail: expect.any(String) } };
const noAnswer: PlatformAnswer = {
  kind: 'noResponse',
  stage: 'keys',
  code: 'CONNECT_REFUSED',
  maybeSeen: false,
  detail: 'the connection was refused',
  durationMs: 1,
};

describe('PlatformKeys', () => {
  it('reads once for all who ask at once, and again when the keys have run out', async () => {
    const { find, requests, time } = keysOf(() => response(200, set(first), cached(300)));
    const found = await Promise.all(Array.from({ length: 20 }, () => find('first')));
    expect(found.every(({ ok }) => ok)).toBe(true);
    expect(requests).toEqual([
      { stage: 'keys', method: 'GET', url, headers: { accept: 'application/json' } },
    ]);
    time.now += 299 * second;
    await find('first');
    expect(requests).toHaveLength(1);
    time.now += 2 * second;
    await find('first');
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['nothing said', {}, 10 * minute],
    ['no time at all', { 'cache-control': 'no-store, max-age=0' }, minute],
    ['a year', { 'cache-control': 'max-age=31536000' }, 24 * 60 * minute],
    ['words', { 'cache-control': 'max-age=soon' }, 10 * minute],
  ])('with %s they are kept within bounds', async (_, headers, lifeMs) => {
    const { find, requests, time } = keysOf(() => response(200, set(first), { headers }));
    await find('first');
    time.now += lifeMs - 1;
    await find('first');
    expect(requests).toHaveLength(1);
    time.now += 1;
    await find('first');
    expect(requests).toHaveLength(2);
  });

  it('a key that came since is found by one more reading', async () => {
    let published = set(first);
    const { find, requests, time } = keysOf(() => response(200, published, cached(3600)));
    await find('first');
    published = set(first, next);
    time.now += 30 * second;
    expect(await find('next')).toMatchObject({ ok: true });
    expect(requests).toHaveLength(2);
  });

  it('junk cannot have the platform asked more than every half minute', async () => {
    const { find, requests, time } = keysOf(() => response(200, set(first), cached(3600)));
    for (let i = 0; i < 600; i += 1) {
      expect(await find(`junk-${i}`)).toEqual(unknownKey);
      time.now += second;
    }
    expect(requests.length).toBeLessThanOrEqual(21);
    expect(await find('first')).toMatchObject({ ok: true });
  });

  it('junk at once is one reading', async () => {
    const { find, requests, time } = keysOf(() => response(200, set(first), cached(3600)));
    await find('first');
    time.now += minute;
    await Promise.all(Array.from({ length: 50 }, (_, i) => find(`junk-${i}`)));
    expect(requests).toHaveLength(2);
  });

  it('a token without a kid is taken where there is one key only', async () => {
    expect(await keysOf(() => response(200, set(first))).find(undefined)).toMatchObject({ ok: true });
    expect(await keysOf(() => response(200, set(first, next))).find(undefined)).toEqual(unknownKey);
  });

  it.each<[string, PlatformAnswer]>([
    ['no answer', noAnswer],
    ['an error', response(500, 'oops')],
    ['a redirect', response(302, '', { headers: { location: 'https://evil.example' } })],
    ['a page', response(200, '<html>login</html>')],
    ['no keys', response(200, {})],
    ['more than the limit', response(200, '{"keys":[', { truncated: true })],
  ])('%s is told, and not asked for again at once', async (_, failure) => {
    let published: PlatformAnswer = failure;
    const { find, requests, time } = keysOf(() => published);
    expect(await find('first')).toEqual(unreadable);
    expect(await find('first')).toEqual(unreadable);
    expect(requests).toHaveLength(1);
    published = response(200, set(first));
    time.now += 5 * second;
    expect(await find('first')).toMatchObject({ ok: true });
  });

  it('keys that ran out serve on for an hour while new ones cannot be read', async () => {
    let published: PlatformAnswer = response(200, set(first), cached(60));
    const { find, requests, time } = keysOf(() => published);
    await find('first');
    published = noAnswer;
    time.now += 59 * minute;
    expect(await find('first')).toMatchObject({ ok: true });
    expect(requests).toHaveLength(2);
    time.now += 3 * minute;
    expect(await find('first')).toEqual(unreadable);
  });

  it('keys that are no use are passed over', async () => {
    const odd = { keys: [null, 'x', { kty: 'oct', k: 'c2VjcmV0', kid: 'first' }, first.jwk] };
    expect(await keysOf(() => response(200, odd)).find('first')).toMatchObject({ ok: true });
  });

  it('reads over HTTP, and not where a redirect points', async () => {
    await using client = localClient();
    await using server = await httpServer((request, reply) =>
      request.url === '/jwks'
        ? answer(request, reply, 200, set(first))
        : answer(request, reply, 302, '', { location: '/jwks' }),
    );
    const keys = new PlatformKeys({ send: client.send });
    expect(await keys.find(`${server.url}/jwks`, { alg: 'RS256', kid: 'first' })).toMatchObject({ ok: true });
    expect(await keys.find(`${server.url}/moved`, { alg: 'RS256', kid: 'first' })).toEqual(unreadable);
  });

  it('reads no more than 64 KiB', async () => {
    await using client = localClient();
    const padded = { ...set(first), padding: 'x'.repeat(70_000) };
    await using server = await httpServer((request, reply) => answer(request, reply, 200, padded));
    const keys = new PlatformKeys({ send: client.send });
    expect(await keys.find(server.url, { alg: 'RS256', kid: 'first' })).toEqual(unreadable);
  });
});
