import { describe, expect, it } from 'vitest';
import type { CallbackInput } from '../callback.ts';
import { callbackInput, failed, gone, ok, useCallbackStores } from '../testing/callback-fixture.ts';
import { day, minute } from '../testing/record-fixture.ts';
import { callbackKey } from './callback-keys.ts';
import type { CallbackUnits, Taken, Unit } from './callback-units.ts';

const stores = useCallbackStores();

const put = (id = 'app', input: Partial<CallbackInput> = {}) => stores.store().put(id, callbackInput(input));
const take = async (most = 8, units: CallbackUnits = stores.units(), id = 'app') =>
  (await units.take(id, most))?.units ?? [];
const taken = async (units?: CallbackUnits): Promise<Unit> => (await take(1, units))[0]!;
const statuses = async (id = 'app') =>
  (await stores.store().deliveries({ callbackId: id, limit: 100 }))!.data
    .map(({ status, error }) => (error ? `${status} ${error}` : status))
    .toReversed();
/** Time goes by. */
const pass = (ms: number) => {
  stores.time.shift += ms;
};
/** Five failures of several units: the breaker is open. */
async function holdEndpoint(): Promise<void> {
  await stores.added('app', 5);
  for (const unit of await take(5)) await stores.units().settle('app', unit, failed);
}

describe('store', () => {
  it('takes an event in once, however often it is dispatched', async () => {
    await put();
    await put('sum', { form: 'digest' });
    const events = [stores.event(['app', 'sum']), stores.event(['app', 'sum'])];
    await stores.units().store('p', events);
    await stores.units().store('p', events.slice(0, 1));
    await Promise.all([stores.units().store('p', events), stores.units().store('p', events)]);
    expect((await take()).map(({ id }) => id)).toEqual(events.map(({ messageId }) => messageId));
    expect(await stores.redis.zcard(callbackKey('gathering', 'sum'))).toBe(2);
    pass(minute);
    await stores.digests().cut('sum');
    await stores.units().store('p', events);
    expect(await stores.redis.zcard(callbackKey('gathering', 'sum'))).toBe(0);
  });

  it('takes events of different platforms in, whatever their ids in the outbox', async () => {
    await put();
    const event = stores.event(['app']);
    await stores.units().store('p', [event]);
    await stores.units().store('q', [{ ...event, messageId: `${event.messageId}x`, id: '1-0' }]);
    expect(await take()).toHaveLength(2);
  });

  it('keeps no body that can be read without the encryption key', async () => {
    await put();
    const event = stores.event(['app'], { user: { email: 'ada@school.example' } });
    await stores.units().store('p', [event]);
    const stored = await stores.redis.hgetall(callbackKey('unit', 'app', event.messageId));
    expect(JSON.stringify(stored)).not.toContain('ada');
    expect((await taken()).body).toContain('ada@school.example');
  });

  it('gives nothing to a callback that is not there', async () => {
    await stores.added('app');
    expect(await stores.units().take('app', 8)).toBeUndefined();
    expect(await stores.redis.exists(callbackKey('log', 'app'))).toBe(0);
  });
});

describe('take', () => {
  it('hands units out in order, each to one sender at a time', async () => {
    await put();
    const ids = await stores.added('app', 20);
    const parts = await Promise.all([take(8), take(8), take(8)]);
    expect(parts.map((part) => part.length).toSorted()).toEqual([4, 8, 8]);
    expect(
      parts
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids);
    expect(parts.find((part) => part[0]?.id === ids[0])?.map(({ id }) => id)).toEqual(ids.slice(0, 8));
  });

  it('hands a unit out again whose sender died', async () => {
    await put();
    await stores.added('app');
    const first = await taken();
    expect(await take()).toEqual([]);
    pass(minute + 1);
    expect(await taken()).toMatchObject({ id: first.id, body: first.body });
  });

  it('hands out the others when our keys do not open one', async () => {
    await put();
    const [bad] = await stores.added('app', 2);
    await stores.redis.hset(callbackKey('unit', 'app', bad!), 'body', 'v1.AAAA.gone');
    const result = (await stores.units().take('app', 8)) as Taken;
    expect([result.units.length, result.unreadable]).toEqual([1, 1]);
  });
});

describe('settle', () => {
  it('backs off with each failure and starts afresh with a success', async () => {
    await put();
    await stores.added('app');
    const waits: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await stores.units().settle('app', await taken(), failed)).toMatchObject({ outcome: 'later' });
      const waitMs = (await stores.units().waitMs('app'))!;
      waits.push(Math.round(waitMs / 100) * 100);
      pass(waitMs + 1);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    expect(await stores.store().get('app')).toMatchObject({ status: 'failing', pending: 1 });
    await stores.units().settle('app', await taken(), ok);
    expect(await stores.store().get('app')).toMatchObject({ status: 'active', pending: 0 });
    expect(await statuses()).toEqual(['delivered']);
    expect(await stores.units().waitMs('app')).toBeUndefined();
  });

  it('waits as long as the endpoint asks', async () => {
    await put();
    await stores.added('app');
    await stores.units().settle('app', await taken(), { ...failed, retryAfterMs: 120_000 });
    expect(await stores.units().waitMs('app')).toBeGreaterThan(119_000);
  });

  it('gives a unit up that has been failing for too long', async () => {
    const units = stores.units({ retry: { baseMs: 1, maxMs: 1, maxAgeMs: 10_000 } });
    await put();
    await stores.added('app');
    await units.settle('app', await taken(units), failed);
    pass(9_000);
    expect(await units.settle('app', await taken(units), failed)).toMatchObject({ outcome: 'later' });
    pass(2_000);
    expect(await units.settle('app', await taken(units), failed)).toMatchObject({ outcome: 'failed' });
    expect(await statuses()).toEqual(['failed 500']);
  });

  it('believes a late success, and no late failure of a unit that another has taken', async () => {
    await put();
    await stores.added('app', 2);
    const [one, two] = await take(2);
    pass(minute + 1);
    const [oneAgain, twoAgain] = await take(2);
    await stores.units().settle('app', oneAgain!, ok);
    await stores.units().settle('app', one!, failed);
    await stores.units().settle('app', two!, ok);
    await stores.units().settle('app', twoAgain!, failed);
    expect(await statuses()).toEqual(['delivered', 'delivered']);
  });

  it('takes what an address says for nothing of the one that took its place', async () => {
    await put('app', { url: 'https://app.example/old' });
    await stores.added('app', 3);
    const [one, two, three] = await take(3);
    await put('app', { url: 'https://app.example/new' });
    expect(await stores.units().settle('app', one!, gone)).toEqual({ outcome: 'later', callbackIds: [] });
    expect(await stores.units().settle('app', two!, failed)).toMatchObject({ outcome: 'later' });
    expect(await stores.store().get('app')).toMatchObject({ status: 'active', pending: 3 });
    expect(await stores.units().settle('app', three!, ok)).toMatchObject({ outcome: 'delivered' });
  });

  it('counts every answer when many come at once', async () => {
    await put();
    await stores.added('app', 8);
    const units = await take(8);
    await Promise.all(units.slice(0, 4).map((unit) => stores.units().settle('app', unit, failed)));
    const state = JSON.parse((await stores.redis.hget(callbackKey('state', 'app'), 'endpoint'))!);
    expect(state).toMatchObject({ failures: 4, several: true });
  });
});

describe('the breaker', () => {
  it('lets one probe through per interval, whether it is due or not, then all', async () => {
    await put();
    await holdEndpoint();
    const waiting = await stores.added('app', 10);
    expect(await take()).toEqual([]);
    expect(await stores.units().waitMs('app')).toBeGreaterThan(900);
    pass(1_001);
    const both = await Promise.all([take(), take()]);
    const [[first] = [], others] = both.toSorted((a, b) => b.length - a.length);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ isProbe: true });
    expect(await stores.units().settle('app', first!, failed)).toMatchObject({ outcome: 'later' });
    expect(await stores.units().waitMs('app')).toBeGreaterThan(1_900);
    pass(2_001);
    const second = await taken();
    expect(second.id).not.toBe(first!.id);
    expect(await stores.units().settle('app', second, ok)).toMatchObject({ turned: 'closed' });
    pass(1_000);
    expect(await take(20)).toHaveLength(14);
    expect(waiting).toHaveLength(10);
  });

  it('sends another probe when the sender of one died', async () => {
    await put();
    await holdEndpoint();
    pass(1_001);
    const [probe] = await take();
    expect(await take()).toEqual([]);
    pass(minute + 1);
    const [again] = await take();
    expect(again).toMatchObject({ isProbe: true });
    expect(probe).toMatchObject({ isProbe: true });
  });

  it('does not age what waits behind it', async () => {
    const units = stores.units({ retry: { baseMs: 1, maxMs: 1, maxAgeMs: 3_600_000 } });
    await put();
    await holdEndpoint();
    // Nothing is sent for longer than a unit may take, since nobody is there to probe.
    pass(3_500_000);
    const probe = await taken(units);
    expect(await units.settle('app', probe, failed)).toMatchObject({ outcome: 'later' });
    pass(2_001);
    await units.settle('app', await taken(units), ok);
    pass(99_000);
    const [old] = (await take(8, units)).filter(({ firstFailureMs }) => firstFailureMs !== undefined);
    expect(await units.settle('app', old!, failed)).toMatchObject({ outcome: 'later' });
  });
});

describe('a callback is disabled', () => {
  it('at once by 410: what waits is given up, kept, and told to others', async () => {
    await put();
    await put('ops', { events: ['callback.disabled'] });
    await put('sum', { events: ['callback.disabled'], form: 'digest' });
    await put('deaf');
    await stores.added('app', 3);
    const unit = await taken();
    const settled = await stores.units().settle('app', unit, gone);
    expect(settled).toMatchObject({ turned: 'GONE' });
    expect(settled.callbackIds.toSorted()).toEqual(['ops', 'sum']);
    expect(await take()).toEqual([]);
    expect(await stores.units().waitMs('app')).toBeLessThanOrEqual(0);
    expect(await stores.units().failDisabled('app')).toBe(2);
    expect(await statuses()).toEqual(['failed 410', 'failed disabled', 'failed disabled']);
    expect(await stores.store().get('app')).toMatchObject({
      status: 'disabled',
      disabledReason: 'GONE',
      disabledAt: expect.any(String),
      pending: 0,
    });
    const [told] = await take(1, stores.units(), 'ops');
    expect(JSON.parse(told!.body)).toMatchObject({
      type: 'callback.disabled',
      data: { callbackId: 'app', reason: 'GONE' },
    });
    expect(await stores.redis.zcard(callbackKey('gathering', 'sum'))).toBe(1);
    expect(await take(1, stores.units(), 'deaf')).toEqual([]);
  });

  it('and told to callbacks for some platforms only if it was for no others', async () => {
    const about = (platformIds: string[]) => ({ events: ['callback.disabled' as const], platformIds });
    await put('app', { platformIds: ['a'] });
    await put('wide', about(['a', 'b']));
    await put('other', about(['b']));
    await put('all');
    await stores.added('app');
    expect((await stores.units().settle('app', await taken(), gone)).callbackIds).toEqual(['wide']);
    await stores.added('all');
    const [unit] = await take(1, stores.units(), 'all');
    expect((await stores.units().settle('all', unit!, gone)).callbackIds).toEqual([]);
  });

  it('when nothing went through for the longest age', async () => {
    await put();
    await holdEndpoint();
    pass(day);
    expect(await stores.units().settle('app', await taken(), failed)).toMatchObject({ turned: 'FAILING' });
    expect(await stores.store().get('app')).toMatchObject({ disabledReason: 'FAILING' });
  });

  it('and enabled by putting it again; what it missed can be sent again', async () => {
    await put();
    await stores.added('app');
    await stores.units().settle('app', await taken(), gone);
    const missed = await stores.added('app', 2);
    await stores.units().failDisabled('app');
    await put();
    expect(await stores.store().get('app')).toMatchObject({ status: 'active' });
    expect(await take()).toEqual([]);
    expect(await stores.store().resend('app', { sinceMs: 0 })).toEqual({ kind: 'resent', count: 3 });
    expect((await take()).map(({ id }) => id)).toEqual(expect.arrayContaining(missed));
  });
});

describe('digests', () => {
  const ids = (body: string) =>
    (JSON.parse(body).data.events as { data: { n: number } }[]).map(({ data }) => data.n);

  it('hold up to 500 events in order, and the rest once it has waited', async () => {
    await put('app', { form: 'digest' });
    await stores.added('app', 1_200);
    expect(await stores.units().waitMs('app')).toBeLessThanOrEqual(0);
    expect(await stores.digests().cut('app')).toBe(2);
    expect(await stores.units().waitMs('app')).toBeLessThanOrEqual(0);
    expect(await stores.store().get('app')).toMatchObject({ pending: 202 });
    const full = await take();
    expect(full.map(({ body }) => ids(body).length)).toEqual([500, 500]);
    pass(10_001);
    expect(await stores.digests().cut('app')).toBe(1);
    const [rest] = await take();
    const all = [...full, rest!].flatMap(({ body }) => ids(body));
    expect(all).toHaveLength(1_200);
    expect(all).toEqual(all.toSorted((a, b) => a - b));
    expect(JSON.parse(rest!.body)).toMatchObject({ type: 'digest', timestamp: expect.any(String) });
  });

  it('are cut once by two at a time', async () => {
    await put('app', { form: 'digest' });
    await stores.added('app', 700);
    pass(10_001);
    await Promise.all([1, 2, 3].map(() => stores.digests().cut('app')));
    const units = await take(20);
    expect(units.map(({ body }) => ids(body).length).toSorted()).toEqual([200, 500]);
  });

  it('of large events are read about as far as they reach', async () => {
    const sentBytes = async () =>
      Number(/total_net_output_bytes:(\d+)/.exec(await stores.redis.info('stats'))?.[1]);
    await put('app', { form: 'digest' });
    const large = () => stores.event(['app'], { comment: 'x'.repeat(100_000) });
    await stores.units().store('p', Array.from({ length: 100 }, large));
    pass(10_001);
    const before = await sentBytes();
    expect(await stores.digests().cut('app')).toBe(10);
    expect((await sentBytes()) - before).toBeLessThan(25_000_000);
  });

  it('never change once they are cut', async () => {
    await put('app', { form: 'digest' });
    await stores.added('app');
    pass(10_001);
    await stores.digests().cut('app');
    const first = await taken();
    await stores.units().settle('app', first, failed);
    await stores.added('app');
    pass(10_001);
    await stores.digests().cut('app');
    const units = await take();
    expect(units).toHaveLength(2);
    expect(units.find(({ id }) => id === first.id)?.body).toBe(first.body);
  });

  it('that were being gathered are sent when the form changes', async () => {
    await put('app', { form: 'digest' });
    await stores.added('app', 2);
    await put('app');
    await stores.added('app');
    pass(10_001);
    await stores.digests().cut('app');
    expect((await take()).map(({ body }) => JSON.parse(body).type)).toEqual(['score.delivered', 'digest']);
  });
});

describe('a callback that is put for fewer platforms', () => {
  const of = (platformId: string) => stores.event(['app'], { platformId });
  const platforms = async () =>
    (await take()).flatMap(({ body }) => {
      const { type, data } = JSON.parse(body);
      return type === 'digest'
        ? data.events.map((each: typeof data) => each.data.platformId)
        : data.platformId;
    });

  it('is sent no more of the others: what waits is given up, and not sent again', async () => {
    await put();
    await stores.units().store('p', [...Array.from({ length: 20 }, () => of('a')), of('b')]);
    await put('app', { platformIds: ['b'] });
    expect(await platforms()).toEqual(['b']);
    const left = [...Array(20).fill('failed of a platform that it is not for'), 'pending'];
    expect(await statuses()).toEqual(left);
    await stores.store().resend('app', { sinceMs: 0 });
    expect(await platforms()).toEqual([]);
    expect(await statuses()).toEqual(left);
  });

  it('is sent of a digest what is left', async () => {
    await put('app', { form: 'digest' });
    await stores.units().store('p', [of('a'), of('b'), of('a')]);
    pass(10_001);
    await stores.digests().cut('app');
    await put('app', { form: 'digest', platformIds: ['b'] });
    expect(await platforms()).toEqual(['b']);
  });

  it('frees its probe when there is nothing left of one', async () => {
    await put();
    await stores.units().store('p', [of('a')]);
    await stores.units().settle('app', await taken(), failed);
    await put('app', { platformIds: ['b'] });
    pass(10);
    await stores.units().store(
      'p',
      Array.from({ length: 5 }, () => of('b')),
    );
    for (const unit of await take(5)) await stores.units().settle('app', unit, failed);
    pass(1_001);
    expect(await platforms()).toEqual(['b']);
  });
});

it('what was sent is forgotten after its time, and what waits is not', async () => {
  await put();
  await stores.added('app', 3);
  const units = stores.units({ retentionMs: 1 });
  await units.settle('app', await taken(units), ok);
  await expect.poll(async () => (await stores.redis.keys(callbackKey('unit', '*'))).length).toBe(2);
  pass(1_000);
  await units.trim('app');
  expect(await stores.redis.zcard(callbackKey('log', 'app'))).toBe(2);
  expect(await statuses()).toEqual(['pending', 'pending']);
});
