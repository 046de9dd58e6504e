import { describe, expect, it } from 'vitest';
import { platformId, useCallbacks } from '../testing/callbacks-fixture.ts';

const world = useCallbacks();
const down = { reason: 'PLATFORM_DOWN', forMs: 1_000, level: 0 };

describe('events', () => {
  it('are told as they happen, each once, signed, with the score as it reads', async () => {
    const receiver = await world.receiver('app');
    const { lines, registry } = await world.start();
    const delivered = await world.delivered({ score: { metadata: { course: 'cs1' } } });
    const dead = await world.dead();
    await expect.poll(() => receiver.taken.length).toBe(2);
    expect(receiver.taken.map(({ type, data }) => [type, data.id])).toEqual([
      ['score.delivered', delivered],
      ['score.dead', dead],
    ]);
    const [first, second] = receiver.taken;
    expect(first!.data).toMatchObject({ platformId, status: 'delivered', metadata: { course: 'cs1' } });
    expect(second!.data).toMatchObject({
      status: 'dead',
      reason: 'USER_NOT_FOUND',
      hint: expect.any(String),
    });
    expect(first!.data).not.toHaveProperty('attempts');
    expect(first!.timestamp).toBe(first!.data.deliveredAt);
    expect(first!.headers['content-type']).toBe('application/json');
    expect(receiver.forged).toBe(0);
    await expect.poll(() => lines.filter(({ event }) => event === 'callback').length).toBe(2);
    expect(lines[0]).toMatchObject({ callbackId: 'app', deliveryId: first!.id, statusClass: '2xx' });
    expect(JSON.stringify(lines)).not.toContain('127.0.0.1');
    const metrics = await registry.metrics();
    expect(metrics).toContain('gradewire_callbacks_sent_total{outcome="delivered"} 2');
    expect(metrics).toContain('gradewire_callback_request_duration_seconds_count{status_class="2xx"} 2');
  });

  it('of a lane tell why it is held, until when, and that it goes on', async () => {
    const receiver = await world.receiver('app', { events: ['lane.held', 'lane.resumed'] });
    await world.start();
    await world.lanes.hold(platformId, { ...down, epochSeen: 0 });
    await world.lanes.release(platformId, 1);
    await world.delivered();
    await expect.poll(() => receiver.taken.length).toBe(2);
    expect(receiver.taken.map(({ type, data }) => [type, data])).toEqual([
      ['lane.held', { platformId, reason: 'PLATFORM_DOWN', heldUntil: expect.stringMatching(/Z$/) }],
      ['lane.resumed', { platformId, reason: 'PLATFORM_DOWN' }],
    ]);
  });

  it('go to those who want them, of the platforms they want', async () => {
    await world.register('other');
    const all = await world.receiver('all');
    const one = await world.receiver('one', { platformIds: ['other'] });
    const dead = await world.receiver('dead', { events: ['score.dead'] });
    await world.start();
    const here = await world.delivered();
    const there = await world.delivered({ id: 'other' });
    const gone = await world.dead({ id: 'other' });
    await expect.poll(() => [all, one, dead].map(({ taken }) => taken.length)).toEqual([3, 2, 1]);
    expect(new Set(all.taken.map(({ data }) => data.id))).toEqual(new Set([here, there, gone]));
    expect(one.taken.map(({ data }) => data.id).toSorted()).toEqual([there, gone].toSorted());
    expect(dead.taken.map(({ data }) => data.id)).toEqual([gone]);
    // Every callback has its own secret, and the same event the same id.
    expect(new Set([...all.taken, ...one.taken, ...dead.taken].map(({ id }) => id)).size).toBe(3);
  });

  it('of a score that is superseded as it is accepted are told although nobody works on it', async () => {
    const receiver = await world.receiver('app', { events: ['score.superseded'] });
    await world.start();
    const record = world.record();
    const score = world.scoreOf();
    const ids = ['sc_school_0mabcdefg00000000000000000001', 'sc_school_0mabcdefg00000000000000000002'];
    await record.accept(platformId, [{ id: ids[0]!, score }]);
    const older = { ...score, timestamp: new Date(Date.now() - 60_000).toISOString() };
    await record.accept(platformId, [{ id: ids[1]!, score: older }]);
    await expect.poll(() => receiver.taken.length).toBe(1);
    expect(receiver.taken[0]!.data).toMatchObject({
      id: ids[1],
      status: 'superseded',
      reason: 'NEWER_SCORE',
      supersededBy: ids[0],
    });
  });

  it('tell what became of a score whose record is gone', async () => {
    const receiver = await world.receiver('app');
    const id = await world.delivered();
    await world.redis.del(`gw:{${platformId}}:score:${id}`);
    await world.start();
    await expect.poll(() => receiver.taken.length).toBe(1);
    expect(receiver.taken[0]!.data).toEqual({ id, platformId, status: 'delivered' });
  });

  it('are signed with the secret of before for a day, and with the new one', async () => {
    const before = await world.receiver('app');
    await world.start();
    await world.delivered();
    await expect.poll(() => before.taken.length).toBe(1);
    const after = await world.receiver('other');
    // Both endpoints are one and the same callback's, one after the other.
    await world.store.put('app', {
      url: after.url,
      events: ['score.delivered'],
      secret: after.secret,
      form: 'each',
    });
    await world.store.delete('other');
    await world.delivered();
    await expect.poll(() => after.taken.length).toBe(1);
    after.secret = before.secret;
    await world.delivered();
    await expect.poll(() => after.taken.length).toBe(2);
    expect(String(after.taken[0]!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    expect(after.forged).toBe(0);
  });
});

describe('digests', () => {
  it('of 1,200 events are three posts', async () => {
    const receiver = await world.receiver('app', { form: 'digest', events: ['score.delivered'] });
    const ids: string[] = [];
    for (let i = 0; i < 1_200; i += 1) ids.push(await world.delivered());
    await world.start();
    await expect.poll(() => receiver.taken.length, { timeout: 30_000 }).toBe(3);
    const events = receiver.taken.map(({ data }) => data.events as { type: string; data: { id: string } }[]);
    expect(events.map(({ length }) => length)).toEqual([500, 500, 200]);
    expect(receiver.taken.map(({ type }) => type)).toEqual(['digest', 'digest', 'digest']);
    expect(events.flat().map(({ data }) => data.id)).toEqual(ids);
  });
});
