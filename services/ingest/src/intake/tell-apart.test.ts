import type { Target } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import type { JudgedGrade } from './judge-grades.ts';
import { tellApart } from './tell-apart.ts';

const column = { lineItemUrl: 'https://a.example/lineitems/1' };
const arrived = '2026-11-20T10:00:00.000Z';

/** One grade: whose, its own timestamp if any, and its column. */
type Row = readonly [userId: string, own?: string | undefined, target?: Target];

const judged = ([userId, own, target = column]: Row, index: number): JudgedGrade => ({
  index,
  fingerprint: `f${index}`,
  grade: { index, identities: [], fields: own === undefined ? {} : { timestamp: own } },
  score: {
    userId,
    target,
    scoreGiven: index,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    timestamp: own === undefined ? arrived : new Date(own).toISOString(),
  },
});

describe('tellApart', () => {
  it.each<[string, Row[], number[]]>([
    ['different students', [['7'], ['8']], []],
    ['one student in two columns', [['7'], ['7', undefined, { launchId: 'la', resourceId: 'lab' }]], []],
    ['one student twice without timestamps', [['7'], ['8'], ['7']], [0, 2]],
    [
      'with timestamps that differ',
      [
        ['7', '2026-11-20T09:00:00Z'],
        ['7', '2026-11-20T09:00:01Z'],
      ],
      [],
    ],
    [
      'with one timestamp, spelled differently',
      [
        ['7', '2026-11-20T09:00:00Z'],
        ['7', '2026-11-20T10:00:00+01:00'],
      ],
      [0, 1],
    ],
    ['with a timestamp on one of them', [['7', '2026-11-20T09:00:00Z'], ['7']], [0, 1]],
    ['with the time of arrival as a timestamp', [['7', arrived], ['7']], [0, 1]],
    [
      'one column spelled differently',
      [['7'], ['7', undefined, { lineItemUrl: 'https://A.example:443/lineitems/1' }]],
      [0, 1],
    ],
    [
      'two resources of a launch',
      [
        ['7', undefined, { launchId: 'la', resourceId: 'a' }],
        ['7', undefined, { launchId: 'la', resourceId: 'b' }],
      ],
      [],
    ],
  ])('%s', (_, rows, held) => {
    const told = tellApart(rows.map(judged));
    expect(told.unmatched.map(({ index }) => index)).toEqual(held);
    expect(told.unmatched.every(({ reason }) => reason === 'TWICE')).toBe(true);
    expect(told.passed).toHaveLength(rows.length - held.length);
  });
});
