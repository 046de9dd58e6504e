import { expect, test } from 'vitest';
import { platformFor, useTestRedis } from '../testing/store-fixture.ts';
import { platformKey } from './keys.ts';
import { PlatformStore } from './platform-store.ts';

const fixture = useTestRedis();
const newStore = (options = {}) => new PlatformStore({ redis: fixture.redis, ...options });

test('a platform is created, read, replaced and deleted', async () => {
  const store = newStore();
  expect(await store.get('a')).toBeUndefined();
  expect(await store.put(platformFor('a'))).toBe('created');
  expect(await store.get('a')).toEqual(platformFor('a'));
  const changed = platformFor('a', { name: 'New', createdAt: '2027-01-01T00:00:00.000Z' });
  expect(await store.put(changed)).toBe('replaced');
  expect(await store.get('a')).toEqual({ ...changed, createdAt: platformFor('a').createdAt });
  expect(await store.delete('a')).toBe('deleted');
  expect(await store.get('a')).toBeUndefined();
  expect(await store.list({ limit: 10 })).toEqual({ data: [] });
  expect(await store.delete('a')).toBe('notFound');
});

test.each([
  ['no deployments on either', undefined, undefined, true],
  ['no deployments on the first: any', undefined, ['1'], true],
  ['no deployments on the second: any', ['1'], undefined, true],
  ['one in common', ['1', '2'], ['2', '3'], true],
  ['none in common', ['1', '2'], ['3'], false],
])('same issuer and client, %s', async (_, first, second, conflicts) => {
  const same = { issuer: 'https://lms.example', clientId: 'c' };
  const store = newStore();
  await store.put(platformFor('a', { ...same, ...(first && { deploymentIds: first }) }));
  const result = await store.put(platformFor('b', { ...same, ...(second && { deploymentIds: second }) }));
  expect(result).toEqual(conflicts ? { conflictWith: 'a' } : 'created');
  expect((await store.list({ limit: 10 })).data).toHaveLength(conflicts ? 1 : 2);
});

test('the platform of a launch is found by issuer, client and deployment', async () => {
  const same = { issuer: 'https://lms.example', clientId: 'c' };
  const store = newStore();
  await store.put(platformFor('north', { ...same, deploymentIds: ['1', '2'] }));
  await store.put(platformFor('south', { ...same, deploymentIds: ['3'] }));
  await store.put(platformFor('any', { ...same, clientId: 'other' }));
  const found = async (change: object) => (await store.find({ ...same, ...change }))?.id;
  expect(await found({ deploymentId: '2' })).toBe('north');
  expect(await found({ deploymentId: '3' })).toBe('south');
  expect(await found({ deploymentId: '4' })).toBeUndefined();
  expect(await found({})).toBeUndefined();
  expect(await found({ clientId: 'other', deploymentId: '4' })).toBe('any');
  expect(await found({ clientId: 'other' })).toBe('any');
  expect(await found({ issuer: 'https://elsewhere.example', deploymentId: '1' })).toBeUndefined();
  await store.delete('south');
  expect(await found({ deploymentId: '3' })).toBeUndefined();
  expect(await found({})).toBe('north');
});

test('a registration is free again once its platform is deleted or moved', async () => {
  const same = { issuer: 'https://lms.example', clientId: 'c' };
  const store = newStore();
  await store.put(platformFor('a', same));
  await store.put(platformFor('a', { ...same, clientId: 'other' }));
  expect(await store.put(platformFor('b', same))).toBe('created');
  await store.delete('b');
  expect(await store.put(platformFor('c', same))).toBe('created');
});

test('of many that race for one registration one gets it', async () => {
  const stores = Array.from({ length: 8 }, () => new PlatformStore({ redis: fixture.client() }));
  const same = { issuer: 'https://lms.example', clientId: 'c' };
  const results = await Promise.all(stores.map((store, i) => store.put(platformFor(`p${i}`, same))));
  expect(results.filter((result) => result === 'created')).toHaveLength(1);
  expect((await newStore().list({ limit: 100 })).data).toHaveLength(1);
});

test('a claim left behind by a crash blocks only for a while', async () => {
  const same = { issuer: 'https://lms.example', clientId: 'c' };
  const store = newStore();
  await store.put(platformFor('gone', same));
  await fixture.redis.del(platformKey('gone', 'platform'));
  expect(await store.put(platformFor('b', same))).toEqual({ conflictWith: 'gone' });
  const [claims] = await fixture.redis.keys('gw:registration:*');
  const claim = JSON.parse((await fixture.redis.hget(claims!, 'gone'))!) as { at: number };
  await fixture.redis.hset(claims!, 'gone', JSON.stringify({ ...claim, at: claim.at - 31 }));
  expect(await store.put(platformFor('b', same))).toBe('created');
});

test('no delete while scores are undelivered', async () => {
  const store = newStore();
  await store.put(platformFor('a'));
  await fixture.redis.zadd(platformKey('a', 'undelivered'), 1, 'cell');
  expect(await store.delete('a')).toBe('undelivered');
  expect(await store.get('a')).toBeDefined();
});

test('the list is paged by id', async () => {
  const store = newStore();
  for (const id of ['c', 'a', 'e', 'b', 'd']) await store.put(platformFor(id));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('cached() is a few seconds old at most, and never remembers an absence', async () => {
  let now = 0;
  const store = newStore({ now: () => now, cacheLifeMs: 3000 });
  const elsewhere = newStore();
  expect(await store.cached('a')).toBeUndefined();
  await elsewhere.put(platformFor('a'));
  expect((await store.cached('a'))?.name).toBe('a');
  await elsewhere.put(platformFor('a', { name: 'New' }));
  expect((await store.cached('a'))?.name).toBe('a');
  now = 3000;
  expect((await store.cached('a'))?.name).toBe('New');
  await store.put(platformFor('a', { name: 'Newer' }));
  expect((await store.cached('a'))?.name).toBe('Newer');
});
