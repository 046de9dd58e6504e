import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { deliveriesOn, receive, settle, waiting, webhook } from '../testing/webhooks-fixture.ts';
import { globalKey, platformKey } from './keys.ts';
import { SecretBox } from './secret-box.ts';
import { WebhookDeliveries } from './webhook-deliveries.ts';
import { platformOfDelivery, unmatchedIdOf } from './webhook-id.ts';

const fixture = useTestRedis();
const DAY = 86_400_000;
const deliveries = () => deliveriesOn(fixture.redis);
const pending = () => fixture.redis.zrange(globalKey('webhooks-pending'), '0', '-1');
const seen = () => fixture.redis.keys(platformKey('moodle', 'webhook-seen', '*'));

/** Every text in Redis. */
async function everything(): Promise<string> {
  const keys = await fixture.redis.keys('*');
  const hashes = await Promise.all(
    keys.map(async (key) => ((await fixture.redis.type(key)) === 'hash' ? fixture.redis.hgetall(key) : {})),
  );
  return JSON.stringify([keys, hashes]);
}

describe('receive', () => {
  it('keeps the very bytes, and is pending', async () => {
    const store = deliveries();
    for (const body of [Buffer.from([0xff, 0x00, 0xfe]), Buffer.alloc(0), randomBytes(1024 * 1024)]) {
      const { id, duplicate, receivedAtMs } = await receive(store, { body, event: 'check_run' });
      expect(duplicate).toBe(false);
      expect(platformOfDelivery(id)).toBe('moodle');
      expect(Math.abs(receivedAtMs - Date.now())).toBeLessThan(60_000);
      const kept = (await store.get(id))!;
      expect(kept.body!.equals(body)).toBe(true);
      expect(kept).toMatchObject({
        id,
        sourceId: 'ci',
        receivedAtMs,
        status: 'pending',
        event: 'check_run',
        contentType: 'application/json',
        accepted: {},
        discarded: [],
        unmatched: 0,
        tries: 0,
      });
      expect(await pending()).toContain(id);
    }
  });

  it('keeps a delivery once, from however many connections it comes at once', async () => {
    const body = Buffer.from('the same');
    await deliveries().open('moodle', 'ci');
    const stores = Array.from({ length: 8 }, () => deliveriesOn(fixture.client()));
    const received = await Promise.all(
      stores.flatMap((store) =>
        Array.from({ length: 5 }, () => store.receive(webhook({ deliveryKey: 'id:1', body }))),
      ),
    );
    expect(new Set(received.map((one) => one!.id)).size).toBe(1);
    expect(new Set(received.map((one) => one!.receivedAtMs)).size).toBe(1);
    expect(received.filter((one) => !one!.duplicate)).toHaveLength(1);
    expect(await pending()).toEqual([received[0]!.id]);
    expect(await fixture.redis.keys(platformKey('moodle', 'webhook', '*'))).toHaveLength(1);
  });

  it('remembers it for 24 hours, also once it is done, and by source', async () => {
    const store = deliveries();
    const first = await receive(store, { deliveryKey: 'id:1' });
    const [claimed] = await store.due(1);
    await settle(store, claimed!, { accepted: { f0: 'sc_1' } });
    expect(await receive(store, { deliveryKey: 'id:1' })).toEqual({ ...first, duplicate: true });
    expect((await receive(store, { deliveryKey: 'id:2' })).duplicate).toBe(false);
    expect((await receive(store, { deliveryKey: 'id:1', sourceId: 'other' })).duplicate).toBe(false);
    for (const key of await seen()) {
      const life = await fixture.redis.pttl(key);
      expect(life).toBeGreaterThan(DAY - 60_000);
      expect(life).toBeLessThanOrEqual(DAY);
    }
    await fixture.redis.del(...(await seen()));
    expect((await receive(store, { deliveryKey: 'id:1' })).duplicate).toBe(false);
  });

  it('takes one in again that was thrown away with its source', async () => {
    const store = deliveries();
    const first = await receive(store, { deliveryKey: 'id:1' });
    await store.close('moodle', 'ci', { force: true });
    const second = await receive(store, { deliveryKey: 'id:1' });
    expect(second.duplicate).toBe(false);
    expect(second.id).not.toBe(first.id);
  });

  it('gives each delivery of a source a later time than the one before, by the clock of Redis', async () => {
    await deliveries().open('moodle', 'ci');
    const stores = Array.from({ length: 4 }, () => deliveriesOn(fixture.client()));
    const together = await Promise.all(
      Array.from({ length: 200 }, (_, i) => stores[i % 4]!.receive(webhook())),
    );
    const times = together.map((one) => one!.receivedAtMs);
    expect(new Set(times).size).toBe(200);
    // Its clock went back, as at a fail-over.
    const later = await receive(deliveriesOn(fixture.redis, { shiftMs: -3_600_000 }));
    expect(later.receivedAtMs).toBe(Math.max(...times) + 1);
  });

  it('keeps nothing of a source that does not receive', async () => {
    const store = deliveries();
    expect(await store.receive(webhook())).toBeUndefined();
    await receive(store);
    await store.close('moodle', 'ci', { force: true });
    expect(await store.receive(webhook())).toBeUndefined();
    expect(await store.receive(webhook({ sourceId: 'other' }))).toBeUndefined();
    expect(await fixture.redis.keys(platformKey('moodle', 'webhook', '*'))).toEqual([]);
  });

  it('leaves nothing of what was sent, or of whom it is about, in the open', async () => {
    const store = deliveries();
    await receive(store, { body: Buffer.from('{"email": "ada@school.example"}') });
    const [claimed] = await store.due(1);
    const entry = waiting(0, { detail: 'secret-detail', identities: [{ email: 'ada@school.example' }] });
    await settle(store, claimed!, { unmatched: [entry] });
    expect(await everything()).not.toMatch(/ada|school|secret-detail/);
    const base64 = Buffer.from('{"email": "ada@school.example"}').toString('base64');
    expect(await everything()).not.toContain(base64.slice(0, 20));
  });
});

describe('what is pending', () => {
  it('is found by another process when the one that received it is gone', async () => {
    const { id } = await receive(deliveries());
    const other = deliveriesOn(fixture.client());
    expect(await other.due(10)).toMatchObject([{ id }]);
    expect(await other.get(id)).toMatchObject({ status: 'pending' });
  });

  it('is listed before it is there, and is not dropped until that can be no more', async () => {
    const clock = { shiftMs: 0 };
    const store = deliveriesOn(fixture.redis, clock);
    // Another process has just listed it, and is about to keep it.
    const id = `wh_moodle_${Date.now().toString(16).padStart(12, '0')}${'0'.repeat(20)}`;
    await fixture.redis.zadd(globalKey('webhooks-pending'), Date.now() - 1, id);
    expect(await store.due(10)).toEqual([]);
    expect(await pending()).toEqual([id]);
    clock.shiftMs = 2_000;
    expect(await store.due(10)).toEqual([]);
    expect(await pending()).toEqual([id]);
    await fixture.redis.hset(platformKey('moodle', 'webhook', id), {
      source: 'ci',
      at: 1,
      status: 'pending',
    });
    clock.shiftMs = 4_000;
    expect(await store.due(10)).toMatchObject([{ id }]);

    await fixture.redis.del(platformKey('moodle', 'webhook', id));
    clock.shiftMs = 70_000;
    expect(await store.due(10)).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  it('is claimed by one at a time, the longest due first, and comes again when its claim ends', async () => {
    const clock = { shiftMs: 0 };
    const stores = Array.from({ length: 4 }, () => deliveriesOn(fixture.client(), clock));
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) ids.push((await receive(stores[0]!)).id);
    expect((await stores[0]!.due(2)).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const claimed = (await Promise.all(stores.map((store) => store.due(10)))).flat();
    expect(claimed.map(({ id }) => id).sort()).toEqual(ids.slice(2).sort());
    expect(await stores[0]!.due(100)).toEqual([]);
    clock.shiftMs = 59_000;
    expect(await stores[0]!.due(100)).toEqual([]);
    clock.shiftMs = 61_000;
    expect((await stores[1]!.due(100)).map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  it('can be claimed by name, out of turn', async () => {
    const store = deliveries();
    await receive(store);
    const { id } = await receive(store);
    expect(await store.claim(id)).toMatchObject({ id });
    expect(await store.claim(id)).toBeUndefined();
    expect(await store.claim('wh_moodle_000000000000000000000000000000000')).toBeUndefined();
  });

  it('is due again when whoever claimed it puts it back, unless it was made due or claimed since', async () => {
    const clock = { shiftMs: 0 };
    const store = deliveriesOn(fixture.redis, clock);
    const ids = [await receive(store), await receive(store), await receive(store)].map(({ id }) => id);
    const [first, second] = await store.due(2);
    const third = await store.claim(ids[2]!);
    await store.putBack([first!, third!], 5_000);
    expect(await store.due(10)).toEqual([]);
    clock.shiftMs = 6_000;
    expect((await store.due(10)).map(({ id }) => id).sort()).toEqual([ids[0]!, ids[2]!].sort());
    await store.putBack([first!, second!], 0);
    expect((await store.due(10)).map(({ id }) => id)).toEqual([ids[1]]);
  });

  it('is dropped once there is nothing to do', async () => {
    const store = deliveries();
    const { id } = await receive(store);
    const [claimed] = await store.due(1);
    await settle(store, claimed!);
    await fixture.redis.zadd(globalKey('webhooks-pending'), 1, id);
    expect(await store.due(10)).toEqual([]);
    expect(await pending()).toEqual([]);
  });
});

describe('the list of what is unmatched', () => {
  it('has the newest delivery first, page by page, and nothing twice while it changes', async () => {
    const store = deliveries();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      const { id } = await receive(store);
      const [claimed] = await store.due(1);
      await settle(store, claimed!, { unmatched: [waiting(0), waiting(2), waiting(11)] });
      ids.push(id);
    }
    await receive(store, { sourceId: 'other' });
    const [other] = await store.due(1);
    await settle(store, other!, { unmatched: [waiting(0)] });

    const query = { platformId: 'moodle', sourceId: 'ci', limit: 4 };
    const names: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; ; page += 1) {
      const found = await store.unmatched({ ...query, ...(cursor && { cursor }) });
      names.push(...found.data.map(({ delivery, index }) => unmatchedIdOf(delivery.id, index)));
      cursor = found.nextCursor;
      if (!cursor) break;
      // The last entry shown goes, and a delivery comes: neither moves what follows.
      if (page === 0) {
        await store.discard(names.at(-1)!, 'done by hand');
        await receive(store);
        const [late] = await store.due(1);
        await settle(store, late!, { unmatched: [waiting(0)] });
      }
    }
    expect(names).toEqual(
      ids.toReversed().flatMap((id) => [0, 2, 11].map((index) => unmatchedIdOf(id, index))),
    );
    expect(await store.countUnmatched('moodle', 'ci')).toBe(6);
    expect(await store.countUnmatched('moodle', 'other')).toBe(1);
    expect(await store.countUnmatched('moodle')).toBe(7);
  });

  it('goes on behind more deliveries than it looks at together', async () => {
    const store = deliveries();
    const settled = Array.from({ length: 230 }, async () => receive(store));
    await Promise.all(settled);
    for (const claimed of await store.due(1_000)) await settle(store, claimed, { unmatched: [waiting(0)] });
    const all = await store.unmatched({ platformId: 'moodle', sourceId: 'ci', limit: 1_000 });
    expect(new Set(all.data.map(({ delivery }) => delivery.id)).size).toBe(230);
    expect(all.nextCursor).toBeUndefined();
  });

  it('reads no more of Redis than a page needs, however much waits', async () => {
    const store = deliveries();
    const unmatched = Array.from({ length: 2_000 }, (_, index) => waiting(index));
    for (let i = 0; i < 20; i += 1) await receive(store);
    for (const claimed of await store.due(20)) await settle(store, claimed, { unmatched });
    const sentBytes = async () =>
      Number(/total_net_output_bytes:(\d+)/.exec(await fixture.redis.info('stats'))![1]);
    const before = await sentBytes();
    const page = await store.unmatched({ platformId: 'moodle', sourceId: 'ci', limit: 5 });
    expect(page.data.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect((await sentBytes()) - before).toBeLessThan(4_000_000);

    const ids = new Set<string>();
    let cursor: string | undefined;
    do {
      const query = { platformId: 'moodle', sourceId: 'ci', limit: 900, ...(cursor && { cursor }) };
      const { data, nextCursor } = await store.unmatched(query);
      for (const { delivery, index } of data) ids.add(unmatchedIdOf(delivery.id, index));
      cursor = nextCursor;
    } while (cursor);
    expect(ids.size).toBe(40_000);
  });

  it('has all that was said of an entry, and when it is tried again', async () => {
    const store = deliveries();
    const { id, receivedAtMs } = await receive(store);
    const [claimed] = await store.due(1);
    const entry = waiting(3, {
      errors: [{ pointer: '/scoreGiven', detail: 'must be 0 or more' }],
      hint: 'h',
    });
    await settle(store, claimed!, { unmatched: [entry], retryAtMs: receivedAtMs + 90_000 });
    const { data } = await store.unmatched({ platformId: 'moodle', sourceId: 'ci', limit: 10 });
    expect(data).toEqual([{ ...entry, delivery: await store.look(id) }]);
    expect(await store.look(id)).toMatchObject({
      status: 'unmatched',
      unmatched: 1,
      tries: 1,
      nextAttemptAtMs: receivedAtMs + 90_000,
    });
    expect((await store.get(id))!.body!.toString()).toBe('{"score": 1}');
  });
});

describe('discard', () => {
  it('gives one part up for good, and the body goes with the last one', async () => {
    const store = deliveries();
    const { id } = await receive(store);
    const [claimed] = await store.due(1);
    await settle(store, claimed!, { unmatched: [waiting(0), waiting(1)], accepted: { f2: 'sc_2' } });

    expect(await store.discard(unmatchedIdOf(id, 0), 'left the course')).toBe('discarded');
    expect(await store.discard(unmatchedIdOf(id, 0), 'again')).toBe('notFound');
    expect(await store.look(id)).toMatchObject({
      status: 'unmatched',
      unmatched: 1,
      discarded: ['f0'],
      notes: [{ index: 0, note: 'left the course' }],
    });
    // What is read anew, at other places even, does not bring it back.
    await store.retry({ platformId: 'moodle' });
    const [again] = await store.due(1);
    const read = [waiting(5, { fingerprint: 'f0' }), waiting(1)];
    expect(await settle(store, again!, { unmatched: read })).toBe('settled');
    expect(await store.look(id)).toMatchObject({ unmatched: 1 });

    expect(await store.discard(unmatchedIdOf(id, 1), 'too')).toBe('discarded');
    const done = (await store.get(id))!;
    expect(done).toMatchObject({ status: 'done', unmatched: 0, accepted: { f2: 'sc_2' } });
    expect(done).not.toHaveProperty('body');
    expect(await store.countUnmatched('moodle')).toBe(0);
    expect(await fixture.redis.hkeys(platformKey('moodle', 'webhook', id))).not.toContain('unmatched');
    expect(await fixture.redis.pttl(platformKey('moodle', 'webhook', id))).toBeGreaterThan(DAY);
  });

  it('holds against whoever is working on the delivery meanwhile', async () => {
    const store = deliveries();
    const { id } = await receive(store);
    const [first] = await store.due(1);
    await settle(store, first!, { unmatched: [waiting(0), waiting(1)] });
    await store.retry({ platformId: 'moodle' });
    const [working] = await store.due(1);
    await store.discard(unmatchedIdOf(id, 0), 'note');
    expect(await settle(store, working!, { unmatched: [waiting(0), waiting(1)] })).toBe('settled');
    expect(await store.look(id)).toMatchObject({ unmatched: 1, status: 'unmatched' });

    await store.retry({ platformId: 'moodle' });
    const [last] = await store.due(1);
    await store.discard(unmatchedIdOf(id, 1), 'note');
    await settle(store, last!, { unmatched: [waiting(1)] });
    expect(await store.look(id)).toMatchObject({ unmatched: 0, status: 'done' });
    expect(await store.due(10)).toEqual([]);
    expect(await pending()).toEqual([]);
  });

  it.each(['', 'wh_moodle_0', `wh_moodle_${'0'.repeat(32)}.0`, `wh_moodle_${'0'.repeat(32)}.x`])(
    'finds nothing by %j',
    async (unmatchedId) => {
      expect(await deliveries().discard(unmatchedId, 'note')).toBe('notFound');
    },
  );
});

describe('close', () => {
  it('is refused while something is pending or unmatched, and nothing is lost by trying', async () => {
    const store = deliveries();
    const { id } = await receive(store);
    expect(await store.close('moodle', 'ci', { force: false })).toBe('notEmpty');
    expect((await receive(store)).duplicate).toBe(false);
    const claimed = await store.due(2);
    await settle(store, claimed[0]!, { unmatched: [waiting(0)] });
    await settle(store, claimed[1]!);
    expect(await store.close('moodle', 'ci', { force: false })).toBe('notEmpty');
    await store.discard(unmatchedIdOf(id, 0), 'note');
    expect(await store.close('moodle', 'ci', { force: false })).toBe('closed');
    expect(await store.look(id)).toMatchObject({ status: 'done' });
  });

  it('discards all of it if need be, and nothing of another source', async () => {
    const store = deliveries();
    await receive(store);
    await receive(store);
    const [claimed, working] = await store.due(2);
    await settle(store, claimed!, { unmatched: [waiting(0)] });
    const { id: kept } = await receive(store, { sourceId: 'other' });
    expect(await store.close('moodle', 'ci', { force: true })).toBe('closed');
    expect(await store.look(claimed!.id)).toBeUndefined();
    expect(await store.countUnmatched('moodle')).toBe(0);
    // Whoever was at work on one of them has nothing to bring back.
    expect(await settle(store, working!, { unmatched: [waiting(0)], accepted: { f1: 'sc_1' } })).toBe(
      'settled',
    );
    expect(await fixture.redis.keys(platformKey('moodle', 'webhook', '*'))).toEqual([
      platformKey('moodle', 'webhook', kept),
    ]);
  });

  it('and receiving at the same moment: what was received is there, or was discarded', async () => {
    const [one, other] = [deliveriesOn(fixture.client()), deliveriesOn(fixture.client())];
    await one.open('moodle', 'ci');
    const receiving = Array.from({ length: 50 }, () => other.receive(webhook()));
    const closed = await one.close('moodle', 'ci', { force: false });
    const received = (await Promise.all(receiving)).filter((each) => each !== undefined);
    if (closed === 'closed') expect(received).toEqual([]);
    for (const { id } of received) expect(await one.look(id)).toMatchObject({ status: 'pending' });
  });
});

it('opens nothing with another encryption key, and says so', async () => {
  const { id } = await receive(deliveries());
  const [claimed] = await deliveries().due(1);
  await settle(deliveries(), claimed!, { unmatched: [waiting(0)] });
  const stranger = new WebhookDeliveries({
    redis: fixture.redis,
    box: new SecretBox(randomBytes(32)),
    retentionMs: DAY,
  });
  expect(await stranger.get(id)).toMatchObject({ status: 'unmatched', unmatched: 1 });
  expect(await stranger.get(id)).not.toHaveProperty('body');
  const page = await stranger.unmatched({ platformId: 'moodle', sourceId: 'ci', limit: 10 });
  expect(page.data).toMatchObject([
    { index: 0, fingerprint: 'f0', reason: 'UNREADABLE', detail: expect.stringContaining('encryption key') },
  ]);
});
