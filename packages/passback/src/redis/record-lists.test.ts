import { describe, expect, it } from 'vitest';
import type { Score } from '../score.ts';
import { facts, lineItemUrl, minute, platformId, score, useRecord } from '../testing/record-fixture.ts';
import { platformKey } from './keys.ts';
import { newScoreId } from './score-id.ts';

const store = useRecord();
const { accepted, begin, post, settle, statusOf } = store;

describe('dead letters', () => {
  async function deadScore(fields: Partial<Score> = {}) {
    const score = await accepted(fields);
    await settle(await post(score.cell), {
      kind: 'dead',
      reason: 'USER_NOT_IN_CONTEXT',
      detail: 'no such student',
    });
    return score;
  }

  it('are listed by reason with a hint and counted', async () => {
    const { id } = await deadScore();
    expect(await store.reader.get(id)).toMatchObject({
      status: 'dead',
      detail: 'no such student',
      hint: expect.any(String),
    });
    expect(await store.reader.deadSummary([platformId])).toMatchObject([
      { platformId, reason: 'USER_NOT_IN_CONTEXT', count: 1 },
    ]);
    const query = { platformId, limit: 10 };
    expect((await store.reader.deadLetters({ ...query, reason: 'USER_NOT_IN_CONTEXT' })).data).toHaveLength(
      1,
    );
    expect((await store.reader.deadLetters({ ...query, reason: 'REJECTED' })).data).toEqual([]);
    expect(await store.redis.pttl(platformKey(platformId, 'score', id))).toBe(-1);
  });

  it('are gone as soon as a newer score is accepted', async () => {
    const { id } = await deadScore();
    const newer = await accepted();
    expect(await store.reader.get(id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
    expect((await store.reader.deadLetters({ platformId, limit: 10 })).data).toEqual([]);
    expect(await store.reader.deadSummary([platformId])).toEqual([]);
  });

  it('are replayed with their attempts afresh', async () => {
    const { id, cell } = await deadScore();
    expect(await store.record.replay(id)).toEqual({ kind: 'replayed', platformId, cell });
    expect(await statusOf(id)).toBe('queued');
    expect(await store.record.replay(id)).toEqual({ kind: 'notDead' });
    const lease = await post(cell);
    expect(lease).toMatchObject({ scoreId: id, attempt: 1 });
    await settle(lease, { kind: 'delivered', facts });
    expect(await store.reader.get(id)).not.toHaveProperty('reason');
  });

  it('that were superseded do not come back', async () => {
    const { id } = await deadScore();
    await accepted();
    expect(await store.record.replay(id)).toEqual({ kind: 'notDead' });
  });

  it('are given up with a note', async () => {
    const { id, cell } = await deadScore();
    expect(await store.record.discard(id, 'left the course')).toBe('discarded');
    expect(await store.reader.get(id)).toMatchObject({ status: 'cancelled', detail: 'left the course' });
    expect((await begin(cell)).kind).toBe('nothing');
  });
});

describe('replaying what was delivered', () => {
  it('posts the newest again, with a later wire timestamp and nothing taken for unchanged', async () => {
    const { id, cell } = await accepted();
    const first = await post(cell);
    await settle(first, { kind: 'delivered', facts });
    expect(await store.record.replay(id)).toEqual({ kind: 'notDead' });
    expect(await store.record.replay(id, { delivered: true })).toMatchObject({ kind: 'replayed' });
    store.shift += 1_000;
    const again = await post(cell);
    expect(again).toMatchObject({ scoreId: id, inDoubt: false });
    expect(again.wireTimestampMs).toBeGreaterThan(first.wireTimestampMs);
    expect(again.uncertain).toBe(true);
  });

  it('never brings an older grade back', async () => {
    const old = await accepted();
    await settle(await post(old.cell), { kind: 'delivered', facts });
    const newer = await accepted({ scoreGiven: 6 });
    store.shift += 1_000;
    await settle(await post(newer.cell), { kind: 'delivered', facts });
    expect(await store.record.replay(old.id, { delivered: true })).toEqual({ kind: 'notNewest' });
  });
});

describe('cancel', () => {
  it('takes back what waits, and nothing that is being posted or settled', async () => {
    const waiting = await accepted();
    expect(await store.record.cancel(waiting.id)).toBe('cancelled');
    expect((await begin(waiting.cell)).kind).toBe('nothing');
    const posting = await accepted();
    const lease = await post(posting.cell);
    expect(await store.record.cancel(posting.id)).toBe('delivering');
    await settle(lease, { kind: 'delivered', facts });
    expect(await store.record.cancel(posting.id)).toBe('settled');
    expect(await store.record.cancel('sc_springfield_nothing')).toBe('notFound');
  });
});

describe('lists', () => {
  it('page through equal times without losing or repeating a score', async () => {
    const items = Array.from({ length: 250 }, (_, i) => ({
      id: newScoreId(platformId, Date.now()),
      score: score({ userId: `u${i}` }),
    }));
    await store.record.accept(platformId, items);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.reader.list({ platformId, limit: 60, ...(cursor ? { cursor } : {}) });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toHaveLength(250);
    expect(new Set(seen)).toEqual(new Set(items.map(({ id }) => id)));
  });

  it('find by user, status, external id and line item', async () => {
    const wanted = await accepted({ userId: 'u7', externalId: 'sub-7' });
    await accepted({ userId: 'u8' });
    const found = async (query: object) =>
      (await store.reader.list({ platformId, limit: 10, ...query })).data.map(({ id }) => id);
    expect(await found({ userId: 'u7' })).toEqual([wanted.id]);
    expect(await found({ externalId: 'sub-7' })).toEqual([wanted.id]);
    expect(await found({ lineItemUrl: `${lineItemUrl}/`, status: 'queued' })).toHaveLength(2);
    expect(await found({ status: 'dead' })).toEqual([]);
    expect(await found({ untilMs: Date.now() - minute })).toEqual([]);
  });
});
