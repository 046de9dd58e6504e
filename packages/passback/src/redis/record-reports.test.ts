import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { columnKeyOf } from '../cell.ts';
import type { Score } from '../score.ts';
import { useTestRedis } from '../testing/store-fixture.ts';
import { platformKey } from './keys.ts';
import { ScoreRecord } from './record.ts';
import type { Settlement } from './record-types.ts';
import { newScoreId } from './score-id.ts';
import { ScoreReader } from './score-reader.ts';
import { SecretBox } from './secret-box.ts';

const platformId = 'springfield';
const lineItemUrl = 'https://lms.example/lineitems/1';
const byResource = { lineItemsUrl: 'https://lms.example/lineitems', resourceId: 'quiz' };
const column = { key: columnKeyOf(lineItemUrl), lineItemUrl };
const day = 86_400_000;
const box = new SecretBox(randomBytes(32));
const store = useTestRedis();

let shift = 0;
let record: ScoreRecord;
let reader: ScoreReader;

beforeEach(async () => {
  const { redis } = store;
  await redis.set(platformKey(platformId, 'platform'), '{}');
  shift = 0;
  const clockShiftMs = () => shift;
  const lives = { retentionMs: 30 * day, cellRetentionMs: 400 * day, leaseMs: 30_000 };
  record = new ScoreRecord({ redis, box, ...lives, clockShiftMs });
  reader = new ScoreReader({ redis, box, clockShiftMs });
});

const report: Partial<Score> = { activityProgress: 'InProgress', gradingProgress: 'Pending' };
const clearing: Partial<Score> = { scoreGiven: null };

async function accept(fields: Partial<Score> = {}) {
  const score: Score = {
    userId: 'u1',
    target: { lineItemUrl },
    scoreGiven: 5,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...fields,
  };
  const [result] = await record.accept(platformId, [{ id: newScoreId(platformId, Date.now()), score }]);
  if (!result?.ok) throw new Error(result?.code);
  return result;
}

async function post(cell: string) {
  // Past the instants of scores that came within one millisecond, and past the pace of a cell.
  shift += 1_001;
  const begun = await record.begin({ platformId, cell, wireStepMs: 1 });
  if (begun.kind !== 'post') throw new Error(`began ${begun.kind}`);
  return begun;
}

const settle = (lease: { cell: string; scoreId: string; fence: string }, settlement: Settlement) => {
  const { cell, scoreId, fence } = lease;
  return record.settle({ platformId, cell, scoreId, fence, settlement });
};
const later = (ambiguous: boolean): Settlement => ({ kind: 'later', delayMs: 0, ambiguous });
const keptOff = (by: string) => ({ status: 'superseded', reason: 'WOULD_CLEAR_GRADE', supersededBy: by });

describe('a progress report', () => {
  it.each<[string, Partial<Score>]>([
    ['a grade', {}],
    ['a grade to be taken away', clearing],
    ['a grade of none', { scoreGiven: 0 }],
    ['a forced report', { ...report, force: true }],
  ])('does not take the place of %s that waits', async (_name, fields) => {
    const waiting = await accept(fields);
    const late = await accept(report);
    expect(late.enqueue).toBe(false);
    expect(await reader.get(late.id)).toMatchObject(keptOff(waiting.id));
    expect((await post(waiting.cell)).scoreId).toBe(waiting.id);
  });

  it('does not take the place of a grade that is being posted, whatever becomes of that', async () => {
    const { id, cell } = await accept();
    const lease = await post(cell);
    const late = await accept(report);
    expect(await settle(lease, later(false))).toMatchObject({ result: 'later' });
    expect(await reader.get(late.id)).toMatchObject(keptOff(id));
    expect((await post(cell)).scoreId).toBe(id);
  });

  it('does not take a dead letter away, which can still be replayed', async () => {
    const { id, cell } = await accept();
    await settle(await post(cell), { kind: 'dead', reason: 'USER_NOT_IN_CONTEXT' });
    const late = await accept(report);
    expect(await reader.get(late.id)).toMatchObject(keptOff(id));
    expect(await record.replay(id)).toMatchObject({ kind: 'replayed' });
  });

  it('takes the place of another report, and gives it to a grade', async () => {
    const first = await accept(report);
    const second = await accept({ ...report, activityProgress: 'Submitted' });
    const grade = await accept();
    expect(await reader.get(first.id)).toMatchObject({ reason: 'NEWER_SCORE', supersededBy: second.id });
    expect(await reader.get(second.id)).toMatchObject({ reason: 'NEWER_SCORE', supersededBy: grade.id });
  });

  it('takes the place of a grade when it is forced to', async () => {
    const grade = await accept();
    const forced = await accept({ ...report, force: true });
    expect(await reader.get(grade.id)).toMatchObject({ status: 'superseded', reason: 'NEWER_SCORE' });
    expect((await post(grade.cell)).scoreId).toBe(forced.id);
  });

  it('waits for its turn where a grade was delivered', async () => {
    const { cell } = await accept();
    await settle(await post(cell), { kind: 'delivered', facts: { contentHash: 'h', hasGrade: true } });
    const late = await accept(report);
    expect(late.enqueue).toBe(true);
  });

  it('by resource does not take the place of a grade that waits in the column', async () => {
    const late = await accept({ ...report, target: byResource });
    shift += 5;
    const grade = await accept({ timestamp: new Date(Date.now() - 60_000).toISOString() });
    const begun = await record.begin({ platformId, cell: late.cell, wireStepMs: 1 });
    if (begun.kind !== 'resolve') throw new Error(`began ${begun.kind}`);
    const { cell, fence } = begun;
    const merged = await record.begin({ platformId, cell, fence, wireStepMs: 1, column });
    expect(merged).toMatchObject({ kind: 'post', scoreId: grade.id });
    expect(await reader.get(late.id)).toMatchObject(keptOff(grade.id));
  });

  it('does not take away a grade that died before its column was known', async () => {
    const dead = await accept({ target: byResource });
    const lease = await record.begin({ platformId, cell: dead.cell, wireStepMs: 1 });
    if (lease.kind !== 'resolve') throw new Error(`began ${lease.kind}`);
    await settle(lease, { kind: 'dead', reason: 'LINE_ITEM_NOT_FOUND' });
    const other = await accept({ userId: 'u2', target: byResource });
    const begun = await record.begin({ platformId, cell: other.cell, wireStepMs: 1 });
    if (begun.kind !== 'resolve') throw new Error(`began ${begun.kind}`);
    await record.begin({ platformId, cell: begun.cell, fence: begun.fence, wireStepMs: 1, column });
    await accept({ ...report, target: byResource });
    expect((await reader.get(dead.id))?.status).toBe('dead');
    await accept({ target: byResource });
    expect((await reader.get(dead.id))?.status).toBe('superseded');
  });
});

describe('what may be shown of a cell', () => {
  const lost = later(true);
  const points = (lease: Awaited<ReturnType<typeof post>>) =>
    lease.earlier.map(({ scoreGiven }) => scoreGiven);

  it('is nothing more than what was delivered, as long as all posts were answered', async () => {
    const { cell } = await accept({ scoreGiven: 1 });
    await settle(await post(cell), later(false));
    await accept({ scoreGiven: 2 });
    expect(points(await post(cell))).toEqual([]);
  });

  it('is every older score whose post was not answered, or whose worker died', async () => {
    const { cell } = await accept({ scoreGiven: 1 });
    await settle(await post(cell), lost);
    await accept({ scoreGiven: 2 });
    await post(cell);
    shift += 31_000;
    await accept({ scoreGiven: 3 });
    const third = await post(cell);
    expect(points(third)).toEqual([1, 2]);
    await settle(third, lost);
    expect(points(await post(cell))).toEqual([1, 2]);
  });

  it('is forgotten with the next one that is known to have landed', async () => {
    const { cell } = await accept({ scoreGiven: 1 });
    await settle(await post(cell), lost);
    await accept({ scoreGiven: 2 });
    await settle(await post(cell), { kind: 'delivered', facts: { contentHash: 'h', hasGrade: true } });
    await accept({ scoreGiven: 3 });
    await settle(await post(cell), lost);
    await accept({ scoreGiven: 4 });
    expect(points(await post(cell))).toEqual([3]);
  });

  it('is one that landed after its worker had lost the cell', async () => {
    const { cell } = await accept({ scoreGiven: 1 });
    const slow = await post(cell);
    shift += 31_000;
    await accept({ scoreGiven: 2 });
    await settle(await post(cell), { kind: 'delivered', facts: { contentHash: 'h', hasGrade: true } });
    const late = await settle(slow, { kind: 'delivered', facts: { contentHash: 'g', hasGrade: true } });
    expect(late).toMatchObject({ result: 'late', again: true });
    expect(points(await post(cell))).toEqual([1]);
  });

  it('holds the last few only', async () => {
    const { cell } = await accept({ scoreGiven: 0 });
    for (let given = 1; given <= 20; given += 1) {
      await settle(await post(cell), lost);
      await accept({ scoreGiven: given });
    }
    const kept = points(await post(cell));
    expect(kept.length).toBeGreaterThan(4);
    expect(kept.length).toBeLessThan(12);
    expect(kept.at(-1)).toBe(19);
  });
});

it('a superseded score can change what the cell is known to hold', async () => {
  const { cell } = await accept();
  await settle(await post(cell), { kind: 'delivered', facts: { contentHash: 'h', hasGrade: true } });
  const second = await accept({ scoreGiven: 6, overwrite: 'unlessEdited' });
  const facts = { contentHash: '', hasGrade: true };
  const reason = 'KEPT_TEACHERS_GRADE';
  await settle(await post(cell), { kind: 'superseded', reason, detail: 'it shows 7', facts });
  expect(await reader.get(second.id)).toMatchObject({
    status: 'superseded',
    reason,
    detail: 'it shows 7',
    overwrite: 'unlessEdited',
  });
  await accept();
  expect((await post(cell)).delivered).toEqual(facts);
});
