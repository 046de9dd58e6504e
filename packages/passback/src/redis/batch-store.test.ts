import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { BatchStore } from './batch-store.ts';

const fixture = useTestRedis();
const newStore = (options = {}) => new BatchStore({ redis: fixture.client(), ...options });

test('a batch is kept for its retention', async () => {
  const store = newStore({ retentionMs: 1_000 });
  await store.save('b', ['sc_a_1', 'sc_a_2']);
  await store.save('empty', []);
  expect(await store.get('b')).toEqual(['sc_a_1', 'sc_a_2']);
  expect(await store.get('empty')).toEqual([]);
  expect(await store.get('unknown')).toBeUndefined();
  await expect.poll(() => store.get('b')).toBeUndefined();
});

test('of twins one is claimed, then its answer is repeated', async () => {
  const claims = await Promise.all(Array.from({ length: 6 }, () => newStore().claim('k', 'f')));
  const [mine] = claims.filter((claim) => claim.kind === 'claimed');
  expect(claims.filter((claim) => claim.kind === 'claimed')).toHaveLength(1);
  expect(claims.filter((claim) => claim.kind === 'inFlight')).toHaveLength(5);
  const store = newStore();
  expect(await store.finish('k', mine!.token, '{"accepted":1}')).toBe(true);
  expect(await store.claim('k', 'f')).toEqual({ kind: 'finished', answer: '{"accepted":1}' });
  expect(await store.claim('k', 'other')).toEqual({ kind: 'mismatch' });
  await store.abandon('k', mine!.token);
  expect(await store.claim('k', 'f')).toMatchObject({ kind: 'finished' });
});

test('a claim whose process died is free after its lease, and the dead one finishes nothing', async () => {
  const store = newStore({ claimLeaseMs: 50 });
  const first = await store.claim('k', 'f');
  await delay(70);
  const second = await newStore().claim('k', 'f');
  expect(second.kind).toBe('claimed');
  expect(await store.finish('k', first.kind === 'claimed' ? first.token : '', 'late')).toBe(false);
  expect(await store.claim('k', 'f')).toMatchObject({ kind: 'inFlight' });
});

test('an abandoned claim is free at once', async () => {
  const store = newStore();
  const claim = await store.claim('k', 'f');
  await store.abandon('k', 'of another');
  expect((await store.claim('k', 'f')).kind).toBe('inFlight');
  await store.abandon('k', claim.kind === 'claimed' ? claim.token : '');
  expect((await store.claim('k', 'other')).kind).toBe('claimed');
});

test('an answer is repeated for its life only', async () => {
  const store = newStore({ answerLifeMs: 40 });
  const claim = await store.claim('k', 'f');
  await store.finish('k', claim.kind === 'claimed' ? claim.token : '', 'answer');
  await delay(60);
  expect((await store.claim('k', 'f')).kind).toBe('claimed');
});
