import type { CallbackInput } from '@gradewire/passback';
import { afterEach, describe, expect, it } from 'vitest';
import { useCallbacks } from '../testing/callbacks-fixture.ts';

const world = useCallbacks();
const many = async (count: number) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await world.delivered());
  return ids;
};
const told = (received: { data: Record<string, unknown> }[]) => received.map(({ data }) => data.id);

describe('an endpoint', () => {
  it('that was down gets every event once, soon after it is there again', async () => {
    let isUp = false;
    const receiver = await world.receiver('app', {}, () => (isUp ? 204 : 503));
    const { lines } = await world.start();
    const ids = await many(60);
    await expect.poll(async () => (await world.store.get('app'))?.status).toBe('failing');
    await expect.poll(() => lines.some(({ event }) => event === 'callback-held')).toBe(true);
    // Held: one probe at a time, however much waits.
    const before = receiver.all.length;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(receiver.all.length - before).toBeLessThan(20);
    isUp = true;
    await expect.poll(() => receiver.taken.length).toBe(60);
    expect(told(receiver.taken).toSorted()).toEqual(ids.toSorted());
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(60);
    await expect.poll(async () => (await world.store.get('app'))?.status).toBe('active');
    expect(lines.some(({ event }) => event === 'callback-resumed')).toBe(true);
  });

  it('gets the same body under the same id at every attempt, signed at that moment', async () => {
    const receiver = await world.receiver('app', {}, () => (receiver.all.length < 4 ? 500 : 200));
    await world.start({ retry: { baseMs: 1_500, maxMs: 1_500, maxAgeMs: 60_000 } });
    await world.delivered();
    await expect.poll(() => receiver.taken.length).toBe(1);
    expect(new Set(receiver.all.map(({ id, text }) => `${id} ${text}`)).size).toBe(1);
    const stamps = receiver.all.map(({ headers }) => Number(headers['webhook-timestamp']));
    for (const [i, stamp] of stamps.entries()) {
      expect(Math.abs(stamp - receiver.all[i]!.atMs / 1_000)).toBeLessThan(2);
    }
    expect(receiver.forged).toBe(0);
  });

  it('that cannot bear one event gets all others, and new ones meanwhile', async () => {
    let poison = '';
    const receiver = await world.receiver('app', {}, ({ data }) => (data.id === poison ? 500 : 204));
    [poison = ''] = await many(1);
    await world.start();
    await many(30);
    await expect.poll(() => receiver.taken.length).toBe(30);
    await expect.poll(() => receiver.all.filter(({ data }) => data.id === poison).length).toBeGreaterThan(8);
    const late = await world.delivered();
    await expect.poll(() => told(receiver.taken).includes(late)).toBe(true);
    expect(told(receiver.taken)).not.toContain(poison);
  });

  it('that is slow does not slow another, and gets eight requests at once at the most', async () => {
    const held: (() => void)[] = [];
    let isSlow = true;
    const slow = await world.receiver('slow', {}, () =>
      isSlow ? (response) => void held.push(() => response.writeHead(204).end()) : 204,
    );
    const quick = await world.receiver('quick');
    await world.start({ requestTimeoutMs: 60_000 });
    await many(40);
    await expect.poll(() => quick.taken.length).toBe(40);
    expect(slow.all.length).toBeLessThanOrEqual(8);
    await expect.poll(() => held.length).toBe(8);
    isSlow = false;
    for (const answer of held) answer();
    await expect.poll(() => slow.all.length).toBe(40);
    expect(slow.most).toBe(8);
  });

  describe('that hangs at its first request', () => {
    let answerFirst: () => void = () => undefined;
    const hanging = (input: Partial<CallbackInput> = {}) => {
      let isFirst = true;
      return world.receiver('app', input, () => {
        if (!isFirst) return 204;
        isFirst = false;
        return (response) => {
          answerFirst = () => response.writeHead(204).end();
        };
      });
    };
    afterEach(() => answerFirst());

    it('is sent the events that come meanwhile', async () => {
      const receiver = await hanging();
      await world.start({ requestTimeoutMs: 60_000 });
      await many(1);
      await expect.poll(() => receiver.all.length).toBe(1);
      const later = await many(1);
      await expect.poll(() => told(receiver.taken), { timeout: 5_000 }).toEqual(later);
    });

    it('is sent the digests that are gathered meanwhile', async () => {
      const receiver = await hanging({ form: 'digest' });
      await world.start({ requestTimeoutMs: 60_000 });
      await many(500);
      await expect.poll(() => receiver.all.length).toBe(1);
      await many(500);
      await expect.poll(() => receiver.taken.length, { timeout: 5_000 }).toBe(1);
    });
  });

  it('that never answers is given up on in time, and asked again', async () => {
    const receiver = await world.receiver('app', {}, () =>
      receiver.all.length === 1 ? () => undefined : 204,
    );
    const { lines } = await world.start({ requestTimeoutMs: 300 });
    await world.delivered();
    await expect.poll(() => receiver.taken.length).toBe(1);
    expect(lines.find(({ reason }) => reason === 'TIMEOUT')).toMatchObject({ statusClass: 'none' });
  });

  it('that says 200 and never ends counts as told', async () => {
    const receiver = await world.receiver('app', {}, () => (response) => {
      response.writeHead(200);
      response.write('x'.repeat(200_000));
    });
    await world.start();
    await world.delivered();
    await expect
      .poll(async () => (await world.store.deliveries({ callbackId: 'app', limit: 1 }))!.data[0]?.status)
      .toBe('delivered');
    expect(receiver.all).toHaveLength(1);
  });

  it('that sends elsewhere is not followed', async () => {
    const elsewhere = await world.receiver('elsewhere', { events: ['callback.disabled'] });
    const receiver = await world.receiver('app', {}, () => (response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    await world.start();
    await world.delivered();
    await expect.poll(() => receiver.all.length).toBeGreaterThan(1);
    const page = await world.store.deliveries({ callbackId: 'app', limit: 1 });
    expect(page!.data[0]).toMatchObject({
      status: 'pending',
      httpStatus: 307,
      error: '307 Temporary Redirect (redirects are not followed)',
    });
    expect(elsewhere.all.length + elsewhere.forged).toBe(0);
  });

  it('in a private network is not asked unless that is allowed', async () => {
    const receiver = await world.receiver('app');
    await world.start({ allowPrivateNetworks: false });
    await world.delivered();
    await expect
      .poll(async () => (await world.store.deliveries({ callbackId: 'app', limit: 1 }))!.data[0]?.attempts)
      .toBeGreaterThan(0);
    const page = await world.store.deliveries({ callbackId: 'app', limit: 1 });
    expect(page!.data[0]!.error).toMatch(/private network/);
    expect(receiver.all).toEqual([]);
  });

  it('that asks for patience gets it', async () => {
    const receiver = await world.receiver('app', {}, () =>
      receiver.all.length > 1
        ? 204
        : (response) => void response.writeHead(429, { 'retry-after': '2' }).end(),
    );
    await world.start();
    await world.delivered();
    await expect.poll(() => receiver.taken.length).toBe(1);
    expect(receiver.all[1]!.atMs - receiver.all[0]!.atMs).toBeGreaterThanOrEqual(2_000);
  });

  it('that gives up an event in the end does not get it for ever', async () => {
    const receiver = await world.receiver('app', {}, ({ type }) => (type === 'score.dead' ? 500 : 204));
    await world.start({ retry: { baseMs: 20, maxMs: 50, maxAgeMs: 1_000 } });
    await world.dead();
    const keepWell = setInterval(() => void world.delivered(), 150);
    await expect
      .poll(
        async () => (await world.store.deliveries({ callbackId: 'app', status: 'failed', limit: 1 }))!.data,
      )
      .toMatchObject([{ type: 'score.dead', error: '500 Internal Server Error' }]);
    clearInterval(keepWell);
    expect(receiver.all.filter(({ type }) => type === 'score.dead').length).toBeGreaterThan(5);
    expect(await world.store.get('app')).not.toHaveProperty('disabledAt');
  });
});
