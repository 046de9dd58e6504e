import { describe, expect, it } from 'vitest';
import { parseInput } from './problem.ts';
import { type SourceTarget, sourceTargetSchema, targetOfGrade } from './source-target.ts';

const lineItemsUrl = 'https://lms.example/courses/7/line_items';
const launchId = 'la_moodle_0000000000000000000000';

describe('sourceTargetSchema', () => {
  it.each<[string, unknown]>([
    ['a column', { lineItemUrl: `${lineItemsUrl}/1` }],
    ['a column to be looked up', { lineItemsUrl, resourceId: 'lab-3' }],
    ['that of a launch', { launchId }],
    ['one for each assignment of a course', { lineItemsUrl, perAssignment: true }],
    ['one for each assignment of a launch', { launchId, perAssignment: true, tag: 'auto' }],
    ['created as the grade says', { launchId, perAssignment: true, create: {} }],
    [
      'created as the source says',
      {
        launchId,
        perAssignment: true,
        create: { scoreMaximum: 10, endDateTime: '2026-11-20T00:00:00.000Z' },
      },
    ],
  ])('takes %s', (_what, target) => {
    expect(parseInput(sourceTargetSchema, target)).toEqual({ ok: true, value: target });
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', {}, ['']],
    ['a course without the work', { lineItemsUrl }, ['']],
    [
      'a column for each assignment that is one already',
      { lineItemUrl: lineItemsUrl, perAssignment: true },
      ['/perAssignment'],
    ],
    ['an assignment of its own', { launchId, perAssignment: true, resourceId: 'lab-3' }, ['']],
    ['a label for all', { launchId, perAssignment: true, create: { label: 'Lab' } }, ['/create/label']],
    ['no scale', { launchId, perAssignment: true, create: { scoreMaximum: 0 } }, ['/create/scoreMaximum']],
    ['a flag that is off', { launchId, perAssignment: false }, ['/perAssignment']],
  ])('refuses %s', (_what, target, pointers) => {
    const parsed = parseInput(sourceTargetSchema, target);
    expect(parsed.ok ? 'taken' : parsed.problems.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('targetOfGrade', () => {
  const grade = { assignment: 'lab-3', scoreMaximum: 20 };
  it.each<[string, SourceTarget, object, object | undefined]>([
    ['one column for all', { launchId }, grade, { launchId }],
    ['one column for a grade without an assignment', { launchId }, {}, { launchId }],
    ['a column for each', { launchId, perAssignment: true }, grade, { launchId, resourceId: 'lab-3' }],
    [
      'with a tag',
      { lineItemsUrl, perAssignment: true, tag: 'auto' },
      grade,
      { lineItemsUrl, resourceId: 'lab-3', tag: 'auto' },
    ],
    [
      "created with the grade's scale",
      { launchId, perAssignment: true, create: {} },
      grade,
      { launchId, resourceId: 'lab-3', create: { label: 'lab-3', scoreMaximum: 20 } },
    ],
    [
      "created with the source's scale",
      { launchId, perAssignment: true, create: { scoreMaximum: 100, gradesReleased: false } },
      grade,
      {
        launchId,
        resourceId: 'lab-3',
        create: { label: 'lab-3', scoreMaximum: 100, gradesReleased: false },
      },
    ],
    ['which no assignment names', { launchId, perAssignment: true }, { scoreMaximum: 20 }, undefined],
  ])('%s', (_what, target, of, expected) => {
    expect(targetOfGrade(target, of)).toEqual(expected);
  });
});
