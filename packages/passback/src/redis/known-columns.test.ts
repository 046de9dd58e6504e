import { randomBytes } from 'node:crypto';
import { SCOPES } from '@gradewire/ags';
import { beforeEach, describe, expect, it } from 'vitest';
import { aliasKeyOf, columnKeyOf, userKeyOf } from '../cell.ts';
import type { Score } from '../score.ts';
import type { Target } from '../target.ts';
import { FakeLineItems } from '../testing/fake-line-items.ts';
import { platformFor, useTestRedis } from '../testing/store-fixture.ts';
import { ColumnStore } from './column-store.ts';
import { platformKey } from './keys.ts';
import { KnownColumns } from './known-columns.ts';
import { LineItemResolver } from './line-item-resolver.ts';
import { ScoreRecord } from './record.ts';
import type { Begun } from './record-types.ts';
import { newScoreId } from './score-id.ts';
import { SecretBox } from './secret-box.ts';

const fixture = useTestRedis();
const retentionMs = 60_000;
const platform = platformFor('a');
const [one, two, three] = [1, 2, 3].map((id) => `https://a.example/lineitems/${id}?type_id=7`) as [
  string,
  string,
  string,
];
const target: Target = { lineItemsUrl: 'https://a.example/lineitems?type_id=7', resourceId: 'lab' };
const alias = aliasKeyOf(target)!;

let known: KnownColumns;
let columns: ColumnStore;
let record: ScoreRecord;
let course: FakeLineItems;

beforeEach(async () => {
  const { redis } = fixture;
  known = new KnownColumns({ redis, retentionMs });
  columns = new ColumnStore({ redis, retentionMs });
  record = new ScoreRecord({
    redis,
    box: new SecretBox(randomBytes(32)),
    retentionMs,
    cellRetentionMs: retentionMs,
  });
  course = new FakeLineItems();
  await redis.set(platformKey('a', 'platform'), '{}');
});

const facts = (url: string) => ({ url, label: 'Lab', scoreMaximum: 10 });
const adopt = (url: string, ...insteadOf: string[]) => known.adopt('a', facts(url), insteadOf);
const bind = (url: string) =>
  columns.bind('a', alias, { key: 'lock', fence: '1' }, { ...facts(url), created: false });
const goesTo = async () => (await columns.find('a', alias)).bound?.url;

/** Accepts a score; returns the cell it waits in. */
async function accept(scoreTarget: Target, timestamp?: string): Promise<{ cell: string; id: string }> {
  const score = {
    userId: 'u',
    target: scoreTarget,
    scoreGiven: 1,
    scoreMaximum: 1,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...(timestamp && { timestamp }),
  } as Score;
  const [result] = await record.accept('a', [{ id: newScoreId('a', Date.now()), score }]);
  if (!result?.ok) throw new Error('refused');
  return result;
}

const begin = (cell: string, more = {}) => record.begin({ platformId: 'a', cell, wireStepMs: 1, ...more });
const urlOf = (begun: Begun) => (begun.kind === 'post' ? begun.lineItemUrl : begun.kind);

async function deliver(begun: Begun): Promise<void> {
  if (begun.kind !== 'post') throw new Error(begun.kind);
  const { cell, scoreId, fence } = begun;
  const settlement = { kind: 'delivered', facts: { contentHash: 'h', hasGrade: true } } as const;
  await record.settle({ platformId: 'a', cell, scoreId, fence, settlement });
}

describe('what a resource stands for', () => {
  it('is the adopted column, also by a chain, until another is adopted', async () => {
    await bind(one);
    await adopt(two, one);
    expect(await goesTo()).toBe(two);
    await adopt(three, two);
    expect(await goesTo()).toBe(three);
    await adopt(one, two, three);
    expect(await goesTo()).toBe(one);
    expect((await known.many('a', [one, two, three])).map(({ replacedBy }) => replacedBy)).toEqual([
      undefined,
      one,
      one,
    ]);
  });

  it('is the adopted column when the other is found by a look-up later', async () => {
    await adopt(two, one);
    expect(await bind(one)).toEqual({ column: columnKeyOf(two), url: two, lost: false });
    expect(await columns.point('a', alias, one)).toEqual({ column: columnKeyOf(two), url: two });
  });

  it('is the other again once the adopted one is gone', async () => {
    await bind(one);
    await adopt(two, one);
    await columns.forget('a', alias, columnKeyOf(one));
    expect(await goesTo()).toBe(two);
    await columns.forget('a', alias, columnKeyOf(two));
    expect(await columns.find('a', alias)).toEqual({ usedBefore: two });
    await bind(one);
    expect(await goesTo()).toBe(one);
  });

  it('keeps what was chosen before, when the last of a chain is gone', async () => {
    await bind(one);
    await adopt(two, one);
    await adopt(three, two);
    await columns.forget('a', alias, columnKeyOf(three));
    await bind(one);
    expect(await goesTo()).toBe(two);
  });

  it('is the other again once the adopted one was deleted, and what was deleted is looked up anew', async () => {
    await bind(one);
    await adopt(two, one);
    await known.drop('a', two);
    expect(await goesTo()).toBe(one);
    await known.drop('a', one);
    expect(await goesTo()).toBeUndefined();
  });

  it('is the adopted one of several that fit a target never looked up before', async () => {
    for (const label of ['a', 'b', 'c']) course.add({ label, resourceId: 'lab' });
    const resolver = new LineItemResolver({ redis: fixture.redis, send: course.send });
    const scopes = [SCOPES.lineItemReadonly];
    const token = { id: 't', accessToken: 't', scopes, expiresAtMs: Number.POSITIVE_INFINITY };
    const input = {
      platform,
      target,
      accessToken: async () => ({ ok: true, token }) as const,
      dropToken: async () => {},
    };
    expect(await resolver.resolve(input)).toMatchObject({ outcome: { reason: 'LINE_ITEM_AMBIGUOUS' } });
    await adopt(course.items[1]!.id, course.items[0]!.id);
    expect(await resolver.resolve(input)).toMatchObject({
      kind: 'resolved',
      lineItemUrl: course.items[1]!.id,
    });
  });
});

describe('waiting scores', () => {
  it('of the resource go to the adopted column, those that name their line item do not', async () => {
    await bind(one);
    const byResource = await accept(target);
    await adopt(two, one);
    expect(urlOf(await begin(byResource.cell))).toBe(two);
    const byUrl = await accept({ lineItemUrl: one });
    expect(urlOf(await begin(byUrl.cell))).toBe(one);
  });

  it('are judged by what the old column had, so that an older one does not follow a newer one', async () => {
    await bind(one);
    await deliver(await begin((await accept(target)).cell));
    await adopt(two, one);
    const late = await accept(target, new Date(Date.now() - 10_000).toISOString());
    expect(await begin(late.cell)).toEqual({ kind: 'nothing' });
  });

  it('that are being posted are settled where they are', async () => {
    await bind(one);
    const { cell } = await accept(target);
    const begun = await begin(cell);
    await adopt(two, one);
    expect(await begin(cell)).toMatchObject({ kind: 'busy' });
    await deliver(begun);
    expect(await begin(cell)).toEqual({ kind: 'nothing' });
    expect((await known.many('a', [one, two])).map(({ delivered }) => delivered)).toEqual([1, 0]);
  });

  it('of an attempt that goes on go along', async () => {
    await bind(one);
    const begun = await begin((await accept(target)).cell);
    if (begun.kind !== 'post') throw new Error(begun.kind);
    await adopt(two, one);
    const moved = await begin(begun.cell, { fence: begun.fence });
    expect(urlOf(moved)).toBe(two);
    await deliver(moved);
    expect((await known.many('a', [one, two])).map(({ delivered }) => delivered)).toEqual([0, 1]);
  });

  it('are counted by column, each student once', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => `u${i}`);
    const members = ids.flatMap((id) => [0, `${columnKeyOf(one)}.${userKeyOf(id)}`]);
    await fixture.redis.zadd(
      platformKey('a', 'undelivered'),
      ...members,
      0,
      `${columnKeyOf(two)}.${userKeyOf('u')}`,
    );
    expect(await known.waiting('a', one)).toBe(30);
    expect(await known.waiting('a', two)).toBe(1);
    expect(await known.waiting('a', three)).toBe(0);
  });
});

describe('what is known of a column', () => {
  it('is told in the order asked for, and nothing of one never used', async () => {
    await bind(two);
    expect(await known.many('a', [one, two])).toEqual([
      { created: false, delivered: 0 },
      { created: false, delivered: 0, label: 'Lab', scoreMaximum: 10 },
    ]);
    expect(await known.many('a', [])).toEqual([]);
  });

  it('counts students, not deliveries', async () => {
    await bind(one);
    await deliver(await begin((await accept(target)).cell));
    const { cell } = await accept(target);
    const later = new ScoreRecord({
      redis: fixture.redis,
      box: new SecretBox(randomBytes(32)),
      retentionMs,
      cellRetentionMs: retentionMs,
      clockShiftMs: () => 5_000,
    });
    await deliver(await later.begin({ platformId: 'a', cell, wireStepMs: 1 }));
    expect((await known.many('a', [one]))[0]?.delivered).toBe(1);
  });

  it('is brought up to date by a change, of a column that is known', async () => {
    await known.changed('a', { url: one, label: 'New', scoreMaximum: 5 });
    expect(await known.many('a', [one])).toEqual([{ created: false, delivered: 0 }]);
    await bind(one);
    await known.changed('a', { url: one, label: 'New', scoreMaximum: 5 });
    expect(await known.many('a', [one])).toMatchObject([{ label: 'New', scoreMaximum: 5 }]);
  });
});
