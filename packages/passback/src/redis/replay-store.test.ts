import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { globalKey } from './keys.ts';
import { ReplayStore } from './replay-store.ts';

const fixture = useTestRedis();
const newStore = (options = {}) => new ReplayStore({ redis: fixture.client(), ...options });

test('a replay runs to its end', async () => {
  const store = newStore({ now: () => 1234 });
  const { id } = await store.create({ request: { filter: { platformId: 'a' } }, matched: 3 });
  expect(await store.unfinished()).toEqual([id]);
  expect(await store.take(id, 'me')).toBe(true);
  expect(await store.progress(id, 'me', ['s1', 's2'])).toBe(true);
  expect(await store.progress(id, 'me', ['s3'])).toBe(true);
  await store.finish(id);
  expect(await store.get(id)).toEqual({
    id,
    status: 'done',
    matched: 3,
    replayed: 3,
    createdAtMs: 1234,
    request: { filter: { platformId: 'a' } },
  });
  expect(await store.scoreIds(id)).toEqual(['s1', 's2', 's3']);
  expect(await store.unfinished()).toEqual([]);
  expect(await store.cancel(id)).toBe('settled');
});

test('a cancelled replay stops at the next step and stays cancelled', async () => {
  const store = newStore();
  const { id } = await store.create({ request: {}, matched: 9 });
  await store.take(id, 'me');
  expect(await newStore().cancel(id)).toBe('cancelled');
  expect(await store.progress(id, 'me', ['s1'])).toBe(false);
  await store.finish(id);
  expect(await store.get(id)).toMatchObject({ status: 'cancelled', replayed: 1 });
  expect(await store.take(id, 'me')).toBe(false);
});

test('one runs it at a time; after a crash another takes over and the first one stops', async () => {
  const leaseMs = 60_000;
  const store = newStore({ runLeaseMs: leaseMs });
  const { id } = await store.create({ request: {}, matched: 9 });
  const takes = await Promise.all(
    ['a', 'b', 'c'].map((runner) => newStore({ runLeaseMs: leaseMs }).take(id, runner)),
  );
  expect(takes.filter(Boolean)).toHaveLength(1);
  const dead = ['a', 'b', 'c'][takes.indexOf(true)]!;
  expect(await store.take(id, 'd')).toBe(false);
  // As if so much time had passed.
  await fixture.redis.hincrby(globalKey('replay', `{${id}}`), 'runUntil', -leaseMs);
  expect(await store.take(id, 'd')).toBe(true);
  expect(await store.progress(id, dead, ['s1'])).toBe(false);
  expect(await store.scoreIds(id)).toEqual([]);
  expect(await store.progress(id, 'd', ['s1'])).toBe(true);
});

test('an unknown replay', async () => {
  const store = newStore();
  expect(await store.get('rp_x')).toBeUndefined();
  expect(await store.cancel('rp_x')).toBe('notFound');
  expect(await store.take('rp_x', 'me')).toBe(false);
  expect(await store.progress('rp_x', 'me', [])).toBe(false);
});
