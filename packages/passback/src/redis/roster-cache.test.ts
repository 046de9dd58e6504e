import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Member } from '@gradewire/ags';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import {
  RosterCache,
  type RosterCacheOptions,
  type RosterQuery,
  type RosterReading,
  type RosterResult,
} from './roster-cache.ts';
import { SecretBox } from './secret-box.ts';

const fixture = useTestRedis();
const box = new SecretBox(randomBytes(32));
const place = { platformId: 'a', membershipsUrl: 'https://a.example/members' };
const ada: Member = {
  userId: '1',
  status: 'Active',
  roles: ['Learner'],
  name: 'Ada',
  email: 'ada@school.example',
};
const bob: Member = { userId: '2', status: 'Active', roles: ['Learner'] };

let readings = 0;
let answer: RosterReading;
let shift = 0;
beforeEach(() => {
  readings = 0;
  shift = 0;
  answer = { ok: true, members: [ada, bob], complete: true };
});

const read = async (): Promise<RosterReading> => {
  readings += 1;
  await delay(20);
  return answer;
};
const newCache = (options: Partial<RosterCacheOptions> = {}) =>
  new RosterCache({ redis: fixture.client(), box, clockShiftMs: () => shift, ...options });
const get = (cache: RosterCache, more: Partial<RosterQuery> = {}) => cache.get({ ...place, read, ...more });
const rosterOf = (result: RosterResult) => {
  if (!result.ok) throw new Error(`no roster: ${JSON.stringify(result)}`);
  return result.roster;
};

describe('one reading', () => {
  test('for all students of all processes', async () => {
    const caches = [newCache(), newCache(), newCache()];
    const asked = caches.flatMap((cache) =>
      Array.from({ length: 20 }, () => get(cache, { patienceMs: 30_000 })),
    );
    for (const result of await Promise.all(asked)) {
      expect(rosterOf(result)).toMatchObject({ members: [ada, bob], complete: true });
    }
    expect(readings).toBe(1);
  });

  test('is joined by whoever has no patience too, in its own process', async () => {
    const cache = newCache();
    const [first, second] = await Promise.all([get(cache), get(cache)]);
    expect(rosterOf(second)).toEqual(rosterOf(first));
    let end = (_: RosterReading) => {};
    const reads = vi.fn(() => new Promise<RosterReading>((resolve) => (end = resolve)));
    const one = get(newCache(), { platformId: 'b', read: reads });
    await expect.poll(() => reads).toHaveBeenCalled();
    const other = await get(newCache(), { platformId: 'b' });
    expect(other).toEqual({ ok: false, retryAtMs: expect.any(Number) });
    end(answer);
    expect((await one).ok).toBe(true);
  });

  test('that takes long is not waited for by those who joined it', async () => {
    const cache = newCache();
    let end = (_: RosterReading) => {};
    const first = get(cache, { read: () => new Promise((resolve) => (end = resolve)) });
    const joined = await get(cache);
    expect(joined).toEqual({ ok: false, retryAtMs: expect.any(Number) });
    end(answer);
    expect((await first).ok).toBe(true);
    expect((await get(cache)).ok).toBe(true);
    expect(readings).toBe(0);
  });

  test('is of one course', async () => {
    const cache = newCache();
    await get(cache);
    answer = { ok: true, members: [bob], complete: false };
    const other = await get(cache, { membershipsUrl: 'https://a.example/other' });
    expect(rosterOf(other)).toMatchObject({ members: [bob], complete: false });
    expect(rosterOf(await get(cache)).members).toEqual([ada, bob]);
  });

  test('goes on to another process when the one that reads dies', async () => {
    const silent = newCache({ lockMs: 50 });
    void get(silent, { read: () => new Promise(() => undefined) });
    await expect.poll(async () => (await get(newCache({ lockMs: 50 }))).ok).toBe(true);
    expect(readings).toBe(1);
  });

  test('stops in a process that has lost it', async () => {
    const slow = newCache({ lockMs: 30 });
    const result = get(slow, {
      read: async (stillMine) => {
        await delay(60);
        await get(newCache());
        await stillMine();
        throw new Error('it went on');
      },
    });
    expect((await result).ok).toBe(false);
    expect(readings).toBe(1);
  });
});

describe('a newer reading', () => {
  test('comes with the end of its life', async () => {
    const cache = newCache();
    const { readAtMs } = rosterOf(await get(cache));
    shift += 10 * 60_000 + 1_000;
    expect(rosterOf(await get(cache)).readAtMs).toBeGreaterThan(readAtMs + 10 * 60_000);
    expect(readings).toBe(2);
  });

  test('is granted to whoever needs one, but not at once', async () => {
    const caches = [newCache(), newCache()];
    const { readAtMs } = rosterOf(await get(caches[0]!));
    const early = await get(caches[1]!, { sinceMs: readAtMs + 1 });
    expect(early).toEqual({ ok: false, retryAtMs: expect.any(Number) });
    shift += 31_000;
    const wanted = Array.from({ length: 10 }, (_, i) =>
      get(caches[i % 2]!, { sinceMs: readAtMs + 1, patienceMs: 30_000 }),
    );
    for (const result of await Promise.all(wanted))
      expect(rosterOf(result).readAtMs).toBeGreaterThan(readAtMs);
    expect(readings).toBe(2);
    // For those who need no newer one it is as good.
    await get(caches[0]!, { sinceMs: readAtMs });
    expect(readings).toBe(2);
  });

  test('is the greatest age that the caller bears', async () => {
    const cache = newCache();
    await get(cache);
    shift += 31_000;
    await get(cache);
    expect(readings).toBe(1);
    await get(cache, { maxAgeMs: 30_000 });
    expect(readings).toBe(2);
  });
});

describe('a failure', () => {
  const refused = { kind: 'dead', reason: 'FORBIDDEN', detail: 'no' } as const;

  test('is told to all who ask, once asked', async () => {
    answer = { ok: false, outcome: refused };
    for (let i = 0; i < 5; i += 1) expect(await get(newCache())).toEqual(answer);
    expect(readings).toBe(1);
    shift += 31_000;
    await get(newCache());
    expect(readings).toBe(2);
  });

  test('that came before the wish tells nothing of it', async () => {
    answer = { ok: false, outcome: refused };
    await get(newCache());
    expect(await get(newCache(), { sinceMs: Date.now() + 5_000 })).toMatchObject({
      retryAtMs: expect.any(Number),
    });
    expect(readings).toBe(1);
  });

  test('that passes is soon tried again, and the roster there is stays good', async () => {
    const cache = newCache();
    const { readAtMs } = rosterOf(await get(cache));
    shift += 31_000;
    answer = { ok: false, outcome: { kind: 'throttled', detail: '' } };
    expect(await get(cache, { sinceMs: readAtMs + 1 })).toEqual(answer);
    expect((await get(cache)).ok).toBe(true);
    shift += 1_100;
    answer = { ok: true, members: [], complete: true };
    expect((await get(cache, { sinceMs: readAtMs + 1 })).ok).toBe(true);
  });

  test('to have a token is not remembered', async () => {
    answer = { ok: false, retryAtMs: 5 };
    expect(await get(newCache())).toEqual(answer);
    answer = { ok: true, members: [], complete: true };
    expect((await get(newCache())).ok).toBe(true);
  });
});

describe('at rest', () => {
  test('nobody is named', async () => {
    await get(newCache());
    const kept: string[] = [];
    for (const key of await fixture.redis.keys('*')) {
      const value =
        (await fixture.redis.type(key)) === 'hash'
          ? await fixture.redis.hgetall(key)
          : await fixture.redis.get(key);
      kept.push(key, JSON.stringify(value));
    }
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.join(' ')).not.toMatch(/Lovelace|@|Learner|a\.example/);
  });

  test('a roster sealed with a key that is gone is read anew', async () => {
    await get(newCache());
    const other = newCache({ box: new SecretBox(randomBytes(32)) });
    expect(rosterOf(await get(other)).members).toEqual([ada, bob]);
    expect(readings).toBe(2);
  });

  test('it ends by itself, but for who was in it', async () => {
    const cache = newCache({ lifeMs: 50, leastIntervalMs: 1 });
    await get(cache);
    await expect.poll(() => fixture.redis.keys('gw:{a}:roster:*')).toEqual([]);
    answer = { ok: true, members: [bob], complete: true };
    expect(rosterOf(await get(cache)).members).toEqual([bob]);
    expect(await cache.wasSeen(place, '1')).toBe(true);
    expect(await cache.wasSeen(place, '3')).toBe(false);
    for (const key of await fixture.redis.keys('gw:{a}:roster-seen:*')) {
      expect(await fixture.redis.ttl(key)).toBeGreaterThan(29 * 24 * 3_600);
    }
  });
});
