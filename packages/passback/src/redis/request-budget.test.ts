import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { globalKey } from './keys.ts';
import { type Acquired, RequestBudget } from './request-budget.ts';

const fixture = useTestRedis();
const newBudget = () => new RequestBudget({ redis: fixture.client() });
const granted = (results: Acquired[]) => results.filter((result) => result.ok);

test('without limits everything is granted', async () => {
  const budget = newBudget();
  const results = await Promise.all(
    Array.from({ length: 50 }, () => budget.acquire({ group: 'g', leaseMs: 1000 })),
  );
  expect(granted(results)).toHaveLength(50);
});

test('all processes together keep to the concurrency, group by group', async () => {
  const budgets = [newBudget(), newBudget(), newBudget()];
  const ask = (group: string) =>
    Promise.all(
      budgets.flatMap((budget) =>
        Array.from({ length: 5 }, () => budget.acquire({ group, concurrency: 4, leaseMs: 5000 })),
      ),
    );
  const first = granted(await ask('g'));
  expect(first).toHaveLength(4);
  expect(granted(await ask('other'))).toHaveLength(4);
  expect(granted(await ask('g'))).toHaveLength(0);
  const [one] = first;
  if (one?.ok) await one.release();
  expect(granted(await ask('g'))).toHaveLength(1);
});

test('a request that is never released counts no more after its lease', async () => {
  const budget = newBudget();
  const options = { group: 'g', concurrency: 1, leaseMs: 60_000 };
  expect((await budget.acquire(options)).ok).toBe(true);
  const inFlight = globalKey('budget', '{g}', 'in-flight');
  const [member = ''] = await fixture.redis.zrange(inFlight, '0', '-1');
  // As if so much time had passed.
  await fixture.redis.zincrby(inFlight, -40_000_000, member);
  expect((await budget.acquire(options)).ok).toBe(false);
  await fixture.redis.zincrby(inFlight, -20_000_000, member);
  expect((await budget.acquire(options)).ok).toBe(true);
});

test('many that ask all the time are granted the rate and no burst', async () => {
  const budgets = [newBudget(), newBudget()];
  const start = performance.now();
  const times: number[] = [];
  const askFor = async (budget: RequestBudget) => {
    while (times.length < 28) {
      const result = await budget.acquire({ group: 'g', ratePerSecond: 40, leaseMs: 1000 });
      if (result.ok) times.push(performance.now() - start);
      else await delay(result.retryInMs);
    }
  };
  await Promise.all([...budgets, ...budgets, ...budgets].map(askFor));
  const tookMs = times.at(-1)!;
  // 2 more for the tolerance of 50 ms, 1 at the start.
  expect(times.length).toBeLessThanOrEqual((tookMs / 1_000) * 40 + 3);
  // 700 ms where nothing else keeps the processor busy.
  expect(tookMs).toBeLessThan(7_000);
});

test('what was granted and not sent is given back to the rate, without a burst', async () => {
  const budget = newBudget();
  const options = { group: 'g', ratePerSecond: 0.05, leaseMs: 1000 };
  const first = await budget.acquire(options);
  if (!first.ok) throw new Error('the first is granted');
  expect((await budget.acquire(options)).ok).toBe(false);
  await first.release({ unused: true });
  await first.release({ unused: true });
  expect((await budget.acquire(options)).ok).toBe(true);
  expect((await budget.acquire(options)).ok).toBe(false);
});

test('rates below one per second say when to ask again', async () => {
  const budget = newBudget();
  const options = { group: 'g', ratePerSecond: 0.05, leaseMs: 1000 };
  expect((await budget.acquire(options)).ok).toBe(true);
  const second = await budget.acquire(options);
  expect(second.ok ? 0 : second.retryInMs).toBeGreaterThan(10_000);
});

test.each([
  [600, 4],
  [160, 3],
  [70, 1],
  [20, 0],
])('with %d left in the platform bucket %d of 4 go at once', async (remaining, expected) => {
  const budget = newBudget();
  await budget.observe('g', remaining);
  const results = await Promise.all(
    Array.from({ length: 10 }, () => budget.acquire({ group: 'g', concurrency: 4, leaseMs: 1000 })),
  );
  expect(granted(results)).toHaveLength(expected);
});

test('what the platform bucket lacks for one request is waited for, at the pace it refills', async () => {
  const budget = newBudget();
  await budget.observe('g', 20);
  const refused = await budget.acquire({ group: 'g', concurrency: 4, leaseMs: 1000 });
  const retryInMs = refused.ok ? 0 : refused.retryInMs;
  expect(retryInMs).toBeGreaterThan(500);
  expect(retryInMs).toBeLessThanOrEqual(3_000);
  const bucket = globalKey('budget', '{g}', 'bucket');
  await fixture.redis.hincrby(bucket, 'observedAt', -1_000 * retryInMs);
  expect((await budget.acquire({ group: 'g', concurrency: 4, leaseMs: 1000 })).ok).toBe(true);
});

test('of a platform that tells what is left, one request goes ahead until it has told', async () => {
  const options = { group: 'g', concurrency: 4, leaseMs: 5_000, tellsRemaining: true };
  const budgets = [newBudget(), newBudget()];
  const ask = () =>
    Promise.all([...budgets, ...budgets, ...budgets].map((budget) => budget.acquire(options)));
  const [first, ...others] = granted(await ask());
  expect(others).toHaveLength(0);
  if (first?.ok) await first.release({ unused: true });
  const [second] = granted(await ask());
  if (!second?.ok) throw new Error('what was not sent tells nothing, the next goes ahead');
  await budgets[0]!.observe('g', 160);
  await second.release();
  expect(granted(await ask())).toHaveLength(3);
});

test('one that goes ahead and is not answered does not stop the others for long', async () => {
  const options = { group: 'g', concurrency: 4, leaseMs: 5_000, tellsRemaining: true };
  const ask = () => Promise.all([1, 2, 3, 4].map(() => newBudget().acquire(options)));
  expect(granted(await ask())).toHaveLength(1);
  await expect.poll(async () => granted(await ask()).length, { timeout: 30_000 }).toBe(1);
});

test('a platform that tells nothing although it should is not kept to one at a time', async () => {
  const options = { group: 'g', concurrency: 4, leaseMs: 5_000, tellsRemaining: true };
  const budget = newBudget();
  const first = await budget.acquire(options);
  if (first.ok) await first.release();
  expect(granted(await Promise.all([1, 2, 3, 4, 5].map(() => budget.acquire(options))))).toHaveLength(4);
});

test('odd group names do not meet', async () => {
  const budget = newBudget();
  for (const group of ['a', '{a}', 'a:b', 'ünï code', '']) {
    expect((await budget.acquire({ group, concurrency: 1, leaseMs: 1000 })).ok).toBe(true);
  }
});
