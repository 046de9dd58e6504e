import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
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
  const options = { group: 'g', concurrency: 1, leaseMs: 60 };
  expect((await budget.acquire(options)).ok).toBe(true);
  expect((await budget.acquire(options)).ok).toBe(false);
  await delay(80);
  expect((await budget.acquire(options)).ok).toBe(true);
});

test('many that ask all the time are granted the rate and no burst', async () => {
  const budgets = [newBudget(), newBudget()];
  const start = performance.now();
  const times: number[] = [];
  const askFor = async (budget: RequestBudget) => {
    while (performance.now() - start < 700) {
      const result = await budget.acquire({ group: 'g', ratePerSecond: 40, leaseMs: 1000 });
      if (result.ok) times.push(performance.now() - start);
      else await delay(result.retryInMs);
    }
  };
  await Promise.all([...budgets, ...budgets, ...budgets].map(askFor));
  expect(times.length).toBeGreaterThan(20);
  // 28 in 700 ms, 2 more for the tolerance of 50 ms, 1 at the start.
  expect(times.length).toBeLessThanOrEqual(31);
});

test('what was granted and not sent is given back to the rate, without a burst', async () => {
  const budget = newBudget();
  const options = { group: 'g', ratePerSecond: 1, leaseMs: 1000 };
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
  const options = { group: 'g', ratePerSecond: 0.5, leaseMs: 1000 };
  expect((await budget.acquire(options)).ok).toBe(true);
  const second = await budget.acquire(options);
  expect(second.ok ? 0 : second.retryInMs).toBeGreaterThan(1800);
});

test('a hold stops the group until it ends, and only grows', async () => {
  const budget = newBudget();
  const options = { group: 'g', leaseMs: 1000 };
  await budget.hold('g', Date.now() + 200);
  await newBudget().hold('g', Date.now() + 20);
  const held = await budget.acquire(options);
  expect(held.ok ? 0 : held.retryInMs).toBeGreaterThan(100);
  expect((await budget.acquire({ ...options, group: 'other' })).ok).toBe(true);
  await delay(220);
  expect((await budget.acquire(options)).ok).toBe(true);
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
  await budget.observe('g', 48);
  const refused = await budget.acquire({ group: 'g', concurrency: 4, leaseMs: 1000 });
  const retryInMs = refused.ok ? 0 : refused.retryInMs;
  expect(retryInMs).toBeGreaterThan(150);
  expect(retryInMs).toBeLessThanOrEqual(200);
  await delay(retryInMs + 5);
  expect((await budget.acquire({ group: 'g', concurrency: 4, leaseMs: 1000 })).ok).toBe(true);
});

test('odd group names do not meet', async () => {
  const budget = newBudget();
  for (const group of ['a', '{a}', 'a:b', 'ünï code', '']) {
    expect((await budget.acquire({ group, concurrency: 1, leaseMs: 1000 })).ok).toBe(true);
  }
});
