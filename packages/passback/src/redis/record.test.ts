import { describe, expect, it } from 'vitest';
import { aliasKeyOf, columnKeyOf } from '../cell.ts';
import {
  at,
  day,
  facts,
  lineItemUrl,
  minute,
  platformId,
  score,
  useRecord,
} from '../testing/record-fixture.ts';
import { platformKey } from './keys.ts';
import type { Begun } from './record-types.ts';
import { newScoreId } from './score-id.ts';

const store = useRecord();
const { accept, accepted, begin, post, settle, statusOf } = store;

describe('accept', () => {
  it('keeps a score and makes its cell undelivered', async () => {
    const { id, cell } = await accepted();
    expect(await store.reader.get(id)).toMatchObject({
      id,
      platformId,
      status: 'queued',
      scoreGiven: 5,
      attempts: [],
    });
    expect(await store.reader.undelivered(platformId)).toMatchObject({ count: 1 });
    expect(cell).toMatch(new RegExp(`^${columnKeyOf(lineItemUrl)}\\.`));
  });

  it('refuses a platform that is not registered', async () => {
    await store.redis.del(platformKey(platformId, 'platform'));
    expect(await accept()).toEqual({ ok: false, code: 'UNKNOWN_PLATFORM' });
    expect(await store.redis.keys('*')).toEqual([]);
  });

  it.each([
    ['TIMESTAMP_IN_FUTURE', 61_000],
    ['TIMESTAMP_TOO_OLD', -401 * day],
  ])('refuses %s, by the clock of Redis, and keeps nothing', async (code, offset) => {
    expect(await accept({ timestamp: at(offset) })).toEqual({ ok: false, code });
    expect(await store.reader.undelivered(platformId)).toEqual({ count: 0 });
  });

  it('supersedes the score that waited', async () => {
    const first = await accepted();
    const second = await accepted({ scoreGiven: 6 });
    expect(await store.reader.get(first.id)).toMatchObject({
      status: 'superseded',
      reason: 'NEWER_SCORE',
      supersededBy: second.id,
    });
    expect((await post(second.cell)).scoreId).toBe(second.id);
  });

  it('supersedes a late arrival at once, by timestamp and not by arrival', async () => {
    const newer = await accepted({ timestamp: at(-1_000) });
    const older = await accepted({ timestamp: at(-2_000) });
    expect(older.enqueue).toBe(false);
    expect(await store.reader.get(older.id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
  });

  it('gives a score without a timestamp one later than the last of its cell, whatever the callers clocks say', async () => {
    const ahead = await accepted({ timestamp: at(50_000) });
    const next = await accepted({ scoreGiven: 7 });
    const view = await store.reader.get(next.id);
    expect(Date.parse(view!.timestamp)).toBe(Date.parse((await store.reader.get(ahead.id))!.timestamp) + 1);
    expect(await statusOf(ahead.id)).toBe('superseded');
  });

  it('lets the later arrival win between equal timestamps', async () => {
    const timestamp = at(-5_000);
    const first = await accepted({ timestamp });
    const second = await accepted({ timestamp, scoreGiven: 6 });
    expect([await statusOf(first.id), await statusOf(second.id)]).toEqual(['superseded', 'queued']);
  });

  it('answers an idempotency key with the first score, and another body with a mismatch', async () => {
    const first = await accept({}, { key: 'k', fingerprint: 'f' });
    const again = await accept({}, { key: 'k', fingerprint: 'f' });
    expect(again).toMatchObject({ ok: true, replayed: true, enqueue: false, id: first.ok && first.id });
    expect(await accept({}, { key: 'k', fingerprint: 'g' })).toEqual({
      ok: false,
      code: 'IDEMPOTENCY_MISMATCH',
    });
    expect(await store.redis.zcard(platformKey(platformId, 'scores'))).toBe(1);
  });

  it('changes nothing when the same id comes again', async () => {
    const item = { id: newScoreId(platformId, Date.now()), score: score() };
    const once = await store.record.accept(platformId, [item]);
    const twice = await store.record.accept(platformId, [item]);
    expect(twice[0]).toMatchObject({ replayed: true, acceptedAtMs: once[0]?.ok && once[0].acceptedAtMs });
    expect(await store.redis.get(platformKey(platformId, 'sequence'))).toBe('1');
  });
});

describe('begin', () => {
  it('gives a cell to one at a time', async () => {
    const { cell } = await accepted();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => begin(cell)));
    expect(outcomes.filter(({ kind }) => kind === 'post')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'busy')).toHaveLength(9);
  });

  it('hands a silent lease on when it ends, with the score in doubt', async () => {
    const { cell, id } = await accepted();
    const first = await post(cell);
    store.shift += 30_001;
    const second = await post(cell);
    expect(second).toMatchObject({ scoreId: id, inDoubt: true, wireTimestampMs: first.wireTimestampMs });
    expect(second.fence).not.toBe(first.fence);
  });

  it('chooses the wire timestamp once and keeps it on every retry', async () => {
    const { cell } = await accepted({ timestamp: at(-3_000) });
    const first = await post(cell);
    await settle(first, { kind: 'later', delayMs: 100, ambiguous: false });
    store.shift += 200;
    expect((await post(cell)).wireTimestampMs).toBe(first.wireTimestampMs);
  });

  it('waits a second between two deliveries to a cell, so that a burst costs two posts', async () => {
    const first = await accepted();
    await settle(await post(first.cell), { kind: 'delivered', facts });
    let last = first;
    for (let points = 1; points < 10; points += 1) {
      last = await accepted({ scoreGiven: points });
      expect((await begin(last.cell)).kind).toBe('early');
    }
    store.shift += 1_000;
    expect((await post(last.cell)).scoreId).toBe(last.id);
  });

  it('spaces the wire timestamps of a cell by the step and does not send before the instant', async () => {
    const first = await accepted();
    const sent = await post(first.cell, { wireStepMs: 1_000 });
    await settle(sent, { kind: 'delivered', facts });
    const second = await accepted({ scoreGiven: 6 });
    expect(await begin(second.cell, { wireStepMs: 1_000 })).toMatchObject({
      kind: 'early',
      waitMs: expect.any(Number),
    });
    store.shift += 1_100;
    expect((await post(second.cell, { wireStepMs: 1_000 })).wireTimestampMs).toBe(
      sent.wireTimestampMs + 1_000,
    );
  });

  it('does not let a burst push the wire timestamp ahead of one step', async () => {
    const first = await accepted();
    const sent = await post(first.cell, { wireStepMs: 1_000 });
    await settle(sent, { kind: 'delivered', facts });
    for (let i = 0; i < 10; i += 1) {
      const { cell } = await accepted({ scoreGiven: i });
      expect((await begin(cell, { wireStepMs: 1_000 })).kind).toBe('early');
    }
    store.shift += 1_100;
    const { wireTimestampMs } = await post(first.cell, { wireStepMs: 1_000 });
    const order = Date.parse((await store.reader.list({ platformId, limit: 1 })).data[0]!.timestamp);
    expect(wireTimestampMs).toBe(Math.max(order, sent.wireTimestampMs + 1_000));
  });

  it('posts a newer score at once although the older one backs off', async () => {
    const { cell } = await accepted();
    await settle(await post(cell), { kind: 'later', delayMs: 15 * minute, ambiguous: false });
    expect((await begin(cell)).kind).toBe('early');
    const newer = await accepted({ scoreGiven: 6 });
    expect(await post(cell)).toMatchObject({ scoreId: newer.id, attempt: 1 });
  });

  it('leaves a paused or held lane alone, but for a probe', async () => {
    const { cell, id } = await accepted();
    await store.redis.hset(platformKey(platformId, 'lane'), {
      holdReason: 'THROTTLED',
      holdUntil: Date.now() + 1_000,
    });
    expect((await begin(cell)).kind).toBe('held');
    expect(await store.reader.get(id)).toMatchObject({ status: 'held', reason: 'THROTTLED' });
    expect((await begin(cell, { probe: true })).kind).toBe('post');
  });

  it('buries a cell that keeps taking workers down with it', async () => {
    const { cell, id } = await accepted();
    let last: Begun = { kind: 'nothing' };
    for (let i = 0; i < 7; i += 1) {
      last = await begin(cell);
      store.shift += 30_001;
    }
    expect(last).toEqual({ kind: 'crashed', scoreId: id });
    expect(await store.reader.get(id)).toMatchObject({ status: 'dead', reason: 'CRASHED' });
    expect(await store.reader.undelivered(platformId)).toEqual({ count: 0 });
  });
});

describe('a score addressed by resource', () => {
  const target = { lineItemsUrl: 'https://lms.example/lineitems', resourceId: 'quiz-1' };
  const column = { key: columnKeyOf(lineItemUrl), lineItemUrl };

  it('is resolved under its lease, then belongs to the cell of its column', async () => {
    const { cell, id } = await accepted({ target });
    expect(cell.startsWith(aliasKeyOf(target)!)).toBe(true);
    const lease = await begin(cell);
    if (lease.kind !== 'resolve') throw new Error(lease.kind);
    expect(lease.target).toEqual(target);
    await store.redis.set(platformKey(platformId, 'alias', aliasKeyOf(target)!), column.key);
    const begun = await post(cell, { fence: lease.fence, column });
    expect(begun).toMatchObject({ scoreId: id, lineItemUrl });
    expect(begun.cell.startsWith(column.key)).toBe(true);
    expect(await store.redis.exists(platformKey(platformId, 'cell', cell))).toBe(0);
    await settle(begun, { kind: 'delivered', facts });
    expect(await store.reader.get(id)).toMatchObject({ status: 'delivered', lineItemUrl });
    expect((await accepted({ target })).cell).toBe(begun.cell);
  });

  it.each([
    ['older', -5_000, 'superseded'],
    ['newer', 5_000, 'delivering'],
  ])('and %s than one addressed by URL meets it in one order', async (_name, offset, status) => {
    const byUrl = await accepted({ timestamp: at(-1_000) });
    const byResource = await accepted({ target, timestamp: at(offset) });
    store.shift += 10_000;
    const lease = await begin(byResource.cell);
    const fence = lease.kind === 'resolve' ? lease.fence : '';
    const begun = await post(byResource.cell, { fence, column });
    expect(begun.cell).toBe(byUrl.cell);
    expect(await statusOf(byResource.id)).toBe(status);
    expect(begun.scoreId).toBe(status === 'superseded' ? byUrl.id : byResource.id);
  });

  it('that died before its column was known gives way to a newer score', async () => {
    const dead = await accepted({ target });
    const lease = await begin(dead.cell);
    if (lease.kind !== 'resolve') throw new Error(lease.kind);
    await settle(lease, { kind: 'dead', reason: 'LINE_ITEM_NOT_FOUND' });
    await store.redis.set(platformKey(platformId, 'alias', aliasKeyOf(target)!), column.key);
    const newer = await accepted({ target });
    expect(await store.reader.get(dead.id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
    expect(await store.reader.deadSummary([platformId])).toEqual([]);
  });

  it('starts with nothing delivered in a column made anew', async () => {
    const { cell, id } = await accepted({ target });
    const lease = await begin(cell);
    if (lease.kind !== 'resolve') throw new Error(lease.kind);
    const first = await post(cell, { fence: lease.fence, column });
    const anew = {
      key: columnKeyOf('https://lms.example/lineitems/2'),
      lineItemUrl: 'https://lms.example/lineitems/2',
    };
    const second = await post(first.cell, { fence: first.fence, column: anew });
    expect(second).toMatchObject({ scoreId: id, lineItemUrl: anew.lineItemUrl, inDoubt: false });
    expect(second.cell.startsWith(anew.key)).toBe(true);
    expect(await store.reader.undelivered(platformId)).toMatchObject({ count: 1 });
  });
});
