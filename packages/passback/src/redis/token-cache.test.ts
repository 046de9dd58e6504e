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
const expiresInSeconds = 3600;
let shiftMs: number;
beforeEach(() => {
  fetches = 0;
  shiftMs = 0;
});

const fetchToken = async (_: unknown, asked: readonly string[]): Promise<FetchedToken> => {
  const accessToken = `token-${++fetches}`;
  await delay(20);
  return { ok: true, token: { accessToken, expiresInSeconds, scopes: [...asked] } };
};
/** Has the tokens that are there come to the time of their renewal, for Redis and for all processes. */
const letAge = async () => {
  for (const key of await tokenKeys()) await fixture.redis.hset(key, 'renewAt', 0);
  shiftMs += expiresInSeconds * 1_000;
};
const tokenKeys = () => fixture.redis.keys('gw:{a}:token:*');
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
  new TokenCache({ redis: fixture.client(), box, fetchToken, now: () => Date.now() + shiftMs, ...options });
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
    const began = Promise.withResolvers<void>();
    const hangs = newCache({
      lockMs: 100,
      fetchToken: () => {
        began.resolve();
        return new Promise(() => {});
      },
    });
    hangs.get(platform, scopes).catch(() => {});
    await began.promise;
    const start = performance.now();
    expect(tokenOf(await newCache().get(platform, scopes)).accessToken).toBe('token-1');
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('one who wakes up after its lock was taken over takes the token that is there', async () => {
    const began = Promise.withResolvers<void>();
    const wakesUp = Promise.withResolvers<void>();
    const slow = newCache({
      lockMs: 40,
      fetchToken: async () => {
        began.resolve();
        await wakesUp.promise;
        return { ok: true, token: { accessToken: 'late', expiresInSeconds, scopes } };
      },
    });
    const late = slow.get(platform, scopes);
    await began.promise;
    expect(tokenOf(await newCache().get(platform, scopes)).accessToken).toBe('token-1');
    wakesUp.resolve();
    expect(tokenOf(await late).accessToken).toBe('token-1');
  });
});

describe('renewal', () => {
  test('one process renews early, the others go on with the old token meanwhile', async () => {
    const renewed = Promise.withResolvers<void>();
    const options: Partial<TokenCacheOptions> = {
      fetchToken: async (asking, wanted) => {
        const token = await fetchToken(asking, wanted);
        if (fetches > 1) await renewed.promise;
        return token;
      },
    };
    const caches = [newCache(options), newCache(options), newCache(options)];
    await Promise.all(caches.map((cache) => cache.get(platform, scopes)));
    await letAge();
    const answers: string[] = [];
    const asked = caches.map(async (cache) => {
      answers.push(tokenOf(await cache.get(platform, scopes)).accessToken);
    });
    await expect.poll(() => answers).toEqual(['token-1', 'token-1']);
    renewed.resolve();
    await Promise.all(asked);
    expect(answers).toEqual(['token-1', 'token-1', 'token-2']);
    expect(fetches).toBe(2);
  });

  test('of a token of an hour is due two minutes before its end', async () => {
    await newCache().get(platform, scopes);
    const [key = ''] = await tokenKeys();
    const inMs = Number(await fixture.redis.hget(key, 'renewAt')) - Date.now();
    expect(inMs).toBeGreaterThan(3_400_000);
    expect(inMs).toBeLessThanOrEqual(3_480_000);
  });

  test('a renewal that fails costs nothing while the old token is good', async () => {
    let refuses = false;
    const cache = newCache({
      fetchToken: async (asking, wanted) =>
        refuses ? { ok: false, answer: refusal } : fetchToken(asking, wanted),
    });
    await cache.get(platform, scopes);
    refuses = true;
    await letAge();
    expect(tokenOf(await cache.get(platform, scopes)).accessToken).toBe('token-1');
    const [key = ''] = await tokenKeys();
    expect(await fixture.redis.pttl(key)).toBeLessThanOrEqual(3_590_000);
    await fixture.redis.del(key);
    shiftMs += expiresInSeconds * 1_000;
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
      failureLifeMs: 30_000,
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
    const [key = ''] = await fixture.redis.keys('gw:{a}:token-failure:*');
    expect(await fixture.redis.pttl(key)).toBeLessThanOrEqual(30_000);
    await fixture.redis.del(key);
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

describe('while the encryption key is changed', () => {
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
  const old = new SecretBox(oldKey);
  const both = new SecretBox(newKey, oldKey);

  test('a token that a process cannot open is as good as none: it fetches one that all can open', async () => {
    const before = tokenOf(await newCache({ box: old }).get(platform, scopes));
    expect(tokenOf(await newCache({ box: both }).get(platform, scopes)).id).toBe(before.id);
    await fixture.redis.flushall();
    await newCache({ box: both }).get(platform, scopes);
    const [one, two] = await Promise.all([1, 2].map(() => newCache({ box: old }).get(platform, scopes)));
    expect(tokenOf(one!).id).toBe(tokenOf(two!).id);
    expect(tokenOf(await newCache({ box: both }).get(platform, scopes)).id).toBe(tokenOf(one!).id);
    expect(fetches).toBe(3);
  });

  test('a refusal that a process cannot open is waited out', async () => {
    const refuse = async (): Promise<FetchedToken> => ({ ok: false, answer: refusal });
    const refused = newCache({ box: both, failureLifeMs: 150, fetchToken: refuse });
    expect((await refused.get(platform, scopes)).ok).toBe(false);
    expect((await newCache({ box: old, failureLifeMs: 150 }).get(platform, scopes)).ok).toBe(true);
  });
});
