import { expect, it } from 'vitest';
import { callbackInput, useCallbackStores } from '../testing/callback-fixture.ts';
import { platformFor } from '../testing/store-fixture.ts';
import { callbackKey } from './callback-keys.ts';
import { alignEventsWanted, isAligned } from './events-wanted.ts';
import { platformKey } from './keys.ts';
import { PlatformStore } from './platform-store.ts';

const stores = useCallbackStores();
const wanted = async (id: string) =>
  (await stores.redis.get(platformKey(id, 'events-wanted')))?.split(' ').slice(1).filter(Boolean).join(' ');
const putPlatform = (id: string) => new PlatformStore({ redis: stores.redis }).put(platformFor(id));

it('each platform knows what is wanted of it as soon as a callback is put, changed or deleted', async () => {
  await putPlatform('a');
  await putPlatform('b');
  expect(await wanted('a')).toBeUndefined();
  const store = stores.store();
  await store.put('one', callbackInput({ events: ['score.dead', 'callback.disabled'], platformIds: ['a'] }));
  await store.put('two', callbackInput({ events: ['lane.held'] }));
  expect([await wanted('a'), await wanted('b')]).toEqual(['score.dead lane.held', 'lane.held']);
  await store.put('one', callbackInput({ events: ['score.dead'], platformIds: ['b'] }));
  expect([await wanted('a'), await wanted('b')]).toEqual(['lane.held', 'score.dead lane.held']);
  await store.delete('two');
  expect([await wanted('a'), await wanted('b')]).toEqual(['', 'score.dead']);
});

it('a platform that is registered later knows it from the beginning', async () => {
  await stores.store().put('one', callbackInput({ events: ['score.superseded'] }));
  await putPlatform('a');
  expect(await wanted('a')).toBe('score.superseded');
  await new PlatformStore({ redis: stores.redis }).delete('a');
  expect(await stores.redis.exists(platformKey('a', 'events-wanted'))).toBe(0);
});

it('callbacks and platforms that are registered at the same time find each other', async () => {
  for (let round = 0; round < 20; round += 1) {
    const id = `p${round}`;
    const events = round % 2 === 0 ? (['score.dead'] as const) : (['lane.held'] as const);
    await Promise.all([
      putPlatform(id),
      stores.store().put('one', callbackInput({ events: [...events] })),
      stores.store().put('two', callbackInput({ events: ['score.superseded'], platformIds: [id] })),
    ]);
    expect((await wanted(id))?.split(' ').toSorted()).toEqual([...events, 'score.superseded'].toSorted());
  }
});

it('who writes late what an earlier registry wanted writes nothing', async () => {
  await putPlatform('a');
  await stores.store().put('one', callbackInput({ events: ['score.dead'] }));
  await stores.redis.set(platformKey('a', 'events-wanted'), '9 lane.held');
  await alignEventsWanted(stores.redis);
  expect(await wanted('a')).toBe('lane.held');
});

it('knows when callbacks or platforms have changed since all were told', async () => {
  expect(await isAligned(stores.redis)).toBe(true);
  await putPlatform('a');
  await stores.store().put('one', callbackInput({ events: ['score.dead'] }));
  expect(await isAligned(stores.redis)).toBe(true);
  await stores.redis.incr(callbackKey('version'));
  expect(await isAligned(stores.redis)).toBe(false);
  await alignEventsWanted(stores.redis);
  expect(await isAligned(stores.redis)).toBe(true);
  await putPlatform('b');
  expect(await isAligned(stores.redis)).toBe(false);
});

it('what nobody wants to be told any more is dropped, and ids of the stream go on growing', async () => {
  await putPlatform('a');
  await stores.store().put('one', callbackInput({ events: ['score.dead'] }));
  const key = platformKey('a', 'events');
  const first = await stores.redis.xadd(key, '*', 'type', 'score.dead');
  await stores.store().delete('one');
  expect(await stores.redis.xlen(key)).toBe(0);
  const info = (await stores.redis.xinfo('STREAM', key)) as string[];
  expect(info[info.indexOf('last-generated-id') + 1]).toBe(first);
});

it('costs nothing where nobody ever registered a callback', async () => {
  await putPlatform('a');
  await alignEventsWanted(stores.redis);
  expect(await stores.redis.keys('*events*')).toEqual([]);
});
