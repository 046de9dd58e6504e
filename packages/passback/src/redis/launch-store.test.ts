import { expect, test } from 'vitest';
import { type LaunchNews, launchIdOf } from '../launch.ts';
import { useTestRedis } from '../testing/store-fixture.ts';
import { platformKey } from './keys.ts';
import { LaunchStore } from './launch-store.ts';

const fixture = useTestRedis();
const day = 86_400_000;
const newStore = () => new LaunchStore({ redis: fixture.redis, cellRetentionMs: 400 * day });
const id = launchIdOf('a', 'course', 'link');
const key = () => platformKey('a', 'launch', id);

function news(change: Partial<LaunchNews> = {}): LaunchNews {
  return {
    id,
    platformId: 'a',
    contextId: 'course',
    resourceLinkId: 'link',
    lineItemUrl: 'https://a.example/items/1',
    lineItemsUrl: 'https://a.example/items',
    membershipsUrl: 'https://a.example/members',
    scopes: ['score', 'lineitem'],
    title: 'Lab 3',
    updatedAt: 1_000,
    ...change,
  };
}

/** What a launch from course navigation, or by somebody who may see less, tells. */
const little = (updatedAt: number): LaunchNews => ({
  id,
  platformId: 'a',
  contextId: 'course',
  resourceLinkId: 'link',
  updatedAt,
});

test('a launch is read as it was put, with its platform only', async () => {
  const store = newStore();
  expect(await store.get('a', id)).toBeUndefined();
  expect(await store.put(news())).toEqual(news());
  expect(await store.get('a', id)).toEqual(news());
  expect(await store.get('b', id)).toBeUndefined();
  expect(await store.get('a', 'nonsense')).toBeUndefined();
});

test('a later launch refreshes what it tells, and what it does not tell stays', async () => {
  const store = newStore();
  await store.put(news());
  expect(await store.put(little(2_000))).toEqual(news({ updatedAt: 2_000 }));
  const changed = { lineItemUrl: 'https://a.example/items/2', scopes: ['score'], title: 'Lab three' };
  expect(await store.put({ ...little(3_000), ...changed })).toEqual(news({ ...changed, updatedAt: 3_000 }));
  expect(await store.put({ ...little(4_000), scopes: [] })).toMatchObject({ scopes: [] });
});

test('an older launch fills gaps only, whenever it comes in', async () => {
  const store = newStore();
  await store.put({ ...little(2_000), lineItemUrl: 'https://a.example/items/2' });
  expect(await store.put(news())).toEqual(
    news({ lineItemUrl: 'https://a.example/items/2', updatedAt: 2_000 }),
  );
});

test('launches that come in at once lose nothing', async () => {
  const stores = Array.from(
    { length: 4 },
    () => new LaunchStore({ redis: fixture.client(), cellRetentionMs: day }),
  );
  const { lineItemUrl, lineItemsUrl, membershipsUrl, title } = news();
  const told = [{ lineItemUrl }, { lineItemsUrl }, { membershipsUrl }, { title }] as Partial<LaunchNews>[];
  await Promise.all(stores.map((store, i) => store.put({ ...little(1_000), ...told[i] })));
  expect(await newStore().get('a', id)).toMatchObject({ lineItemUrl, lineItemsUrl, membershipsUrl, title });
});

test('it lives for so long after the last launch, and after the last use', async () => {
  const store = newStore();
  await store.put(news());
  expect(await fixture.redis.pttl(key())).toBeGreaterThan(399 * day);
  await fixture.redis.pexpire(key(), 300 * day);
  await store.get('a', id);
  expect(await fixture.redis.pttl(key())).toBeGreaterThan(399 * day);
  await fixture.redis.pexpire(key(), 380 * day);
  await store.get('a', id);
  expect(await fixture.redis.pttl(key())).toBeLessThanOrEqual(380 * day);
  await store.put(little(2_000));
  expect(await fixture.redis.pttl(key())).toBeGreaterThan(399 * day);
});

test('a line item that was found is known from then on, unless a launch knows better', async () => {
  const store = newStore();
  const found = 'https://a.example/items/9';
  await store.learn('a', id, found);
  expect(await store.get('a', id)).toBeUndefined();

  await store.put(little(1_000));
  await store.learn('a', id, found);
  expect(await store.get('a', id)).toMatchObject({ lineItemUrl: found });

  await store.put(news({ updatedAt: 2_000 }));
  await store.learn('a', id, found);
  expect(await store.get('a', id)).toMatchObject({ lineItemUrl: news().lineItemUrl });
  await store.learn('a', id, found, news().lineItemUrl);
  expect(await store.get('a', id)).toMatchObject({ lineItemUrl: found, updatedAt: 2_000 });
});
