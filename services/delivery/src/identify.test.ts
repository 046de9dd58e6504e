import type { Member } from '@gradewire/ags';
import type { RosterResult } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { deliverCell } from './deliver-cell.ts';
import {
  answer,
  identifying,
  launch,
  launchId,
  platformOf,
  posting,
  type Script,
  scoreOf,
  scripted,
} from './testing/fakes.ts';

const turn = { ready: async () => undefined, pace: () => undefined };
const platform = platformOf();

async function run(script: Script, probe = false) {
  const { parts, asked, send } = scripted({ launch, ...script });
  const delivery = await deliverCell(parts, {
    platform,
    cell: 'column.~alias',
    probe,
    turn: { ...turn, send },
  });
  return { delivery, asked, settlement: asked.settles[0]?.settlement };
}

const ada: Member = {
  userId: '7',
  status: 'Active',
  roles: ['Learner'],
  name: 'Ada Lovelace',
  email: 'ada@school.test',
};
const bob: Member = { ...ada, userId: '8', name: 'Bob', email: 'bob@school.test' };
/** Read before or after the score was sent to us. */
const before = 999_999;
const after = 1_000_001;
const rosterOf = (members: Member[], readAtMs: number, complete = true): RosterResult => ({
  ok: true,
  roster: { members, complete, readAtMs },
});
const failed = (outcome: object): RosterResult => ({ ok: false, outcome }) as RosterResult;

describe('a score whose student the roster tells', () => {
  it('goes to that student, by the roster there is', async () => {
    const { asked, settlement } = await run({
      begins: [identifying(), posting({ score: scoreOf({ userId: '7' }) })],
      rosters: [rosterOf([bob, ada], before)],
      answers: [answer(200)],
    });
    expect(asked.begins[1]).toMatchObject({ fence: '1', userId: '7' });
    expect(asked.rosters).toMatchObject([{ platformId: 'school', membershipsUrl: launch.membershipsUrl }]);
    expect(JSON.parse(asked.sent[0]?.body ?? '')).toMatchObject({ userId: '7' });
    expect(settlement).toMatchObject({ kind: 'delivered' });
  });

  it('is looked for in a roster that is newer than the score, before nobody is said to be there', async () => {
    const { asked, settlement } = await run({
      begins: [identifying(), posting()],
      rosters: [rosterOf([bob], before), rosterOf([bob, ada], after)],
      answers: [answer(200)],
    });
    expect(asked.rosters.map(({ sinceMs }) => sinceMs)).toEqual([undefined, 1_000_000]);
    expect(settlement).toMatchObject({ kind: 'delivered' });
  });

  it.each<[string, RosterResult[], string, RegExp]>([
    ['nobody', [rosterOf([bob], after)], 'USER_NOT_FOUND', /^none of the 1 members .* e-mail address$/],
    ['nobody, twice', [rosterOf([], before), rosterOf([bob], after)], 'USER_NOT_FOUND', /^none/],
    ['two', [rosterOf([ada, { ...ada, userId: '9' }], after)], 'USER_NOT_FOUND', /^2 members/],
    ['a roster cut short', [rosterOf([bob], after, false)], 'USER_NOT_FOUND', /too long/],
    [
      'no e-mail address at all',
      [
        rosterOf(
          [{ ...ada, email: '' }].map(({ email: _, ...rest }) => rest),
          after,
        ),
      ],
      'ROSTER_UNREADABLE',
      /does not share/,
    ],
    [
      'a refused roster',
      [failed({ kind: 'dead', reason: 'FORBIDDEN', detail: 'no' })],
      'ROSTER_UNREADABLE',
      /^no$/,
    ],
    [
      'a course that is gone',
      [failed({ kind: 'dead', reason: 'CONTEXT_GONE', detail: 'no' })],
      'CONTEXT_GONE',
      /^no$/,
    ],
  ])('is dead when there is %s, which says nothing of the lane', async (_, rosters, reason, detail) => {
    for (const probe of [false, true]) {
      const { asked, settlement, delivery } = await run(
        { begins: [identifying()], rosters: [...rosters] },
        probe,
      );
      expect(settlement).toEqual({ kind: 'dead', reason, detail: expect.stringMatching(detail) });
      expect(delivery).toEqual({ signal: { kind: 'none' } });
      expect(asked.settles[0]).not.toHaveProperty('streak');
      expect(asked.settles[0]?.attempt).toMatchObject({ stage: 'membership', reason });
      expect(asked.sent).toEqual([]);
      expect(JSON.stringify([asked.settles, asked.attempts, asked.ends])).not.toMatch(
        /ada|school\.test|Lovelace/,
      );
    }
  });

  it('is dead when the launch names no roster, is gone, or names one that is not the platform’s', async () => {
    const { membershipsUrl: _, ...bare } = launch;
    const cases = [
      [bare, 'ROSTER_UNREADABLE'],
      [undefined, 'ROSTER_UNREADABLE'],
      [{ ...launch, membershipsUrl: 'https://elsewhere.test/members' }, 'ORIGIN_NOT_ALLOWED'],
    ] as const;
    for (const [known, reason] of cases) {
      const { parts, asked, send } = scripted({ begins: [identifying()], ...(known && { launch: known }) });
      await deliverCell(parts, { platform, cell: 'c', probe: false, turn: { ...turn, send } });
      expect(asked.settles[0]?.settlement).toMatchObject({ kind: 'dead', reason });
    }
  });

  it('waits for a process that can open its selector, and is dead when by its age there is none', async () => {
    const { user: _, ...sealed } = identifying();
    const { asked, settlement, delivery } = await run({ begins: [sealed] });
    expect(settlement).toMatchObject({ kind: 'later', ambiguous: false });
    // It tells of this process, and nothing of the platform.
    expect(asked.rosters).toEqual([]);
    expect(asked.settles[0]).not.toHaveProperty('streak');
    expect(delivery.signal).toEqual({ kind: 'none' });
    const aged = await run({ begins: [{ ...sealed, firstFailureAtMs: sealed.nowMs - 4 * 86_400_000 }] });
    expect(aged.settlement).toMatchObject({
      kind: 'dead',
      reason: 'USER_NOT_FOUND',
      detail: expect.stringContaining('encryption key'),
    });
  });

  it('waits for one that is being read, or was read just now, and nothing counts', async () => {
    const wait: RosterResult = { ok: false, retryAtMs: 1_004_000 };
    for (const rosters of [[wait], [rosterOf([], before), wait]]) {
      const { settlement, delivery } = await run({ begins: [identifying()], rosters });
      expect(settlement).toEqual({ kind: 'released', delayMs: 4_000 });
      expect(delivery.again).toEqual({ cell: 'column.~alias', atMs: 1_004_000 });
    }
  });

  it('waits out a platform that is down, and holds the lane of one that throttles', async () => {
    const down = {
      kind: 'transient',
      reason: 'PLATFORM_DOWN',
      finalReason: 'EXPIRED',
      ambiguous: false,
      systemic: true,
    };
    const outage = await run({ begins: [identifying()], rosters: [failed({ ...down, detail: '' })] });
    expect(outage.settlement).toMatchObject({ kind: 'later' });
    expect(outage.asked.settles[0]?.streak).toEqual({ reason: 'PLATFORM_DOWN' });
    const throttled = await run({
      begins: [identifying()],
      rosters: [failed({ kind: 'throttled', detail: '' })],
    });
    expect(throttled.delivery.signal).toMatchObject({ kind: 'hold', reason: 'THROTTLED' });
  });
});

describe('a refused score of a launch', () => {
  const score = scoreOf({ userId: '7', target: { launchId } });
  const refused = answer(422, { errors: { message: 'User not found in course or is not a student' } });
  const canvas = platformOf({ profile: 'canvas' });
  const check = async (script: Partial<Script>, posted = posting({ score })) => {
    const { parts, asked, send } = scripted({ launch, begins: [posted], answers: [refused], ...script });
    await deliverCell(parts, { platform: canvas, cell: 'c', probe: false, turn: { ...turn, send } });
    return { asked, settlement: asked.settles[0]?.settlement };
  };

  it.each<[string, Partial<Script>, string]>([
    ['one who is not in the roster', { rosters: [rosterOf([bob], before)] }, 'USER_NOT_FOUND'],
    ['one who was in it', { rosters: [rosterOf([bob], before)], wasSeen: true }, 'USER_NOT_IN_CONTEXT'],
    [
      'one who is inactive',
      { rosters: [rosterOf([{ ...ada, status: 'Inactive' }], before)] },
      'USER_NOT_IN_CONTEXT',
    ],
    ['a teacher', { rosters: [rosterOf([{ ...ada, roles: ['Instructor'] }], before)] }, 'USER_NOT_GRADABLE'],
    ['a learner', { rosters: [rosterOf([ada], after)] }, 'USER_NOT_GRADABLE'],
    ['a roster that cannot be read', { rosters: [{ ok: false, retryAtMs: 0 }] }, 'USER_NOT_IN_CONTEXT'],
  ])('is explained: %s', async (_, script, reason) => {
    const { asked, settlement } = await check(script);
    expect(settlement).toMatchObject({ kind: 'dead', reason });
    // What the platform said stays with the attempt; the roster at hand will do.
    expect(asked.settles[0]?.attempt).toMatchObject({ stage: 'score', reason: 'USER_NOT_IN_CONTEXT' });
    expect(asked.rosters).toHaveLength(1);
    expect(asked.rosters[0]).not.toHaveProperty('sinceMs');
  });

  it('is one who has left when the platform has a grade of ours for them', async () => {
    const delivered = { contentHash: 'x', hasGrade: true };
    const { settlement } = await check({ rosters: [rosterOf([bob], before)] }, posting({ score, delivered }));
    expect(settlement).toMatchObject({ kind: 'dead', reason: 'USER_NOT_IN_CONTEXT' });
  });

  it('costs no reading when it was refused for something else, or names no launch', async () => {
    const unpublished = answer(422, {
      errors: { message: 'maximum number of allowed attempts has been reached' },
    });
    expect((await check({ answers: [unpublished] })).asked.rosters).toEqual([]);
    const other = await check({}, posting());
    expect(other.asked.rosters).toEqual([]);
    expect(other.settlement).toMatchObject({ reason: 'USER_NOT_IN_CONTEXT' });
  });
});
