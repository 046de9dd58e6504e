import type { ScoreInput } from '@gradewire/sdk';
import { expect, test } from 'vitest';
import { prepareScores } from './prepare.ts';

const target = { lineItemUrl: 'https://lms.example/li/1' };
const score = (userId: string, more: Partial<ScoreInput> = {}, rest: { assignment?: string } = {}) => ({
  source: `${userId}.json`,
  ...rest,
  fields: { userId, scoreGiven: 1, scoreMaximum: 2, ...more },
});
const prepare = (
  scores: ReturnType<typeof score>[],
  options: Partial<Parameters<typeof prepareScores>[1]> = {},
) => prepareScores({ scores, problems: [] }, { platformId: 'm', targetFor: () => target, ...options });

test('flags complete what a file leaves open, and give way to what it says', () => {
  const own = { lineItemUrl: 'https://lms.example/li/2' };
  const { ready } = prepare([
    score('a'),
    score('b', { platformId: 'other', target: own, gradingProgress: 'Pending' }),
  ]);
  expect(ready.map((row) => row.score)).toMatchObject([
    { platformId: 'm', target, activityProgress: 'Completed', gradingProgress: 'FullyGraded' },
    { platformId: 'other', target: own, gradingProgress: 'Pending' },
  ]);
});

test('an assignment names its column', () => {
  const { ready } = prepare([score('a', {}, { assignment: 'ps1' })], {
    targetFor: ({ resourceId = '', label = '', scoreMaximum = 0 }) => ({
      lineItemsUrl: 'https://lms.example/lis',
      resourceId,
      create: { label, scoreMaximum },
    }),
  });
  expect(ready[0]?.score.target).toMatchObject({
    resourceId: 'ps1',
    create: { label: 'ps1', scoreMaximum: 2 },
  });
});

test('what nobody said is a problem with what to give', () => {
  expect(prepare([score('a')], { platformId: undefined }).problems[0]).toMatchObject({
    message: 'has no platform',
  });
  expect(prepare([score('a')], { targetFor: () => undefined }).problems[0]?.hint).toContain('--line-item');
});

test('a student who comes twice for a column is a problem, unless timestamps order the two', () => {
  const twice = prepare([score('a'), { ...score('a'), source: 'again.json' }]);
  expect(twice.ready).toHaveLength(1);
  expect(twice.problems).toMatchObject([
    { source: 'again.json', message: 'is graded for the same column in a.json as well' },
  ]);
  const timed = prepare([
    score('a', { timestamp: '2026-03-01T10:00:00Z' }),
    score('a', { timestamp: '2026-03-02T10:00:00Z' }),
  ]);
  expect(timed.ready).toHaveLength(2);
});

test('two assignments for one column: the hint names the way out, and --assignment is one', () => {
  const both = [score('a', {}, { assignment: 'ps1' }), score('a', {}, { assignment: 'ps2' })];
  expect(prepare(both).problems[0]?.hint).toContain('--assignment');
  const { ready, problems } = prepare(both, { assignment: 'ps2' });
  expect(problems).toEqual([]);
  expect(ready).toMatchObject([{ assignment: 'ps2' }]);
});
