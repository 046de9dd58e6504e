import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { globalKey, platformKey } from './keys.ts';
import { ScoreRecord } from './record.ts';
import { type Acquired, RequestBudget } from './request-budget.ts';
import { newScoreId } from './score-id.ts';
import { SecretBox } from './secret-box.ts';

const fixture = useTestRedis();
const newBudget = () => new RequestBudget({ redis: fixture.client() });
const options = { group: 'g', leaseMs: 10_000 };
const bucket = globalKey('budget', '{g}', 'bucket');

async function waitingMs(budget: RequestBudget, group = 'g'): Promise<number> {
  const asked = await budget.acquire({ ...options, group });
  if (asked.ok) await asked.release({ unused: true });
  return asked.ok ? 0 : asked.retryInMs;
}

/** Asks until granted. */
async function request(budget: RequestBudget): Promise<Acquired & { ok: true }> {
  for (;;) {
    const asked = await budget.acquire(options);
    if (asked.ok) return asked;
    await delay(asked.retryInMs);
  }
}

/** Sends one request that is answered, so many times. */
async function serve(budget: RequestBudget, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await (await request(budget)).release();
}

async function refuse(budget: RequestBudget, forMs: number): Promise<number | undefined> {
  const { epoch, release } = await request(budget);
  await release();
  return budget.throttled('g', { forMs, epoch, concurrency: 4 });
}

test('a throttled group is left alone for as long as it asks, which only grows, and no other group is', async () => {
  const budget = newBudget();
  await budget.throttled('g', { forMs: 60_000, epoch: 0, concurrency: 4 });
  await newBudget().throttled('g', { forMs: 20, epoch: 0, concurrency: 4 });
  expect(await waitingMs(newBudget())).toBeGreaterThan(30_000);
  expect(await waitingMs(budget, 'other')).toBe(0);
});

test('after the pause it goes on at a pace, all processes together', async () => {
  const budgets = [newBudget(), newBudget()];
  expect(await budgets[0]!.throttled('g', { forMs: 50, epoch: 0, concurrency: 1 })).toBe(1);
  await request(budgets[0]!);
  const waits = await Promise.all(budgets.map((budget) => waitingMs(budget)));
  for (const wait of waits) expect(wait).toBeGreaterThan(0);
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(1_000);
});

test('many refused together count as one, the pace of later ones is learnt from what was served between', async () => {
  const budget = newBudget();
  const together = await Promise.all([1, 2, 3].map(() => request(budget)));
  const outerFrom = performance.now();
  const first = { forMs: 20, epoch: 0, concurrency: 40 };
  const rates = [];
  for (const { epoch, release } of together) {
    await release();
    rates.push(await budget.throttled('g', { ...first, epoch }));
  }
  expect(rates).toEqual([40, undefined, undefined]);

  const innerFrom = performance.now();
  await serve(budget, 10);
  const innerMs = performance.now() - innerFrom;
  const rate = (await refuse(budget, 20)) ?? 0;
  const outerMs = performance.now() - outerFrom;
  // What Redis saw lies between what was seen here; the pace that was too much counts for a third.
  expect(rate).toBeGreaterThan((10 / outerMs) * 1_000 * 0.7);
  expect(rate).toBeLessThan((10 / innerMs) * 1_000 * 2.2);
});

test('a refusal with nothing served since the last one prolongs the pause and leaves the pace', async () => {
  const budget = newBudget();
  expect(await refuse(budget, 10)).toBe(4);
  expect(await refuse(budget, 10)).toBeUndefined();
  expect(await refuse(budget, 60_000)).toBeUndefined();
  expect(await budget.pace('g')).toBe(4);
  expect(await waitingMs(budget)).toBeGreaterThan(30_000);
});

test('what was granted and not sent was not served', async () => {
  const budget = newBudget();
  await refuse(budget, 10);
  await (await request(budget)).release({ unused: true });
  expect(await refuse(budget, 10)).toBeUndefined();
});

test('the pace grows while nothing is refused, not during a pause', async () => {
  const budget = newBudget();
  await refuse(budget, 10);
  await delay(60);
  const pace = (await budget.pace('g')) ?? 0;
  expect(pace).toBeGreaterThan(4);
  await budget.throttled('g', { forMs: 60_000, epoch: 0, concurrency: 4 });
  expect(await budget.pace('g')).toBe(4);
});

test('a pace never goes beyond the rate that is configured', async () => {
  const budget = newBudget();
  await budget.throttled('g', { forMs: 1, epoch: 0, concurrency: 4_000 });
  await delay(5);
  const rated = { ...options, ratePerSecond: 0.1 };
  expect((await budget.acquire(rated)).ok).toBe(true);
  const second = await budget.acquire(rated);
  expect(second.ok ? 0 : second.retryInMs).toBeGreaterThan(5_000);
});

test('a pace is forgotten some time after the last refusal, and as good as forgotten once nothing reaches it', async () => {
  const budget = newBudget();
  expect(await budget.pace('g')).toBeUndefined();
  await refuse(budget, 10);
  const lifeMs = await fixture.redis.pttl(bucket);
  expect(lifeMs).toBeGreaterThan(500_000);
  expect(lifeMs).toBeLessThan(700_000);
  await fixture.redis.hset(bucket, 'from', 0);
  expect(await budget.pace('g')).toBeUndefined();
  await serve(budget, 20);
});

test('an attempt at a cell of a platform with limits of its own learns that it is paced, without a trip more', async () => {
  const box = new SecretBox(randomBytes(32));
  const record = new ScoreRecord({ redis: fixture.redis, box, retentionMs: 60_000, cellRetentionMs: 60_000 });
  const isPaced = async (platformId: string) => {
    await fixture.redis.set(platformKey(platformId, 'platform'), '{}');
    const score = {
      userId: 'u1',
      target: { lineItemUrl: 'https://lms.example/lineitems/1' },
      scoreGiven: 5,
      scoreMaximum: 10,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    } as const;
    const [accepted] = await record.accept(platformId, [{ id: newScoreId(platformId, Date.now()), score }]);
    const cell = accepted?.ok ? accepted.cell : '';
    const begun = await record.begin({ platformId, cell, wireStepMs: 1 });
    return begun.kind === 'post' && begun.paced;
  };
  await newBudget().throttled('springfield', { forMs: 10, epoch: 0, concurrency: 4 });
  expect(await isPaced('springfield')).toBe(true);
  expect(await isPaced('shelbyville')).toBe(false);
});
