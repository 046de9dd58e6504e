import { randomBytes } from 'node:crypto';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from './connection.ts';
import { platformKey } from './keys.ts';
import { ScoreReader } from './score-reader.ts';
import { SecretBox } from './secret-box.ts';

const minute = 60_000;

const box = new SecretBox(randomBytes(32));

let server: TestRedis;
let redis: Redis;
let reader: ScoreReader;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'patient');
  reader = new ScoreReader({ redis, box });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => server.flush());

const list = platformKey('p', 'scores');

/** Entries of the list of scores, the first the oldest; those in `alive` have a record. */
async function addEntries(count: number, ageMs: number, alive: (i: number) => boolean): Promise<void> {
  const pipeline = redis.pipeline();
  for (let i = 0; i < count; i += 1) {
    const id = `${ageMs}-${i}`;
    pipeline.zadd(list, Date.now() - ageMs + i, id);
    if (alive(i)) pipeline.hset(platformKey('p', 'score', id), 'body', '{}');
  }
  await pipeline.exec();
}

const dead = platformKey('p', 'dead');

/** Dead letters of which each died a millisecond after the one before. */
async function bury(numbers: readonly number[], fromMs: number): Promise<void> {
  const pipeline = redis.pipeline();
  for (const i of numbers) {
    const id = `sc_p_${String(i).padStart(4, '0')}`;
    const body = JSON.stringify({ userId: `u${i}`, target: { lineItemUrl: 'https://lms.example/1' } });
    const record = { body, at: fromMs, order: fromMs, status: 'dead', reason: 'REJECTED', cell: `c.u${i}` };
    pipeline.hset(platformKey('p', 'score', id), record).zadd(dead, fromMs + i, id);
  }
  await pipeline.exec();
}

/** Walks all pages, and changes the list after each look at it. */
async function walk(untilMs: number, change: (look: number) => Promise<void>): Promise<string[]> {
  let looks = 0;
  const meddling = new ScoreReader({
    box,
    redis: new Proxy(redis, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          const answer = await member.apply(target, args);
          looks += 1;
          await change(looks);
          return answer;
        };
      },
    }),
  });
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await meddling.deadLetters({
      platformId: 'p',
      untilMs,
      limit: 200,
      ...(cursor && { cursor }),
    });
    found.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

describe('ScoreReader.deadLetters', () => {
  const numbers = Array.from({ length: 600 }, (_, i) => i);

  it('shows no letter that died later than asked for, though they join the list all the time', async () => {
    await bury(numbers, 10_000);
    let next = 5_000;
    const found = await walk(20_000 - 1, async () => {
      await bury([next, next + 1, next + 2], 20_000);
      next += 3;
    });
    expect(found.filter((id) => id >= 'sc_p_5')).toEqual([]);
    expect(new Set(found).size).toBe(600);
    expect(found).toHaveLength(600);
  });

  it('passes none over, though others leave the list all the time', async () => {
    await bury(numbers, 10_000);
    const newest = await redis.zrevrange(dead, 0, -1);
    const removed = new Set<string>();
    const found = await walk(20_000, async () => {
      const id = newest[removed.size]!;
      removed.add(id);
      await redis.zrem(dead, id);
    });
    expect(newest.filter((id) => !removed.has(id) && !found.includes(id))).toEqual([]);
  });
});

describe('ScoreReader.trim', () => {
  it('drops entries whose records are gone and keeps the others', async () => {
    await addEntries(5, 10 * minute, (i) => i === 2);
    await addEntries(3, 0, () => false);
    expect(await reader.trim('p', 0, minute)).toBe(0);
    const left = await redis.zrange(list, '0', '-1');
    expect(left).toEqual([`${10 * minute}-2`, '0-0', '0-1', '0-2']);
  });

  it('comes past more dead letters than it looks at in one go', async () => {
    await addEntries(2_500, 20 * minute, () => true);
    await addEntries(700, 10 * minute, () => false);
    let rank = 0;
    let calls = 0;
    do {
      rank = await reader.trim('p', rank, minute);
      calls += 1;
    } while (rank > 0);
    expect(calls).toBeLessThanOrEqual(4);
    expect(await redis.zcard(list)).toBe(2_500);
  });

  it('empties a long list in one go', async () => {
    await addEntries(5_500, 10 * minute, () => false);
    expect(await reader.trim('p', 0, minute)).toBe(0);
    expect(await redis.exists(list)).toBe(0);
  });
});
