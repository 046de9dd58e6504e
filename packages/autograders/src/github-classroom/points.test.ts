import { expect, test } from 'vitest';
import { pointsOfOutput } from './points.ts';

test.each([
  {
    name: 'education/autograding',
    output: { title: 'Autograding', summary: 'Points 7/10', text: 'Points 7/10' },
    points: [7, 10],
  },
  {
    name: 'autograding-grading-reporter until October 2024',
    output: { title: 'Autograding', summary: 'Points 35/50', text: '{"totalPoints":35,"maxPoints":50}' },
    points: [35, 50],
  },
  {
    name: 'a summary that GitHub Actions wrote',
    output: { summary: 'All jobs passed', text: '{"totalPoints":0,"maxPoints":50}' },
    points: [0, 50],
  },
  { name: 'only a title', output: { title: 'Points: 6.5 / 10' }, points: [6.5, 10] },
  {
    name: 'points within a report',
    output: { summary: '# Grading\n**Points 8/10**\nwell done' },
    points: [8, 10],
  },
  {
    name: 'thirds, added up in binary',
    output: { text: '{"totalPoints":9.999999999999998,"maxPoints":10}' },
    points: [10, 10],
  },
  { name: 'next to nothing', output: { text: 'Points 5.684e-14/10' }, points: [0, 10] },
  {
    name: 'annotations, from whoever adds them',
    output: {
      summary: null,
      annotations: [null, { message: 7 }, { title: 'Autograding complete', message: 'Points 3/4' }],
    },
    points: [3, 4],
  },
  {
    name: 'no points',
    output: { title: 'lint', summary: '3/4 files are fine', text: '{"a":' },
    points: undefined,
  },
  { name: 'points below nothing', output: { text: 'Points -5/10' }, points: undefined },
  { name: 'an output that is empty', output: { title: null, summary: null, text: null }, points: undefined },
])('pointsOfOutput: $name', ({ output, points }) => {
  const found = pointsOfOutput(output);
  expect(found && [found.given, found.maximum]).toEqual(points);
});

test('pointsOfOutput reads a long text in time', () => {
  const text = ['Points '.padEnd(1_000).repeat(1_000), '9'.repeat(500_000)].join('Points ');
  expect(pointsOfOutput({ text })).toBeUndefined();
});
