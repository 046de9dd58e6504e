import { describe, expect, it } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { deliveriesOn, receive, settle, waiting } from '../testing/webhooks-fixture.ts';
import { globalKey, platformKey } from './keys.ts';
import type { WebhookDeliveries } from './webhook-deliveries.ts';

const fixture = useTestRedis();
const pending = () => fixture.redis.zrange(globalKey('webhooks-pending'), '0', '-1', 'WITHSCORES');

describe('settle', () => {
  it('ends a delivery with all its scores, and what was sent is forgotten', async () => {
    const store = deliveriesOn(fixture.redis);
    const { id } = await receive(store);
    const [claimed] = await store.due(1);
    expect(await settle(store, claimed!, { accepted: { a: 'sc_1', b: 'sc_2' } })).toBe('settled');
    expect(await store.get(id)).toEqual({
      ...(await store.look(id)),
      status: 'done',
      accepted: { a: 'sc_1', b: 'sc_2' },
      unmatched: 0,
      tries: 1,
    });
    expect(await pending()).toEqual([]);
    expect(await fixture.redis.hkeys(platformKey('moodle', 'webhook', id))).not.toContain('body');
  });

  it('ends one that is no matter of grades', async () => {
    const store = deliveriesOn(fixture.redis);
    const { id } = await receive(store);
    const [claimed] = await store.due(1);
    await settle(store, claimed!, { ignored: 'a ping' });
    expect(await store.look(id)).toMatchObject({ status: 'ignored', ignored: 'a ping' });
    expect(await store.close('moodle', 'ci', { force: false })).toBe('closed');
  });

  it('leaves what is unmatched until it is asked for, or its time comes', async () => {
    const clock = { shiftMs: 0 };
    const store = deliveriesOn(fixture.redis, clock);
    const { id } = await receive(store);
    const [first] = await store.due(1);
    await settle(store, first!, { unmatched: [waiting(0)] });
    clock.shiftMs = 86_400_000;
    expect(await store.due(1)).toEqual([]);

    expect(await store.retry({ platformId: 'moodle' })).toBe(1);
    const [second] = await store.due(1);
    await settle(store, second!, { unmatched: [waiting(0)], retryAtMs: Date.now() + clock.shiftMs + 30_000 });
    expect(await store.due(1)).toEqual([]);
    clock.shiftMs += 29_000;
    expect(await store.due(1)).toEqual([]);
    clock.shiftMs += 2_000;
    expect(await store.due(1)).toMatchObject([{ id }]);
  });

  it('puts what came this time in the place of what came before', async () => {
    const store = deliveriesOn(fixture.redis);
    const { id } = await receive(store);
    const [first] = await store.due(1);
    await settle(store, first!, {
      accepted: { a: 'sc_1' },
      unmatched: [waiting(1), waiting(2), waiting(3)],
      retryAtMs: Date.now(),
    });
    await store.retry({ platformId: 'moodle' });
    const [second] = await store.due(1);
    await settle(store, second!, { accepted: { f2: 'sc_2' }, unmatched: [waiting(3, { detail: 'still' })] });
    const delivery = await store.look(id);
    expect(delivery).toMatchObject({ accepted: { a: 'sc_1', f2: 'sc_2' }, unmatched: 1, tries: 2 });
    expect(delivery).not.toHaveProperty('nextAttemptAtMs');
    const { data } = await store.unmatched({ platformId: 'moodle', sourceId: 'ci', limit: 10 });
    expect(data.map(({ index, detail }) => [index, detail])).toEqual([[3, 'still']]);
  });

  it('takes thousands of parts', async () => {
    const store = deliveriesOn(fixture.redis);
    const { id } = await receive(store);
    const [claimed] = await store.due(1);
    const numbers = Array.from({ length: 5_000 }, (_, i) => i);
    await settle(store, claimed!, {
      accepted: Object.fromEntries(numbers.map((i) => [`a${i}`, `sc_${i}`])),
      unmatched: numbers.map((i) => waiting(i)),
    });
    expect(Object.keys((await store.look(id))!.accepted)).toHaveLength(5_000);
    expect((await store.look(id))!.unmatched).toBe(5_000);
  });

  const interruptions: Record<string, (store: WebhookDeliveries) => Promise<unknown>> = {
    'the version changed': (store) => store.changed('moodle'),
    'a retry of the platform was asked for': (store) => store.retry({ platformId: 'moodle' }),
    'a retry of the source was asked for': (store) => store.retry({ platformId: 'moodle', sourceId: 'ci' }),
  };
  it.each(Object.keys(interruptions))('is done again when %s meanwhile', async (what) => {
    const store = deliveriesOn(fixture.redis);
    const { id } = await receive(store);
    const [first] = await store.due(1);
    await settle(store, first!, { unmatched: [waiting(0)] });
    await store.retry({ platformId: 'moodle' });
    const [claimed] = await store.due(1);
    const version = await store.versionOf('moodle');
    await interruptions[what]!(store);
    const settled = await settle(store, claimed!, {
      version,
      accepted: { f1: 'sc_1' },
      unmatched: [waiting(0)],
    });
    expect(settled).toBe('again');
    // What was accepted stays so.
    expect(await store.look(id)).toMatchObject({ status: 'unmatched', tries: 1, accepted: { f1: 'sc_1' } });
    expect(await store.due(10)).toMatchObject([{ id }]);
  });

  it('is not done again for a change that could not make a difference: nothing is unmatched', async () => {
    const store = deliveriesOn(fixture.redis);
    await receive(store);
    const [claimed] = await store.due(1);
    const version = await store.versionOf('moodle');
    await store.changed('moodle');
    expect(await settle(store, claimed!, { version, accepted: { f1: 'sc_1' } })).toBe('settled');
  });

  it('is for the last who claimed it: one whose claim ran out takes nothing back', async () => {
    const clock = { shiftMs: 0 };
    const store = deliveriesOn(fixture.redis, clock);
    const { id } = await receive(store);
    const [slow] = await store.due(1);
    clock.shiftMs = 61_000;
    const [fast] = await store.due(1);
    expect(await settle(store, fast!, { accepted: { f0: 'sc_1' } })).toBe('settled');
    expect(await settle(store, slow!, { unmatched: [waiting(0)], accepted: { f1: 'sc_2' } })).toBe('again');
    expect(await store.look(id)).toMatchObject({ status: 'done', accepted: { f0: 'sc_1', f1: 'sc_2' } });
    expect(await store.due(10)).toEqual([]);
  });

  it('one whose claim ran out does not end the claim of the next', async () => {
    const clock = { shiftMs: 0 };
    const store = deliveriesOn(fixture.redis, clock);
    await receive(store);
    const [slow] = await store.due(1);
    clock.shiftMs = 61_000;
    const [next] = await store.due(1);
    expect(await settle(store, slow!)).toBe('again');
    expect(await store.due(10)).toEqual([]);
    expect(await settle(store, next!)).toBe('settled');
    expect(await pending()).toEqual([]);
  });
});

describe('retry', () => {
  it('is of the unmatched ones among those named, once each', async () => {
    const store = deliveriesOn(fixture.redis);
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push((await receive(store)).id);
    const { id: foreign } = await receive(store, { sourceId: 'other' });
    const claimed = await store.due(10);
    for (const each of claimed.slice(1)) await settle(store, each, { unmatched: [waiting(0)] });
    await settle(store, claimed[0]!);
    const deliveryIds = [ids[0]!, ids[1]!, ids[1]!, foreign, 'wh_moodle_unknown'];
    expect(await store.retry({ platformId: 'moodle', sourceId: 'ci', deliveryIds })).toBe(1);
    expect(await store.due(10)).toMatchObject([{ id: ids[1] }]);
    expect(await store.retry({ platformId: 'moodle', sourceId: 'ci', deliveryIds: [] })).toBe(0);
    expect(await store.retry({ platformId: 'moodle', sourceId: 'ci' })).toBe(3);
    expect(await store.retry({ platformId: 'moodle' })).toBe(4);
    expect(await store.retry({ platformId: 'canvas' })).toBe(0);
  });
});
