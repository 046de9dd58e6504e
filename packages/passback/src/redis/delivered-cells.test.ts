import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { columnKeyOf } from '../cell.ts';
import type { Score } from '../score.ts';
import { useTestRedis } from '../testing/store-fixture.ts';
import { DeliveredCells } from './delivered-cells.ts';
import { platformKey } from './keys.ts';
import { ScoreRecord } from './record.ts';
import type { Begun, Settlement } from './record-types.ts';
import { newScoreId } from './score-id.ts';
import { ScoreReader } from './score-reader.ts';
import { SecretBox } from './secret-box.ts';

const platformId = 'springfield';
const lineItemUrl = 'https://lms.example/lineitems/1';
const column = columnKeyOf(lineItemUrl);
const day = 86_400_000;
const facts = { contentHash: 'h', hasGrade: true, grade: 0.5 };
const box = new SecretBox(randomBytes(32));

const store = useTestRedis();
let shift = 0;
let record: ScoreRecord;
let reader: ScoreReader;
let delivered: DeliveredCells;

beforeEach(async () => {
  shift = 0;
  const { redis } = store;
  const clockShiftMs = () => shift;
  await redis.set(platformKey(platformId, 'platform'), '{}');
  record = new ScoreRecord({
    redis,
    box,
    retentionMs: 30 * day,
    cellRetentionMs: 400 * day,
    leaseMs: 5_000,
    clockShiftMs,
  });
  reader = new ScoreReader({ redis, box, clockShiftMs });
  delivered = new DeliveredCells({ redis, retentionMs: 400 * day, clockShiftMs });
});

async function accept(userId: string, change: Partial<Score> = {}): Promise<string> {
  const id = newScoreId(platformId, Date.now());
  const score: Score = {
    userId,
    target: { lineItemUrl },
    scoreGiven: 5,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...change,
  };
  const [accepted] = await record.accept(platformId, [{ id, score }]);
  if (!accepted?.ok) throw new Error('not accepted');
  return accepted.cell;
}

async function begin(cell: string): Promise<Begun & { kind: 'post' }> {
  const begun = await record.begin({ platformId, cell, wireStepMs: 1, probe: true });
  if (begun.kind !== 'post') throw new Error(begun.kind);
  return begun;
}

async function settle(
  cell: string,
  settlement: Settlement = { kind: 'delivered', facts },
  url = lineItemUrl,
): Promise<string> {
  const { scoreId, fence } = await begin(cell);
  await record.settle({ platformId, cell, scoreId, fence, settlement, lineItemUrl: url });
  return scoreId;
}

async function usersOf(of = column): Promise<string[]> {
  const found: string[] = [];
  for await (const page of delivered.users(platformId, of)) found.push(...page);
  return found.sort();
}

describe('DeliveredCells', () => {
  it('knows columns and users by what was delivered, and nothing that was not', async () => {
    const scoreId = await settle(await accept('u1'));
    await accept('u2');
    await settle(await accept('u3'), { kind: 'dead', reason: 'REJECTED' });
    expect(await usersOf()).toEqual(['u1']);
    expect(await delivered.columns(platformId)).toMatchObject([{ column, url: lineItemUrl }]);
    const [one, two, three, none] = await delivered.cells(platformId, column, ['u1', 'u2', 'u3', 'u4']);
    expect(one).toMatchObject({ userId: 'u1', delivered: { scoreId, facts } });
    expect(one).not.toHaveProperty('desired');
    for (const cell of [two, three]) {
      expect(cell).toMatchObject({ desired: expect.any(String) });
      expect(cell).not.toHaveProperty('inDoubt');
    }
    expect(none).not.toHaveProperty('delivered');
  });

  it('lists columns by their last delivery, and only those since then', async () => {
    const other = 'https://lms.example/lineitems/2';
    await settle(await accept('u1'));
    shift = 10_000;
    await settle(await accept('u1', { target: { lineItemUrl: other } }), undefined, other);
    const [last, first] = await delivered.columns(platformId);
    expect([last?.url, first?.url]).toEqual([other, lineItemUrl]);
    const recent = await delivered.columns(platformId, first!.deliveredAtMs + 1);
    expect(recent.map(({ url }) => url)).toEqual([other]);
    shift = 401 * day;
    expect(await delivered.columns(platformId)).toEqual([]);
  });

  it('shows whose post nobody answered once nobody is at it, dead ones too', async () => {
    const cell = await accept('u1');
    const { scoreId, fence } = await begin(cell);
    const look = async () => (await delivered.cells(platformId, column, ['u1']))[0];
    expect(await look()).not.toHaveProperty('inDoubt');
    const later: Settlement = { kind: 'later', delayMs: 60_000, ambiguous: true };
    await record.settle({ platformId, cell, scoreId, fence, settlement: later });
    expect(await look()).toMatchObject({
      desired: scoreId,
      inDoubt: { dead: false, score: { scoreGiven: 5 } },
    });
    await begin(cell);
    expect(await look()).not.toHaveProperty('inDoubt');
    shift = 10_000;
    await settle(cell, { kind: 'dead', reason: 'EXPIRED' });
    expect(await look()).toMatchObject({ inDoubt: { dead: true } });
  });

  it('marks what is delivered still, and shows it until it is sent again', async () => {
    const cell = await accept('u1');
    const scoreId = await settle(cell);
    const verifiedAt = async () => (await reader.get(scoreId))?.verifiedAt;
    await delivered.markVerified(platformId, [{ cell, scoreId: newScoreId(platformId, 1) }]);
    expect(await verifiedAt()).toBeUndefined();
    await delivered.markVerified(platformId, [{ cell, scoreId }]);
    expect(await verifiedAt()).toMatch(/^\d{4}-/);
    await record.replay(scoreId, { delivered: true });
    await delivered.markVerified(platformId, [{ cell, scoreId }]);
    expect(await verifiedAt()).toBeUndefined();
  });

  it('has a cell sent again with what was seen of it, without doubt', async () => {
    const cell = await accept('u1');
    const scoreId = await settle(cell);
    const seen = { contentHash: '', hasGrade: false };
    expect(await record.replay(scoreId, { seen })).toMatchObject({ kind: 'replayed', cell });
    expect(await record.replay(scoreId, { seen })).toEqual({ kind: 'notDead' });
    const begun = await begin(cell);
    expect(begun).toMatchObject({ scoreId, delivered: seen, inDoubt: false, uncertain: false });
  });

  it('does not send an older score again once a newer one was accepted', async () => {
    const scoreId = await settle(await accept('u1'));
    await accept('u1', { scoreGiven: 9 });
    const replayed = await record.replay(scoreId, { seen: { contentHash: '', hasGrade: false } });
    expect(replayed).toEqual({ kind: 'notNewest' });
  });

  it('forgets users whose cells are gone, and no others', async () => {
    const gone = await accept('u1');
    await settle(gone);
    await settle(await accept('u2'));
    await store.redis.del(platformKey(platformId, 'cell', gone));
    await delivered.forget(platformId, column, ['u1', 'u2']);
    expect(await usersOf()).toEqual(['u2']);
  });

  it('keeps nothing of a column for longer than its cells', async () => {
    await accept('u1');
    const other = 'https://lms.example/lineitems/2';
    await settle(await accept('u1', { target: { lineItemUrl: other } }), undefined, other);
    const kept = (await store.redis.keys(`*{${platformId}}:column*`)).sort();
    expect(kept).toEqual(
      [
        platformKey(platformId, 'column', column),
        platformKey(platformId, 'column', columnKeyOf(other)),
        platformKey(platformId, 'column-users', columnKeyOf(other)),
        platformKey(platformId, 'columns'),
      ].sort(),
    );
    for (const key of kept) expect(await store.redis.pttl(key)).toBeGreaterThan(300 * day);
    shift = 401 * day;
    await settle(await accept('u2', { target: { lineItemUrl: other } }), undefined, other);
    expect(await store.redis.zcard(platformKey(platformId, 'columns'))).toBe(1);
  });
});
