import { randomBytes } from 'node:crypto';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aliasKeyOf, columnKeyOf } from '../cell.ts';
import type { Score } from '../score.ts';
import { connectRedis } from './connection.ts';
import { platformKey } from './keys.ts';
import { ScoreRecord } from './record.ts';
import type { AcceptResult, Begun, SettleInput, Settlement } from './record-types.ts';
import { newScoreId } from './score-id.ts';
import { ScoreReader } from './score-reader.ts';
import { SecretBox } from './secret-box.ts';

const platformId = 'springfield';
const lineItemUrl = 'https://lms.example/lineitems/1';
const wireStepMs = 1;
const box = new SecretBox(randomBytes(32));
const minute = 60_000;
const day = 24 * 60 * minute;
const facts = { contentHash: 'h', hasGrade: true };

let server: TestRedis;
let redis: Redis;
let shift = 0;
let record: ScoreRecord;
let reader: ScoreReader;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'patient');
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

beforeEach(async () => {
  await redis.flushall();
  await redis.set(platformKey(platformId, 'platform'), '{}');
  shift = 0;
  const clockShiftMs = () => shift;
  record = new ScoreRecord({
    redis,
    box,
    retentionMs: 30 * day,
    cellRetentionMs: 400 * day,
    leaseMs: 30_000,
    clockShiftMs,
  });
  reader = new ScoreReader({ redis, box, clockShiftMs });
});

function score(fields: Partial<Score> = {}): Score {
  return {
    userId: 'u1',
    target: { lineItemUrl },
    scoreGiven: 5,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...fields,
  };
}

const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();

async function accept(fields: Partial<Score> = {}, idempotency?: { key: string; fingerprint: string }) {
  const id = newScoreId(platformId, Date.now());
  const [result] = await record.accept(platformId, [
    { id, score: score(fields), ...(idempotency ? { idempotency } : {}) },
  ]);
  return result!;
}

async function accepted(fields: Partial<Score> = {}): Promise<AcceptResult & { ok: true }> {
  const result = await accept(fields);
  if (!result.ok) throw new Error(result.code);
  return result;
}

const begin = (cell: string, more: object = {}) => record.begin({ platformId, cell, wireStepMs, ...more });

function begunPost(begun: Begun): Begun & { kind: 'post' } {
  if (begun.kind !== 'post') throw new Error(`began ${begun.kind}`);
  return begun;
}

async function post(cell: string, more: object = {}) {
  return begunPost(await begin(cell, more));
}

const settle = (
  lease: { cell: string; scoreId: string; fence: string },
  settlement: Settlement,
  more: Partial<SettleInput> = {},
) =>
  record.settle({
    platformId,
    cell: lease.cell,
    scoreId: lease.scoreId,
    fence: lease.fence,
    settlement,
    ...more,
  });

const statusOf = async (id: string) => (await reader.get(id))?.status;

describe('accept', () => {
  it('keeps a score and makes its cell undelivered', async () => {
    const { id, cell } = await accepted();
    expect(await reader.get(id)).toMatchObject({
      id,
      platformId,
      status: 'queued',
      scoreGiven: 5,
      attempts: [],
    });
    expect(await reader.undelivered(platformId)).toMatchObject({ count: 1 });
    expect(cell).toMatch(new RegExp(`^${columnKeyOf(lineItemUrl)}\\.`));
  });

  it('refuses a platform that is not registered', async () => {
    await redis.del(platformKey(platformId, 'platform'));
    expect(await accept()).toEqual({ ok: false, code: 'UNKNOWN_PLATFORM' });
    expect(await redis.keys('*')).toEqual([]);
  });

  it.each([
    ['TIMESTAMP_IN_FUTURE', 61_000],
    ['TIMESTAMP_TOO_OLD', -401 * day],
  ])('refuses %s, by the clock of Redis, and keeps nothing', async (code, offset) => {
    expect(await accept({ timestamp: at(offset) })).toEqual({ ok: false, code });
    expect(await reader.undelivered(platformId)).toEqual({ count: 0 });
  });

  it('supersedes the score that waited', async () => {
    const first = await accepted();
    const second = await accepted({ scoreGiven: 6 });
    expect(await reader.get(first.id)).toMatchObject({
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
    expect(await reader.get(older.id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
  });

  it('gives a score without a timestamp one later than the last of its cell, whatever the callers clocks say', async () => {
    const ahead = await accepted({ timestamp: at(50_000) });
    const next = await accepted({ scoreGiven: 7 });
    const view = await reader.get(next.id);
    expect(Date.parse(view!.timestamp)).toBe(Date.parse((await reader.get(ahead.id))!.timestamp) + 1);
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
    expect(await redis.zcard(platformKey(platformId, 'scores'))).toBe(1);
  });

  it('changes nothing when the same id comes again', async () => {
    const item = { id: newScoreId(platformId, Date.now()), score: score() };
    const once = await record.accept(platformId, [item]);
    const twice = await record.accept(platformId, [item]);
    expect(twice[0]).toMatchObject({ replayed: true, acceptedAtMs: once[0]?.ok && once[0].acceptedAtMs });
    expect(await redis.get(platformKey(platformId, 'sequence'))).toBe('1');
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
    shift += 30_001;
    const second = await post(cell);
    expect(second).toMatchObject({ scoreId: id, inDoubt: true, wireTimestampMs: first.wireTimestampMs });
    expect(second.fence).not.toBe(first.fence);
  });

  it('chooses the wire timestamp once and keeps it on every retry', async () => {
    const { cell } = await accepted({ timestamp: at(-3_000) });
    const first = await post(cell);
    await settle(first, { kind: 'later', delayMs: 100, ambiguous: false });
    shift += 200;
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
    shift += 1_000;
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
    shift += 1_100;
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
    shift += 1_100;
    const { wireTimestampMs } = await post(first.cell, { wireStepMs: 1_000 });
    const order = Date.parse((await reader.list({ platformId, limit: 1 })).data[0]!.timestamp);
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
    await redis.hset(platformKey(platformId, 'lane'), {
      holdReason: 'THROTTLED',
      holdUntil: Date.now() + 1_000,
    });
    expect((await begin(cell)).kind).toBe('held');
    expect(await reader.get(id)).toMatchObject({ status: 'held', reason: 'THROTTLED' });
    expect((await begin(cell, { probe: true })).kind).toBe('post');
  });

  it('buries a cell that keeps taking workers down with it', async () => {
    const { cell, id } = await accepted();
    let last: Begun = { kind: 'nothing' };
    for (let i = 0; i < 7; i += 1) {
      last = await begin(cell);
      shift += 30_001;
    }
    expect(last).toEqual({ kind: 'crashed', scoreId: id });
    expect(await reader.get(id)).toMatchObject({ status: 'dead', reason: 'CRASHED' });
    expect(await reader.undelivered(platformId)).toEqual({ count: 0 });
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
    await redis.set(platformKey(platformId, 'alias', aliasKeyOf(target)!), column.key);
    const begun = await post(cell, { fence: lease.fence, column });
    expect(begun).toMatchObject({ scoreId: id, lineItemUrl });
    expect(begun.cell.startsWith(column.key)).toBe(true);
    expect(await redis.exists(platformKey(platformId, 'cell', cell))).toBe(0);
    await settle(begun, { kind: 'delivered', facts });
    expect(await reader.get(id)).toMatchObject({ status: 'delivered', lineItemUrl });
    expect((await accepted({ target })).cell).toBe(begun.cell);
  });

  it.each([
    ['older', -5_000, 'superseded'],
    ['newer', 5_000, 'delivering'],
  ])('and %s than one addressed by URL meets it in one order', async (_name, offset, status) => {
    const byUrl = await accepted({ timestamp: at(-1_000) });
    const byResource = await accepted({ target, timestamp: at(offset) });
    shift += 10_000;
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
    await redis.set(platformKey(platformId, 'alias', aliasKeyOf(target)!), column.key);
    const newer = await accepted({ target });
    expect(await reader.get(dead.id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
    expect(await reader.deadSummary([platformId])).toEqual([]);
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
    expect(await reader.undelivered(platformId)).toMatchObject({ count: 1 });
  });
});

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
    const view = await reader.get(id);
    expect(view).toMatchObject({ status: 'delivered', lineItemUrl, attempts: [attempt] });
    expect(view?.deliveredAt).toBeDefined();
    expect(await reader.undelivered(platformId)).toEqual({ count: 0 });
    expect((await begin(cell)).kind).toBe('nothing');
    expect(await redis.pttl(platformKey(platformId, 'score', id))).toBeGreaterThan(29 * day);
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
    expect(await reader.undelivered(platformId)).toMatchObject({
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
    expect(await reader.get(id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
    expect(await post(cell)).toMatchObject({ scoreId: newer.id, inDoubt: false });
  });

  it('later: the score is retrying and its cell waits its backoff out', async () => {
    const { cell, id } = await accepted();
    const { nextAttemptAtMs } = await settle(await post(cell), {
      kind: 'later',
      delayMs: 5_000,
      ambiguous: false,
    });
    expect(await reader.get(id)).toMatchObject({
      status: 'retrying',
      nextAttemptAt: new Date(nextAttemptAtMs!).toISOString(),
    });
    shift += 5_001;
    expect(await post(cell)).toMatchObject({ attempt: 2, firstFailureAtMs: expect.any(Number) });
  });

  it('does not count the time that the lane was held into the age of a failure', async () => {
    const { cell } = await accepted();
    await settle(await post(cell), { kind: 'later', delayMs: 1, ambiguous: false });
    const lane = platformKey(platformId, 'lane');
    await redis.hset(lane, { holdReason: 'PLATFORM_DOWN', heldSince: Date.now() });
    shift += 60 * minute;
    const begun = await post(cell, { probe: true });
    expect(begun.heldMs).toBeGreaterThan(59 * minute);
    expect(begun.heldMs).toBeLessThan(61 * minute);
  });

  it('knows what the platform holds until something unanswered was sent', async () => {
    const { cell } = await accepted();
    await settle(await post(cell), { kind: 'delivered', facts });
    await accepted({ scoreGiven: 6 });
    shift += 1_000;
    const lease = await post(cell);
    expect(lease).toMatchObject({ delivered: facts, uncertain: false });
    await settle(lease, { kind: 'later', delayMs: 1, ambiguous: true });
    await accepted({ scoreGiven: 5 });
    shift += 1_000;
    expect((await post(cell)).uncertain).toBe(true);
  });

  it('counts distinct cells in a row for one systemic reason, and forgets them at a success', async () => {
    const streak = { reason: 'UNAUTHORIZED' };
    const lengths: number[] = [];
    for (const userId of ['a', 'b', 'b', 'c']) {
      const { cell } = await accepted({ userId });
      shift += 1_000;
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
    const numbers = (await reader.get(id))?.attempts.map((entry) => entry.number);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
  });
});

describe('a lease that was lost', () => {
  it('settles nothing, and the newest is posted again when the older one landed after it', async () => {
    const first = await accepted();
    const stale = await post(first.cell);
    shift += 30_001;
    const newer = await accepted({ scoreGiven: 6 });
    const lease = await post(first.cell);
    await settle(lease, { kind: 'delivered', facts });
    expect(await settle(stale, { kind: 'delivered', facts })).toMatchObject({ result: 'late', again: true });
    shift += 1_000;
    const correction = await post(first.cell);
    expect(correction.scoreId).toBe(newer.id);
    expect(correction.wireTimestampMs).toBeGreaterThan(lease.wireTimestampMs);
    expect(correction.uncertain).toBe(true);
    await settle(correction, { kind: 'delivered', facts });
    expect(await statusOf(newer.id)).toBe('delivered');
    expect(await reader.undelivered(platformId)).toEqual({ count: 0 });
  });

  it('that landed while the newer one was being posted has it posted once more', async () => {
    const first = await accepted();
    const stale = await post(first.cell);
    shift += 30_001;
    const newer = await accepted({ scoreGiven: 6 });
    const lease = await post(first.cell);
    await settle(stale, { kind: 'delivered', facts });
    expect(await settle(lease, { kind: 'delivered', facts })).toMatchObject({
      result: 'delivered',
      again: true,
    });
    shift += 1_000;
    expect((await post(first.cell)).scoreId).toBe(newer.id);
  });

  it('whose post nobody answered counts as landed: the newest is posted again', async () => {
    const first = await accepted();
    const stale = await post(first.cell);
    shift += 30_001;
    const newer = await accepted({ scoreGiven: 6 });
    await settle(await post(first.cell), { kind: 'delivered', facts });
    const unanswered = { kind: 'later', delayMs: 1, ambiguous: true } as const;
    expect(await settle(stale, unanswered)).toMatchObject({ result: 'late', again: true });
    shift += 1_000;
    expect((await post(first.cell)).scoreId).toBe(newer.id);
  });

  it('and failed changes nothing', async () => {
    const { cell, id } = await accepted();
    const stale = await post(cell);
    shift += 30_001;
    await settle(await post(cell), { kind: 'delivered', facts });
    expect(await settle(stale, { kind: 'dead', reason: 'REJECTED' })).toMatchObject({
      result: 'late',
      again: false,
    });
    expect(await statusOf(id)).toBe('delivered');
  });
});

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
    expect(await reader.get(id)).toMatchObject({
      status: 'dead',
      detail: 'no such student',
      hint: expect.any(String),
    });
    expect(await reader.deadSummary([platformId])).toMatchObject([
      { platformId, reason: 'USER_NOT_IN_CONTEXT', count: 1 },
    ]);
    const query = { platformId, limit: 10 };
    expect((await reader.deadLetters({ ...query, reason: 'USER_NOT_IN_CONTEXT' })).data).toHaveLength(1);
    expect((await reader.deadLetters({ ...query, reason: 'REJECTED' })).data).toEqual([]);
    expect(await redis.pttl(platformKey(platformId, 'score', id))).toBe(-1);
  });

  it('are gone as soon as a newer score is accepted', async () => {
    const { id } = await deadScore();
    const newer = await accepted();
    expect(await reader.get(id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
    expect((await reader.deadLetters({ platformId, limit: 10 })).data).toEqual([]);
    expect(await reader.deadSummary([platformId])).toEqual([]);
  });

  it('are replayed with their attempts afresh', async () => {
    const { id, cell } = await deadScore();
    expect(await record.replay(id)).toEqual({ kind: 'replayed', platformId, cell });
    expect(await statusOf(id)).toBe('queued');
    expect(await record.replay(id)).toEqual({ kind: 'notDead' });
    const lease = await post(cell);
    expect(lease).toMatchObject({ scoreId: id, attempt: 1 });
    await settle(lease, { kind: 'delivered', facts });
    expect(await reader.get(id)).not.toHaveProperty('reason');
  });

  it('that were superseded do not come back', async () => {
    const { id } = await deadScore();
    await accepted();
    expect(await record.replay(id)).toEqual({ kind: 'notDead' });
  });

  it('are given up with a note', async () => {
    const { id, cell } = await deadScore();
    expect(await record.discard(id, 'left the course')).toBe('discarded');
    expect(await reader.get(id)).toMatchObject({ status: 'cancelled', detail: 'left the course' });
    expect((await begin(cell)).kind).toBe('nothing');
  });
});

describe('replaying what was delivered', () => {
  it('posts the newest again, with a later wire timestamp and nothing taken for unchanged', async () => {
    const { id, cell } = await accepted();
    const first = await post(cell);
    await settle(first, { kind: 'delivered', facts });
    expect(await record.replay(id)).toEqual({ kind: 'notDead' });
    expect(await record.replay(id, { delivered: true })).toMatchObject({ kind: 'replayed' });
    shift += 1_000;
    const again = await post(cell);
    expect(again).toMatchObject({ scoreId: id, inDoubt: false });
    expect(again.wireTimestampMs).toBeGreaterThan(first.wireTimestampMs);
    expect(again.uncertain).toBe(true);
  });

  it('never brings an older grade back', async () => {
    const old = await accepted();
    await settle(await post(old.cell), { kind: 'delivered', facts });
    const newer = await accepted({ scoreGiven: 6 });
    shift += 1_000;
    await settle(await post(newer.cell), { kind: 'delivered', facts });
    expect(await record.replay(old.id, { delivered: true })).toEqual({ kind: 'notNewest' });
  });
});

describe('cancel', () => {
  it('takes back what waits, and nothing that is being posted or settled', async () => {
    const waiting = await accepted();
    expect(await record.cancel(waiting.id)).toBe('cancelled');
    expect((await begin(waiting.cell)).kind).toBe('nothing');
    const posting = await accepted();
    const lease = await post(posting.cell);
    expect(await record.cancel(posting.id)).toBe('delivering');
    await settle(lease, { kind: 'delivered', facts });
    expect(await record.cancel(posting.id)).toBe('settled');
    expect(await record.cancel('sc_springfield_nothing')).toBe('notFound');
  });
});

describe('lists', () => {
  it('page through equal times without losing or repeating a score', async () => {
    const items = Array.from({ length: 250 }, (_, i) => ({
      id: newScoreId(platformId, Date.now()),
      score: score({ userId: `u${i}` }),
    }));
    await record.accept(platformId, items);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await reader.list({ platformId, limit: 60, ...(cursor ? { cursor } : {}) });
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
      (await reader.list({ platformId, limit: 10, ...query })).data.map(({ id }) => id);
    expect(await found({ userId: 'u7' })).toEqual([wanted.id]);
    expect(await found({ externalId: 'sub-7' })).toEqual([wanted.id]);
    expect(await found({ lineItemUrl: `${lineItemUrl}/`, status: 'queued' })).toHaveLength(2);
    expect(await found({ status: 'dead' })).toEqual([]);
    expect(await found({ untilMs: Date.now() - minute })).toEqual([]);
  });
});
