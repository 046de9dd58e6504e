import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { cellIdOf, columnKeyOf, parseCellId, userKeyOf } from '../cell.ts';
import type { Score, UnmatchedScore } from '../score.ts';
import { useTestRedis } from '../testing/store-fixture.ts';
import type { UserSelector } from '../user-selector.ts';
import { platformKey } from './keys.ts';
import { ScoreRecord } from './record.ts';
import type { Begun, Settlement } from './record-types.ts';
import { newScoreId } from './score-id.ts';
import { ScoreReader } from './score-reader.ts';
import { SecretBox } from './secret-box.ts';

const fixture = useTestRedis();
const box = new SecretBox(randomBytes(32));
const platformId = 'springfield';
const launchId = 'la_springfield_0000000000000000000000';
const lineItemUrl = 'https://lms.example/lineitems/1';
const column = { key: columnKeyOf(lineItemUrl), lineItemUrl };
const email: UserSelector = { email: 'ada@school.example' };
const home = cellIdOf(column.key, userKeyOf('7'));
const facts = { contentHash: 'h', hasGrade: true };
const minute = 60_000;

let shift = 0;
let record: ScoreRecord;
let reader: ScoreReader;

beforeEach(async () => {
  shift = 0;
  const clockShiftMs = () => shift;
  const { redis } = fixture;
  record = new ScoreRecord({
    redis,
    box,
    retentionMs: 1e9,
    cellRetentionMs: 1e10,
    leaseMs: 30_000,
    clockShiftMs,
  });
  reader = new ScoreReader({ redis, box, clockShiftMs });
  await redis.set(platformKey(platformId, 'platform'), '{}');
});

const content = {
  scoreGiven: 5,
  scoreMaximum: 10,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
} as const;
const at = (offsetMs: number) => new Date(Date.now() + shift + offsetMs).toISOString();

async function accept(score: Score | UnmatchedScore) {
  const id = newScoreId(platformId, Date.now());
  const [result] = await record.accept(platformId, [{ id, score }]);
  if (!result?.ok) throw new Error(JSON.stringify(result));
  return result;
}
const byUser = (user: UserSelector = email, more: Partial<UnmatchedScore> = {}) =>
  accept({ ...content, target: { launchId }, user, ...more });
const byId = (more: Partial<Score> = {}) =>
  accept({ ...content, target: { lineItemUrl }, userId: '7', ...more });

const begin = (cell: string, more: object = {}) => record.begin({ platformId, cell, wireStepMs: 1, ...more });
const settle = (lease: { cell: string; scoreId: string; fence: string }, settlement: Settlement) =>
  record.settle({ platformId, cell: lease.cell, scoreId: lease.scoreId, fence: lease.fence, settlement });

function leased<Kind extends 'identify' | 'resolve' | 'post'>(begun: Begun, kind: Kind) {
  if (begun.kind !== kind) throw new Error(`began ${begun.kind}, not ${kind}`);
  return begun as Extract<Begun, { kind: Kind }>;
}

/** Through roster and line item to the post. */
async function beginPost(cell: string) {
  let begun = await begin(cell);
  if (begun.kind === 'identify') begun = await begin(begun.cell, { fence: begun.fence, userId: '7' });
  if (begun.kind === 'resolve') begun = await begin(begun.cell, { fence: begun.fence, column });
  return begun;
}
const post = async (cell: string) => leased(await beginPost(cell), 'post');
const deliver = async (cell: string) => settle(await post(cell), { kind: 'delivered', facts });
const statusOf = async (id: string) => (await reader.get(id))?.status;

describe('a score by user', () => {
  it('waits under an alias, for whoever looks into the roster', async () => {
    const { id, cell } = await byUser();
    expect(parseCellId(cell)?.userKey).toMatch(/^~/);
    const begun = leased(await begin(cell), 'identify');
    expect(begun).toMatchObject({ user: email, launchId, scoreId: id });
    expect(begun.score).not.toHaveProperty('user');
    expect(begun.wantedSinceMs).toBeGreaterThan(Date.now() - minute);
    expect((await begin(cell)).kind).toBe('busy');
  });

  it('goes to the cell of the user whom the roster told, and names nobody from then on', async () => {
    const { id, cell } = await byUser();
    const begun = await post(cell);
    expect(begun).toMatchObject({ cell: home, scoreId: id });
    expect(begun.score.userId).toBe('7');
    const shown = await reader.get(id);
    expect(shown).toMatchObject({ status: 'delivering', userId: '7' });
    expect(shown).not.toHaveProperty('user');
    expect(await fixture.redis.exists(platformKey(platformId, 'cell', cell))).toBe(0);
    expect(await fixture.redis.hexists(platformKey(platformId, 'score', id), 'who')).toBe(0);
  });

  it('that is written in another way is the same user’s', async () => {
    const first = await byUser();
    const second = await byUser({ email: ' ADA@School.example' });
    expect(second.cell).toBe(first.cell);
    expect(await statusOf(first.id)).toBe('superseded');
    expect((await byUser({ email: 'bob@school.example' })).cell).not.toBe(first.cell);
  });

  it('goes to the user’s own cell at once while the roster’s word is fresh', async () => {
    await deliver((await byUser()).cell);
    const again = await byUser();
    expect(parseCellId(again.cell)?.userKey).toBe(userKeyOf('7'));
    expect(await reader.get(again.id)).toMatchObject({ userId: '7', status: 'queued' });
    await fixture.redis.del(await fixture.redis.keys(platformKey(platformId, 'user-alias', '*')));
    expect(parseCellId((await byUser()).cell)?.userKey).toMatch(/^~/);
  });

  it('and by id of the same user: the newer one wins, whichever comes first', async () => {
    const old = await byUser(email, { timestamp: at(-2 * minute) });
    const byName = await byUser({ name: 'Ada Lovelace' }, { timestamp: at(-minute) });
    const newest = await byId();
    await deliver(home);
    for (const { cell } of [old, byName]) expect((await beginPost(cell)).kind).toBe('nothing');
    for (const { id } of [old, byName]) {
      expect(await reader.get(id)).toMatchObject({ status: 'superseded', supersededBy: newest.id });
      expect(await reader.get(id)).not.toHaveProperty('user');
    }
    const newer = await byUser({ sourcedId: 's7' });
    shift += 2_000;
    expect((await post(newer.cell)).scoreId).toBe(newer.id);
  });

  it('is identified once for all columns', async () => {
    const first = await byUser();
    const other = await byUser(email, { target: { launchId, resourceId: 'other' } });
    await deliver(first.cell);
    expect(leased(await begin(other.cell), 'resolve').score.userId).toBe('7');
  });
});

describe('a user whom the roster does not tell', () => {
  const unknown: Settlement = { kind: 'dead', reason: 'USER_NOT_FOUND', detail: 'none' };

  async function bury() {
    const accepted = await byUser();
    await settle(leased(await begin(accepted.cell), 'identify'), unknown);
    return accepted;
  }

  it('leaves a dead letter that says who is meant, and that a replay looks up again', async () => {
    const { id, cell } = await bury();
    expect(await reader.get(id)).toMatchObject({ status: 'dead', reason: 'USER_NOT_FOUND', user: email });
    shift += minute;
    expect(await record.replay(id)).toMatchObject({ kind: 'replayed', cell });
    const begun = leased(await begin(cell), 'identify');
    expect(begun.wantedSinceMs).toBeGreaterThan(Date.now() + minute - 5_000);
  });

  it.each([
    ['discarded', (id: string) => record.discard(id, 'gone')],
    ['superseded', () => byUser()],
  ])('is named no more once it is %s', async (_, act) => {
    const { id } = await bury();
    await act(id);
    expect(await reader.get(id)).not.toHaveProperty('user');
    expect(await fixture.redis.hexists(platformKey(platformId, 'score', id), 'who')).toBe(0);
  });

  it('is named no more once the score is cancelled', async () => {
    const { id } = await byUser();
    await record.cancel(id);
    expect(await reader.get(id)).not.toHaveProperty('user');
  });

  it('gives way to a newer score of the same user, also where only the column was unknown', async () => {
    const dead = await bury();
    await deliver((await byUser(email, { target: { launchId, resourceId: 'other' } })).cell);
    const newer = await byUser();
    expect(await reader.get(dead.id)).toMatchObject({ status: 'superseded', supersededBy: newer.id });
    expect(await reader.deadSummary([platformId])).toEqual([]);
  });
});

describe('at rest', () => {
  it('nobody is named, neither in keys nor in values', async () => {
    await byUser();
    await byUser({ name: 'Ada Lovelace' });
    const keys = await fixture.redis.keys('*');
    const dumped = await Promise.all(keys.map((key) => fixture.redis.dump(key)));
    expect(`${keys} ${dumped}`).not.toMatch(/ada@|Lovelace/i);
  });

  it('what was sealed with a key that is gone is told apart', async () => {
    const { id, cell } = await byUser();
    const options = { redis: fixture.redis, box: new SecretBox(randomBytes(32)) };
    const other = new ScoreRecord({ ...options, retentionMs: 1e9, cellRetentionMs: 1e10 });
    expect(await other.begin({ platformId, cell, wireStepMs: 1 })).not.toHaveProperty('user');
    expect(await new ScoreReader(options).get(id)).not.toHaveProperty('user');
  });
});

describe('a lease', () => {
  it('is prolonged by who has it', async () => {
    const { cell } = await byUser();
    const { fence } = leased(await begin(cell), 'identify');
    shift += 20_000;
    expect(await record.extend({ platformId, cell, fence })).toBe(true);
    shift += 20_000;
    expect(await begin(cell)).toMatchObject({ kind: 'busy', cell });
  });

  it('is not prolonged by who has lost it, or has given it back', async () => {
    const { cell } = await byUser();
    const lost = leased(await begin(cell), 'identify');
    shift += 31_000;
    const lease = leased(await begin(cell), 'identify');
    expect(await record.extend({ platformId, cell, fence: lost.fence })).toBe(false);
    await settle(lease, { kind: 'released' });
    expect(await record.extend({ platformId, cell, fence: lease.fence })).toBe(false);
  });
});
