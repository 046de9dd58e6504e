import { describe, expect, it } from 'vitest';
import {
  callbackInput,
  failed,
  gone,
  newSecret,
  ok,
  useCallbackStores,
} from '../testing/callback-fixture.ts';
import { day } from '../testing/record-fixture.ts';
import { callbackKey } from './callback-keys.ts';

const stores = useCallbackStores();
const signing = async (id: string) => (await stores.units().take(id, 1))?.secrets;

describe('put', () => {
  it('creates, then replaces; the view has no secret', async () => {
    const store = stores.store();
    const { secret, ...input } = callbackInput({ platformIds: ['a'] });
    const created = await store.put('app', { ...input, secret });
    const callback = { id: 'app', ...input, status: 'active', pending: 0 };
    expect(created).toMatchObject({ kind: 'created', callback });
    const replaced = await store.put('app', callbackInput({ url: 'https://app.example/other' }));
    expect(replaced).toMatchObject({ kind: 'replaced', callback: { url: 'https://app.example/other' } });
    const view = await store.get('app');
    expect(view).not.toHaveProperty('platformIds');
    expect(view!.createdAt).toBe((created as { callback: { createdAt: string } }).callback.createdAt);
    expect(JSON.stringify([created, view, await store.list({ limit: 9 })])).not.toContain(secret);
    expect(JSON.stringify(await stores.redis.hgetall(callbackKey('registry')))).not.toContain(
      secret!.replace('whsec_', ''),
    );
  });

  it('wants a secret at first, and keeps it when none is given', async () => {
    const store = stores.store();
    const { secret, ...input } = callbackInput();
    expect(await store.put('app', input)).toEqual({ kind: 'secretRequired' });
    expect(await store.get('app')).toBeUndefined();
    await store.put('app', { ...input, secret });
    await store.put('app', input);
    expect(await signing('app')).toEqual([secret]);
  });

  it('has secrets of before sign for a day more', async () => {
    const [first, second, third] = [newSecret(), newSecret(), newSecret()];
    const store = stores.store();
    await store.put('app', callbackInput({ secret: first }));
    await store.put('app', callbackInput({ secret: second }));
    await store.put('app', callbackInput({ secret: second }));
    expect(await signing('app')).toEqual([second, first]);
    stores.time.shift = day / 2;
    await store.put('app', callbackInput({ secret: third }));
    expect(await signing('app')).toEqual([third, second, first]);
    stores.time.shift = day + 1_000;
    expect(await signing('app')).toEqual([third, second]);
    stores.time.shift = 2 * day;
    expect(await signing('app')).toEqual([third]);
    stores.time.shift = 0;
  });

  it('has no more than ten sign, however often the secret changes: headers have to stay short', async () => {
    for (let i = 0; i < 12; i += 1) await stores.store().put('app', callbackInput({ secret: secretOf(i) }));
    expect(await signing('app')).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map(secretOf));
  });

  it('loses none of two changes that cross', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => stores.store().put('app', callbackInput({ secret: secretOf(i) }))),
    );
    expect(await signing('app')).toHaveLength(10);
  });
});

it('lists by id, page by page', async () => {
  for (const id of ['c', 'a', 'b']) await stores.store().put(id, callbackInput());
  const first = await stores.store().list({ limit: 2 });
  expect(first.data.map(({ id }) => id)).toEqual(['a', 'b']);
  const next = await stores.store().list({ limit: 2, cursor: first.nextCursor! });
  expect(next).toMatchObject({ data: [{ id: 'c' }] });
  expect(next.nextCursor).toBeUndefined();
});

describe('delete', () => {
  it('takes all that was to be sent with it', async () => {
    await stores.store().put('app', callbackInput());
    await stores.store().put('sum', callbackInput({ form: 'digest' }));
    await stores.units().store(
      'p',
      Array.from({ length: 1_200 }, () => stores.event(['app', 'sum'])),
    );
    await stores.digests().cut('sum');
    expect(await stores.store().delete('app')).toBe('deleted');
    expect(await stores.store().delete('sum')).toBe('deleted');
    expect(await stores.store().delete('app')).toBe('notFound');
    expect((await stores.redis.keys(callbackKey('*'))).toSorted()).toEqual(
      ['aligned', 'seen', 'version'].map((kind) => callbackKey(kind)),
    );
    expect(await stores.units().take('app', 8)).toBeUndefined();
    await stores.added('app');
    expect(await stores.redis.keys(callbackKey('due', '*'))).toEqual([]);
  });

  it('leaves nothing behind of an answer that comes late', async () => {
    await stores.store().put('app', callbackInput());
    await stores.added('app');
    const taken = await stores.units().take('app', 1);
    await stores.store().delete('app');
    await stores.units().settle('app', taken!.units[0]!, failed);
    expect(await stores.redis.keys(callbackKey('*app*'))).toEqual([]);
  });
});

describe('deliveries', () => {
  it('are listed newest first with what became of them', async () => {
    await stores.store().put('app', callbackInput());
    const [first, second, third] = await stores.added('app', 3);
    const { units } = (await stores.units().take('app', 2))!;
    await stores.units().settle('app', units[0]!, ok);
    await stores.units().settle('app', units[1]!, failed);
    const page = await stores.store().deliveries({ callbackId: 'app', limit: 9 });
    expect(page!.data).toMatchObject([
      {
        id: third,
        type: 'score.delivered',
        status: 'pending',
        attempts: 0,
        nextAttemptAt: expect.any(String),
      },
      {
        id: second,
        status: 'pending',
        attempts: 1,
        httpStatus: 500,
        error: '500',
        lastAttemptAt: expect.any(String),
      },
      { id: first, status: 'delivered', attempts: 1, httpStatus: 200, deliveredAt: expect.any(String) },
    ]);
    expect(Date.parse(page!.data[1]!.nextAttemptAt!)).toBeGreaterThan(Date.now());
    expect(page!.data[2]).not.toHaveProperty('nextAttemptAt');
  });

  it('are paged, filtered, and none of what there is not', async () => {
    await stores.store().put('app', callbackInput());
    const ids = await stores.added('app', 250);
    for (const unit of (await stores.units().take('app', 50))!.units)
      await stores.units().settle('app', unit, ok);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await stores
        .store()
        .deliveries({ callbackId: 'app', limit: 40, ...(cursor && { cursor }) }))!;
      found.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(found).toEqual(ids.toReversed());
    const done = await stores.store().deliveries({ callbackId: 'app', status: 'delivered', limit: 100 });
    expect(done!.data.map(({ id }) => id)).toEqual(ids.slice(0, 50).toReversed());
    expect(await stores.store().deliveries({ callbackId: 'other', limit: 1 })).toBeUndefined();
  });
});

describe('resend', () => {
  it('sends one again, under its id and with its body', async () => {
    await stores.store().put('app', callbackInput());
    const [id] = await stores.added('app');
    const [unit] = (await stores.units().take('app', 1))!.units;
    await stores.units().settle('app', unit!, ok);
    expect(await stores.store().resend('app', { deliveryId: id! })).toEqual({ kind: 'resent', count: 1 });
    const [again] = (await stores.units().take('app', 1))!.units;
    expect([again!.id, again!.body, again!.tries]).toEqual([unit!.id, unit!.body, 0]);
    await stores.units().settle('app', again!, ok);
    expect((await stores.store().deliveries({ callbackId: 'app', limit: 1 }))!.data).toMatchObject([
      { id, attempts: 2, status: 'delivered' },
    ]);
  });

  it('sends all since an instant, those on their way excepted, in the order of the events', async () => {
    await stores.store().put('app', callbackInput());
    const before = await stores.added('app', 2);
    stores.time.shift += 1_000;
    const sinceMs = Date.now() + stores.time.shift;
    const after = await stores.added('app', 1_500);
    for (const unit of (await stores.units().take('app', 1_400))!.units) {
      await stores.units().settle('app', unit, ok);
    }
    expect(await stores.store().resend('app', { sinceMs, status: 'failed' })).toEqual({
      kind: 'resent',
      count: 0,
    });
    expect(await stores.store().resend('app', { sinceMs })).toEqual({ kind: 'resent', count: 1_398 });
    const { units } = (await stores.units().take('app', 2_000))!;
    expect(units.map(({ id }) => id)).toEqual(after);
    expect(before).toHaveLength(2);
  });

  it('knows what there is not, and sends nothing to a disabled callback', async () => {
    expect(await stores.store().resend('app', { sinceMs: 0 })).toEqual({ kind: 'notFound' });
    await stores.store().put('app', callbackInput());
    expect(await stores.store().resend('app', { deliveryId: 'ev_0' })).toEqual({ kind: 'notFound' });
    const [id] = await stores.added('app');
    const [unit] = (await stores.units().take('app', 1))!.units;
    await stores.units().settle('app', unit!, gone);
    expect(await stores.store().resend('app', { deliveryId: id! })).toEqual({ kind: 'disabled' });
    expect(await stores.store().resend('app', { sinceMs: 0 })).toEqual({ kind: 'disabled' });
  });
});

function secretOf(i: number): string {
  return `whsec_${Buffer.alloc(32, i).toString('base64')}`;
}
