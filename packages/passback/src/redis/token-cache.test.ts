import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type PlatformResponse, SCOPES } from '@gradewire/ags';
import { beforeEach, describe, expect, test } from 'vitest';
import { platformFor, useTestRedis } from '../testing/store-fixture.ts';
import { SecretBox } from './secret-box.ts';
import { type FetchedToken, TokenCache, type TokenCacheOptions, type TokenResult } from './token-cache.ts';

const fixture = useTestRedis();
const box = new SecretBox(randomBytes(32));
const platform = platformFor('a');
const { score, lineItem, lineItemReadonly, resultReadonly } = SCOPES;
const scopes = [score];
const all = [lineItem, lineItemReadonly, resultReadonly, score];

let fetches = 0;
let expiresInSeconds: number;
let takesMs: number;
beforeEach(() => {
  fetches = 0;
  expiresInSeconds = 3600;
  takesMs = 20;
});

const fetchToken = async (_: unknown, asked: readonly string[]): Promise<FetchedToken> => {
  const accessToken = `token-${++fetches}`;
  await delay(takesMs);
  return { ok: true, token: { accessToken, expiresInSeconds, scopes: [...asked] } };
};
const refusal: PlatformResponse = {
  kind: 'response',
  stage: 'token',
  status: 400,
  reasonPhrase: '',
  headers: {},
  body: '{"error":"invalid_client"}',
  truncated: false,
  durationMs: 1,
};
const newCache = (options: Partial<TokenCacheOptions> = {}) =>
  new TokenCache({ redis: fixture.client(), box, fetchToken, ...options });
const tokenOf = (result: TokenResult) => {
  if (!result.ok) throw new Error('no token');
  return result.token;
};

describe('one fetch', () => {
  test('for all processes that ask at once, and for those that ask later', async () => {
    const caches = [newCache(), newCache(), newCache()];
    const asked = caches.flatMap((cache) => Array.from({ length: 20 }, () => cache.get(platform, scopes)));
    const tokens = (await Promise.all(asked)).map(tokenOf);
    expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['token-1']));
    for (const needed of [[lineItem, lineItemReadonly], [resultReadonly], [score]]) {
      expect(tokenOf(await newCache().get(platform, needed)).accessToken).toBe('token-1');
    }
    expect(fetches).toBe(1);
    expect(tokens[0]!.expiresAtMs).toBeGreaterThan(Date.now() + 3_590_000);
    expect(tokens[0]!.scopes).toEqual(all);
  });

  test('per platform and registration', async () => {
    const cache = newCache();
    await cache.get(platform, scopes);
    await cache.get(platformFor('b'), scopes);
    await cache.get(platformFor('a', { clientId: 'changed' }), scopes);
    expect(fetches).toBe(3);
  });

  test('when the one who fetched died, another does after the life of the lock', async () => {
    const hangs = newCache({ lockMs: 100, fetchToken: () => new Promise(() => {}) });
    const dead = hangs.get(platform, scopes);
    dead.catch(() => {});
    await delay(20);
    const start = performance.now();
    expect(tokenOf(await newCache({ lockMs: 100 }).get(platform, scopes)).accessToken).toBe('token-1');
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('one who wakes up after its lock was taken over takes the token that is there', async () => {
    const slow = newCache({
      lockMs: 40,
      fetchToken: async () => {
        await delay(150);
        return { ok: true, token: { accessToken: 'late', expiresInSeconds, scopes } };
      },
    });
    const late = slow.get(platform, scopes);
    await delay(60);
    expect(tokenOf(await newCache().get(platform, scopes)).accessToken).toBe('token-1');
    expect(tokenOf(await late).accessToken).toBe('token-1');
  });
});

describe('renewal', () => {
  test('one process renews early, the others go on with the old token meanwhile', async () => {
    // Renewed after 1.6 s of 2 s.
    expiresInSeconds = 2;
    const caches = [newCache(), newCache(), newCache()];
    await Promise.all(caches.map((cache) => cache.get(platform, scopes)));
    await delay(1650);
    takesMs = 100;
    const [first, ...others] = await Promise.all(
      caches.map(async (cache) => {
        const start = performance.now();
        const { accessToken } = tokenOf(await cache.get(platform, scopes));
        return { accessToken, ms: performance.now() - start };
      }),
    ).then((results) => results.sort((a, b) => b.ms - a.ms));
    expect(first!.accessToken).toBe('token-2');
    for (const other of others) {
      expect(other.accessToken).toBe('token-1');
      expect(other.ms).toBeLessThan(80);
    }
    expect(fetches).toBe(2);
  });

  test('a renewal that fails costs nothing while the old token is good', async () => {
    expiresInSeconds = 1;
    let refuses = false;
    const cache = newCache({
      fetchToken: async (asking, wanted) =>
        refuses ? { ok: false, answer: refusal } : fetchToken(asking, wanted),
    });
    await cache.get(platform, scopes);
    refuses = true;
    await delay(830);
    expect(tokenOf(await cache.get(platform, scopes)).accessToken).toBe('token-1');
    await delay(150);
    expect(await cache.get(platform, scopes)).toMatchObject({ ok: false });
  });
});

describe('drop', () => {
  test('racing 401s on one token fetch one new token', async () => {
    const caches = [newCache(), newCache(), newCache()];
    const workers = Array.from({ length: 30 }, (_, i) => caches[i % caches.length]!);
    const first = await Promise.all(workers.map((cache) => cache.get(platform, scopes)));
    const results = await Promise.all(
      workers.map(async (cache, i) => {
        await delay(i * 3);
        await cache.drop(platform, scopes, tokenOf(first[i]!).id);
        return tokenOf(await cache.get(platform, scopes)).accessToken;
      }),
    );
    expect(new Set(results)).toEqual(new Set(['token-2']));
    expect(fetches).toBe(2);
  });

  test('never hands out a token that was dropped while it was on its way', async () => {
    const cache = newCache();
    const { id } = tokenOf(await cache.get(platform, scopes));
    const again = newCache();
    const pending = again.get(platform, scopes);
    const dropped = again.drop(platform, scopes, id);
    expect(tokenOf(await pending).accessToken).toBe('token-2');
    await dropped;
    expect(tokenOf(await again.get(platform, scopes)).accessToken).toBe('token-2');
  });
});

describe('the budget', () => {
  test('at most 5 fetches a minute for a platform, whatever it answers to them', async () => {
    const caches = [newCache(), newCache()];
    const drops: boolean[] = [];
    for (let i = 0; i < 8; i++) {
      const cache = caches[i % 2]!;
      const result = await cache.get(platform, scopes);
      if (result.ok) drops.push(await cache.drop(platform, scopes, result.token.id));
    }
    expect(fetches).toBe(5);
    // The fifth stays, since no other could take its place.
    expect(drops).toEqual([true, true, true, true, false, false, false, false]);
    expect(await caches[1]!.get(platform, scopes)).toMatchObject({ ok: true });
    expect(await caches[0]!.get(platformFor('b'), scopes)).toMatchObject({ ok: true });
  });
});

describe('a refusal', () => {
  test('is shared with those who waited, and asked anew a moment later', async () => {
    let refusals = 0;
    const options: Partial<TokenCacheOptions> = {
      failureLifeMs: 150,
      fetchToken: async () => {
        refusals++;
        await delay(30);
        return { ok: false, answer: { ...refusal, body: 'x'.repeat(10_000) } };
      },
    };
    const caches = [newCache(options), newCache(options), newCache(options)];
    const results = await Promise.all(caches.map((cache) => cache.get(platform, scopes)));
    expect(refusals).toBe(1);
    for (const result of results) {
      expect(result).toMatchObject({ ok: false, answer: { kind: 'response', status: 400 } });
    }
    await delay(200);
    expect(await newCache().get(platform, scopes)).toMatchObject({ ok: true });
  });

  test('a fetch that throws lets the lock go', async () => {
    const broken = newCache({ fetchToken: () => Promise.reject(new Error('no signing key')) });
    await expect(broken.get(platform, scopes)).rejects.toThrow('no signing key');
    expect(await newCache().get(platform, scopes)).toMatchObject({ ok: true });
  });
});

describe('an endpoint that refuses all for one scope', () => {
  const asked: string[][] = [];
  let permitted: string[];
  beforeEach(() => {
    asked.length = 0;
    permitted = [score, resultReadonly];
  });
  const strict = (options: Partial<TokenCacheOptions> = {}) =>
    newCache({
      fetchToken: async (_, wanted) => {
        asked.push([...wanted]);
        if (wanted.every((scope) => permitted.includes(scope))) return fetchToken(_, wanted);
        return { ok: false, answer: { ...refusal, body: '{"error":"invalid_scope"}' } };
      },
      ...options,
    });
  const grantedTo = async (cache: TokenCache, needed: string[]) =>
    tokenOf(await cache.get(platform, needed)).scopes;

  test('is asked for less once, and all processes know', async () => {
    const caches = [strict(), strict()];
    await Promise.all(caches.flatMap((cache) => [1, 2, 3].map(() => cache.get(platform, scopes))));
    expect(await grantedTo(strict(), scopes)).toEqual([score]);
    expect(asked).toEqual([all, [score]]);
  });

  test('is asked for what is needed beside scores, and then for scores alone', async () => {
    expect(await grantedTo(strict(), [resultReadonly])).toEqual([resultReadonly, score]);
    expect(await grantedTo(strict(), [lineItem, lineItemReadonly])).toEqual([score]);
    expect(await grantedTo(strict(), [lineItem, lineItemReadonly])).toEqual([score]);
    const narrowed = [[resultReadonly, score], [lineItem, lineItemReadonly, score], [score]];
    expect(asked).toEqual([all, ...narrowed]);
  });

  test('is asked for all again when that was long enough ago', async () => {
    let now = Date.now();
    const cache = strict({ now: () => now });
    await cache.get(platform, scopes);
    permitted = all;
    const keys = await fixture.redis.keys('gw:{a}:token-refused:*');
    expect(keys).toHaveLength(1);
    expect(await fixture.redis.pttl(keys[0]!)).toBeGreaterThan(59 * 60_000);
    await fixture.redis.del(keys);
    now += 61 * 60_000;
    expect(await grantedTo(cache, scopes)).toEqual(all);
  });

  test('and grants no scope at all is refused as it says, and asked anew', async () => {
    permitted = [];
    const cache = strict({ failureLifeMs: 50 });
    expect(await cache.get(platform, scopes)).toMatchObject({ ok: false, answer: { status: 400 } });
    permitted = [score];
    await delay(80);
    expect(await grantedTo(cache, scopes)).toEqual([score]);
  });

  test('has a dropped token replaced', async () => {
    const cache = strict();
    const { id } = tokenOf(await cache.get(platform, scopes));
    await cache.drop(platform, scopes, id);
    expect(tokenOf(await strict().get(platform, scopes)).accessToken).toBe('token-2');
  });
});

test('nothing in Redis tells the token', async () => {
  await newCache().get(platform, scopes);
  for (const key of await fixture.redis.keys('*')) {
    const type = await fixture.redis.type(key);
    const value = type === 'hash' ? await fixture.redis.hgetall(key) : await fixture.redis.dump(key);
    expect(JSON.stringify(value)).not.toContain('token-1');
  }
});
