import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome, Platform, Roster } from '@gradewire/passback';
import type { RosterQuery, RosterResult } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { CourseRosters } from './course-rosters.ts';

const platform = { id: 'a', serviceOrigins: ['https://a.example'] } as Platform;
const membershipsUrl = 'https://a.example/members';
const roster: Roster = { members: [], complete: true, readAtMs: 1 };
const down: Outcome = {
  kind: 'transient',
  reason: 'PLATFORM_DOWN',
  finalReason: 'EXPIRED',
  ambiguous: false,
  systemic: true,
  detail: 'no answer',
};
const refused: Outcome = { kind: 'dead', reason: 'SCOPE_NOT_GRANTED', detail: 'not granted' };

function rostersWith(get: (query: RosterQuery) => Promise<RosterResult>, nowMs = { at: 0 }) {
  const asked: RosterQuery[] = [];
  const parts = {
    rosters: {
      get: (query: RosterQuery) => {
        asked.push(query);
        return get(query);
      },
    },
    reads: { open: () => ({ platform }) },
    now: () => nowMs.at,
  } as unknown as ConstructorParameters<typeof CourseRosters>[0];
  return { asked, rosters: new CourseRosters(parts, { patienceMs: 50 }) };
}

describe('CourseRosters', () => {
  it('takes one of the last ten minutes, or a fresh one if asked for', async () => {
    const { asked, rosters } = rostersWith(async () => ({ ok: true, roster }));
    expect(await rosters.read({ platform, membershipsUrl })).toEqual({ ok: true, roster });
    await rosters.read({ platform, membershipsUrl, fresh: true });
    expect(asked.map(({ maxAgeMs }) => maxAgeMs)).toEqual([600_000, 30_000]);
  });

  it.each<[string, RosterResult, string, string]>([
    ['a platform that is down', { ok: false, outcome: down }, 'PLATFORM_UNAVAILABLE', 'no answer'],
    ['one that is being read', { ok: false, retryAtMs: 5_000 }, 'PLATFORM_UNAVAILABLE', 'try again soon'],
    [
      'one that is closed to us',
      { ok: false, outcome: refused },
      'ROSTER_UNREADABLE',
      'SCOPE_NOT_GRANTED: not granted',
    ],
  ])('says why there is none: %s', async (_, result, reason, detail) => {
    const { rosters } = rostersWith(async () => result);
    const answer = await rosters.read({ platform, membershipsUrl });
    expect(answer.ok ? undefined : answer.why).toMatchObject({
      reason,
      detail: expect.stringContaining(detail),
    });
  });

  it('asks no address that is not the platform’s', async () => {
    const { asked, rosters } = rostersWith(async () => ({ ok: true, roster }));
    const answer = await rosters.read({ platform, membershipsUrl: 'https://other.example/members' });
    expect(answer).toMatchObject({ ok: false, why: { reason: 'ROSTER_UNREADABLE' } });
    expect(asked).toEqual([]);
  });

  it('waits for a slow one a while, then for some time not at all', async () => {
    const nowMs = { at: 0 };
    const finish = Promise.withResolvers<RosterResult>();
    const { asked, rosters } = rostersWith(() => finish.promise, nowMs);
    const slow = { ok: false, why: expect.objectContaining({ reason: 'PLATFORM_UNAVAILABLE' }) };
    expect(await rosters.read({ platform, membershipsUrl })).toEqual(slow);
    expect(await rosters.read({ platform, membershipsUrl })).toEqual(slow);
    expect(asked).toHaveLength(1);
    nowMs.at += 10_000;
    finish.resolve({ ok: true, roster });
    expect(await rosters.read({ platform, membershipsUrl })).toEqual({ ok: true, roster });
  });

  it('is not hurt by a reading that fails after nobody waits for it any more', async () => {
    const { rosters } = rostersWith(async () => {
      await delay(80);
      throw new Error('the store is away');
    });
    expect(await rosters.read({ platform, membershipsUrl })).toMatchObject({ ok: false });
    await delay(60);
  });

  it('passes on what is no word of the platform', async () => {
    const { rosters } = rostersWith(async () => {
      throw new Error('the store is away');
    });
    await expect(rosters.read({ platform, membershipsUrl })).rejects.toThrow('the store is away');
  });
});
