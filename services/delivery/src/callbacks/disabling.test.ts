import { expect, it } from 'vitest';
import { useCallbacks } from '../testing/callbacks-fixture.ts';

const world = useCallbacks();
const inputOf = (receiver: { url: string }) => ({
  url: receiver.url,
  events: ['score.delivered' as const],
  form: 'each' as const,
});
const statuses = async () =>
  (await world.store.deliveries({ callbackId: 'app', limit: 100 }))!.data.map(({ status }) => status);

it('an endpoint that says it is gone gets nothing more; others are told', async () => {
  const gone = await world.receiver('app', {}, () => 410);
  const ops = await world.receiver('ops', { events: ['callback.disabled'] });
  const { lines } = await world.start();
  await world.delivered();
  await expect.poll(async () => (await world.store.get('app'))?.status).toBe('disabled');
  await world.delivered();
  await expect.poll(statuses).toEqual(['failed', 'failed']);
  expect(gone.all).toHaveLength(1);
  await expect
    .poll(() => ops.taken.map(({ type, data }) => [type, data]))
    .toEqual([['callback.disabled', { callbackId: 'app', reason: 'GONE' }]]);
  const line = lines.find(({ event }) => event === 'callback-disabled');
  expect(line).toMatchObject({ callbackId: 'app', reason: 'GONE' });
});

it('an endpoint that never works is disabled; enabled again, it gets what it missed once that is asked for', async () => {
  let isUp = false;
  const receiver = await world.receiver('app', {}, () => (isUp ? 204 : 500));
  const process = await world.start({ retry: { baseMs: 20, maxMs: 50, maxAgeMs: 700 } });
  const since = Date.now();
  for (let i = 0; i < 5; i += 1) await world.delivered();
  await expect.poll(async () => (await world.store.get('app'))?.disabledReason).toBe('FAILING');
  const meanwhile = await world.delivered();
  await expect.poll(statuses).toEqual(Array(6).fill('failed'));
  const asked = receiver.all.length;
  expect(await world.store.resend('app', { sinceMs: since })).toEqual({ kind: 'disabled' });

  isUp = true;
  expect(await world.store.put('app', inputOf(receiver))).toMatchObject({ callback: { status: 'active' } });
  const fresh = await world.delivered();
  await expect.poll(() => receiver.taken.length).toBe(1);
  expect(receiver.taken[0]!.data.id).toBe(fresh);
  expect(receiver.all.length).toBe(asked + 1);
  expect(await world.store.resend('app', { sinceMs: since, status: 'failed' })).toEqual({
    kind: 'resent',
    count: 6,
  });
  await process.look();
  await expect.poll(() => receiver.taken.length).toBe(7);
  expect(receiver.taken.map(({ data }) => data.id)).toContain(meanwhile);
  expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(7);
});
