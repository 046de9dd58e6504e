import { beforeEach, describe, expect, it } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { type Drift, platformOfReconciliation, ReconciliationStore } from './reconciliation-store.ts';

const platformId = 'springfield';
const redis = useTestRedis();
let store: ReconciliationStore;
let nowMs = 1_000_000;

beforeEach(() => {
  nowMs = 1_000_000;
  store = new ReconciliationStore({ redis: redis.redis, runLeaseMs: 60_000, now: () => nowMs });
});

const drift = (userId: string, change: Partial<Drift> = {}): Drift => ({
  userId,
  lineItemUrl: 'https://lms.example/1',
  scoreId: 'sc',
  kind: 'missing',
  delivered: 5,
  observed: null,
  maximum: 10,
  ...change,
});

describe('ReconciliationStore', () => {
  it('counts a column once, however often it is told', async () => {
    const { id } = await store.create(platformId, { repair: true });
    expect(platformOfReconciliation(id)).toBe(platformId);
    expect(await store.take(id, 'a')).toBe(true);
    expect(await store.begin(id, 2)).toEqual(new Set());
    const found = { column: 'c1', counts: { checked: 3, matching: 2, missing: 1 }, drifts: [drift('u1')] };
    expect(await store.columnDone(id, 'a', found)).toBe(true);
    expect(await store.columnDone(id, 'a', found)).toBe(true);
    expect(await store.begin(id, 2)).toEqual(new Set(['c1']));
    expect(await store.drifts(id, 0, 10)).toEqual([drift('u1')]);
    expect(await store.get(id)).toMatchObject({
      status: 'running',
      columns: 2,
      columnsDone: 1,
      request: { repair: true },
      counts: { checked: 3, matching: 2, missing: 1, changedByTeacher: 0 },
    });
  });

  it('is one runner’s, who stops when it is cancelled or another took over', async () => {
    const short = new ReconciliationStore({ redis: redis.redis, runLeaseMs: 1 });
    const { id } = await short.create(platformId, {});
    expect(await short.take(id, 'a')).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await store.take(id, 'b')).toBe(true);
    expect(await store.take(id, 'a')).toBe(false);
    expect(await store.beat(id, 'a')).toBe(false);
    const found = { column: 'c', counts: { checked: 1 }, drifts: [drift('u1')] };
    expect(await store.columnDone(id, 'a', found)).toBe(false);
    expect(await store.repaired(id, 'a', 0, [drift('u1')])).toBe(false);
    expect((await store.get(id))?.counts.checked).toBe(0);
    expect(await store.beat(id, 'b')).toBe(true);
    expect(await store.cancel(id)).toBe('cancelled');
    expect(await store.beat(id, 'b')).toBe(false);
    await store.finish(id, 'done');
    expect((await store.get(id))?.status).toBe('cancelled');
    expect(await store.unfinished()).toEqual([]);
  });

  it('notes repairs in their places and remembers how far it looked', async () => {
    const { id } = await store.create(platformId, {});
    await store.take(id, 'a');
    const drifts = ['u1', 'u2', 'u3'].map((userId) => drift(userId));
    await store.columnDone(id, 'a', { column: 'c', counts: {}, drifts });
    const looked = [drift('u2', { repair: 'sent' }), drift('u3', { repair: 'notKept' })];
    await store.repaired(id, 'a', 0, [drift('u1')]);
    await store.repaired(id, 'a', 1, looked);
    // Told again after a connection was lost with the answer.
    expect(await store.repaired(id, 'a', 1, looked)).toBe(true);
    expect(await store.drifts(id, 0, 10)).toEqual([drift('u1'), ...looked]);
    expect(await store.repairsLooked(id)).toBe(3);
    expect((await store.get(id))?.counts.repaired).toBe(1);
  });

  it('lists the newest first, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      nowMs += 1_000;
      ids.unshift((await store.create(platformId, {})).id);
    }
    const first = await store.list(platformId, { limit: 2 });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await store.list(platformId, { limit: 2, cursor: first.nextCursor! });
    expect(rest.data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(rest.nextCursor).toBeUndefined();
  });

  it('does not keep trying one that is gone', async () => {
    const { id } = await store.create(platformId, {});
    await redis.redis.del(`gw:{${platformId}}:reconciliation:${id}`);
    expect(await store.take(id, 'a')).toBe(false);
    expect(await store.unfinished()).toEqual([]);
  });
});
