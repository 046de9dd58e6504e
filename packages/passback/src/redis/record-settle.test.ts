import { describe, expect, it } from 'vitest';
import { day, facts, lineItemUrl, minute, platformId, useRecord } from '../testing/record-fixture.ts';
import { platformKey } from './keys.ts';

const store = useRecord();
const { accepted, begin, post, settle, statusOf } = store;

describe('settle', () => {
  it('delivered: the cell is up to date and the score says when and where', async () => {
    const { cell, id } = await accepted();
    const lease = await post(cell);
    const attempt = {
      number: 1,
      stage: 'score' as const,
      outcome: 'delivered',
      httpStatus: 200,
      durationMs: 7,
    };
    expect(await settle(lease, { kind: 'delivered', facts }, { attempt, lineItemUrl })).toMatchObject({
      result: 'delivered',
      again: false,
    });
    const view = await store.reader.get(id);
    expect(view).toMatchObject({ status: 'delivered', lineItemUrl, attempts: [attempt] });
    expect(view?.deliveredAt).toBeDefined();
    expect(await store.reader.undelivered(platformId)).toEqual({ count: 0 });
    expect((await begin(cell)).kind).toBe('nothing');
    expect(await store.redis.pttl(platformKey(platformId, 'score', id))).toBeGreaterThan(29 * day);
  });

  it('delivered, and a newer score came during the post: both are true', async () => {
    const { cell, id } = await accepted();
    const lease = await post(cell);
    const newer = await accepted({ scoreGiven: 6 });
    expect(await statusOf(id)).toBe('delivering');
    expect(await settle(lease, { kind: 'delivered', facts })).toMatchObject({
      result: 'delivered',
      again: true,
    });
    expect([await statusOf(id), await statusOf(newer.id)]).toEqual(['delivered', 'queued']);
    expect(await store.reader.undelivered(platformId)).toMatchObject({
      count: 1,
      oldestSinceMs: newer.acceptedAtMs,
    });
  });

  it('failed, and a newer score came during the post: superseded, and again at once', async () => {
    const { cell, id } = await accepted();
    const lease = await post(cell);
    const newer = await accepted({ scoreGiven: 6 });
    expect(await settle(lease, { kind: 'later', delayMs: minute, ambiguous: true })).toMatchObject({
      result: 'superseded',
      again: true,
    });
    expect(await store.reader.get(id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
    expect(await post(cell)).toMatchObject({ scoreId: newer.id, inDoubt: false });
  });

  it('later: the score is retrying and its cell waits its backoff out', async () => {
    const { cell, id } = await accepted();
    const { nextAttemptAtMs } = await settle(await post(cell), {
      kind: 'later',
      delayMs: 5_000,
      ambiguous: false,
    });
    expect(await store.reader.get(id)).toMatchObject({
      status: 'retrying',
      nextAttemptAt: new Date(nextAttemptAtMs!).toISOString(),
    });
    store.shift += 5_001;
    expect(await post(cell)).toMatchObject({ attempt: 2, firstFailureAtMs: expect.any(Number) });
  });

  it('does not count the time that the lane was held into the age of a failure', async () => {
    const { cell } = await accepted();
    await settle(await post(cell), { kind: 'later', delayMs: 1, ambiguous: false });
    const lane = platformKey(platformId, 'lane');
    await store.redis.hset(lane, { holdReason: 'PLATFORM_DOWN', heldSince: Date.now() });
    store.shift += 60 * minute;
    const begun = await post(cell, { probe: true });
    expect(begun.heldMs).toBeGreaterThan(59 * minute);
    expect(begun.heldMs).toBeLessThan(61 * minute);
  });

  it('knows what the platform holds until something unanswered was sent', async () => {
    const { cell } = await accepted();
    await settle(await post(cell), { kind: 'delivered', facts });
    await accepted({ scoreGiven: 6 });
    store.shift += 1_000;
    const lease = await post(cell);
    expect(lease).toMatchObject({ delivered: facts, uncertain: false });
    await settle(lease, { kind: 'later', delayMs: 1, ambiguous: true });
    await accepted({ scoreGiven: 5 });
    store.shift += 1_000;
    expect((await post(cell)).uncertain).toBe(true);
  });

  it('counts distinct cells in a row for one systemic reason, and forgets them at a success', async () => {
    const streak = { reason: 'UNAUTHORIZED' };
    const lengths: number[] = [];
    for (const userId of ['a', 'b', 'b', 'c']) {
      const { cell } = await accepted({ userId });
      store.shift += 1_000;
      const lease = await post(cell);
      lengths.push((await settle(lease, { kind: 'dead', reason: 'UNAUTHORIZED' }, { streak })).streak);
    }
    expect(lengths).toEqual([1, 2, 2, 3]);
    const good = await accepted({ userId: 'd' });
    await settle(await post(good.cell), { kind: 'delivered', facts }, { streak: 'end' });
    const next = await accepted({ userId: 'e' });
    expect(
      await settle(await post(next.cell), { kind: 'dead', reason: 'UNAUTHORIZED' }, { streak }),
    ).toMatchObject({
      streak: 1,
    });
  });

  it('keeps the last twenty attempts', async () => {
    const { cell, id } = await accepted();
    for (let number = 1; number <= 25; number += 1) {
      const attempt = {
        number,
        stage: 'score' as const,
        outcome: 'transient',
        durationMs: 1,
        excerpt: '"}],{',
      };
      await settle(await post(cell), { kind: 'later', delayMs: 0, ambiguous: false }, { attempt });
    }
    const numbers = (await store.reader.get(id))?.attempts.map((entry) => entry.number);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
  });
});

describe('a lease that was lost', () => {
  it('settles nothing, and the newest is posted again when the older one landed after it', async () => {
    const first = await accepted();
    const stale = await post(first.cell);
    store.shift += 30_001;
    const newer = await accepted({ scoreGiven: 6 });
    const lease = await post(first.cell);
    await settle(lease, { kind: 'delivered', facts });
    expect(await settle(stale, { kind: 'delivered', facts })).toMatchObject({ result: 'late', again: true });
    store.shift += 1_000;
    const correction = await post(first.cell);
    expect(correction.scoreId).toBe(newer.id);
    expect(correction.wireTimestampMs).toBeGreaterThan(lease.wireTimestampMs);
    expect(correction.uncertain).toBe(true);
    await settle(correction, { kind: 'delivered', facts });
    expect(await statusOf(newer.id)).toBe('delivered');
    expect(await store.reader.undelivered(platformId)).toEqual({ count: 0 });
  });

  it('that landed while the newer one was being posted has it posted once more', async () => {
    const first = await accepted();
    const stale = await post(first.cell);
    store.shift += 30_001;
    const newer = await accepted({ scoreGiven: 6 });
    const lease = await post(first.cell);
    await settle(stale, { kind: 'delivered', facts });
    expect(await settle(lease, { kind: 'delivered', facts })).toMatchObject({
      result: 'delivered',
      again: true,
    });
    store.shift += 1_000;
    expect((await post(first.cell)).scoreId).toBe(newer.id);
  });

  it('whose post nobody answered counts as landed: the newest is posted again', async () => {
    const first = await accepted();
    const stale = await post(first.cell);
    store.shift += 30_001;
    const newer = await accepted({ scoreGiven: 6 });
    await settle(await post(first.cell), { kind: 'delivered', facts });
    const unanswered = { kind: 'later', delayMs: 1, ambiguous: true } as const;
    expect(await settle(stale, unanswered)).toMatchObject({ result: 'late', again: true });
    store.shift += 1_000;
    expect((await post(first.cell)).scoreId).toBe(newer.id);
  });

  it('and failed changes nothing', async () => {
    const { cell, id } = await accepted();
    const stale = await post(cell);
    store.shift += 30_001;
    await settle(await post(cell), { kind: 'delivered', facts });
    expect(await settle(stale, { kind: 'dead', reason: 'REJECTED' })).toMatchObject({
      result: 'late',
      again: false,
    });
    expect(await statusOf(id)).toBe('delivered');
  });
});
