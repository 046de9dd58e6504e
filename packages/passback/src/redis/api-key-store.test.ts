import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { ApiKeyStore } from './api-key-store.ts';

const fixture = useTestRedis();
const newStore = (options = {}) => new ApiKeyStore({ redis: fixture.redis, ...options });

test('a key is known by its text, which is nowhere stored', async () => {
  const store = newStore();
  const { id, key } = await store.create({ name: 'grader', role: 'submit', platformIds: ['a'] });
  expect(key).toMatch(/^gw_[0-9a-f]{16}_[\w-]{43}$/);
  expect(await store.verify(key)).toMatchObject({ id, name: 'grader', role: 'submit', platformIds: ['a'] });
  const stored = JSON.stringify(await fixture.redis.hgetall('gw:api-keys'));
  expect(stored).not.toContain(key.slice(20));
  expect(JSON.stringify(await store.list())).not.toContain('hash');
});

test('anything else is nobody', async () => {
  const store = newStore();
  const { key } = await store.create({ name: 'grader', role: 'admin' });
  const last = key.at(-1) === 'A' ? 'E' : 'A';
  const others = ['', 'gw_', 'x'.repeat(500), key.slice(0, -1), `${key}A`, `${key.slice(0, -1)}${last}`];
  for (const other of [...others, `gw_${'0'.repeat(16)}_${key.slice(20)}`]) {
    expect(await store.verify(other)).toBeUndefined();
  }
});

test('keys are listed oldest first and can be deleted', async () => {
  let now = 1000;
  const store = newStore({ now: () => now++ });
  const first = await store.create({ name: 'first', role: 'submit' });
  const second = await store.create({ name: 'second', role: 'operate' });
  expect((await store.list()).map(({ name }) => name)).toEqual(['first', 'second']);
  expect(await store.verify(first.key)).toBeDefined();
  expect(await store.delete(first.id)).toBe('deleted');
  expect(await store.verify(first.key)).toBeUndefined();
  expect(await store.delete(first.id)).toBe('notFound');
  expect((await store.list()).map(({ id }) => id)).toEqual([second.id]);
});

test('a key deleted by another process is good for the life of the cache', async () => {
  let now = 0;
  const store = newStore({ now: () => now, cacheLifeMs: 5000 });
  const { id, key } = await store.create({ name: 'grader', role: 'submit' });
  expect(await store.verify(key)).toBeDefined();
  await newStore().delete(id);
  expect(await store.verify(key)).toBeDefined();
  now = 5000;
  expect(await store.verify(key)).toBeUndefined();
});
