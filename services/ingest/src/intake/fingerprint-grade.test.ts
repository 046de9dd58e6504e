import type { Grade } from '@gradewire/autograders';
import { describe, expect, it } from 'vitest';
import { fingerprintGrade, fingerprintProblem } from './fingerprint-grade.ts';

const grade = (change: Partial<Grade> = {}): Grade => ({
  index: 0,
  identities: [{ github: 'ada' }],
  fields: { scoreGiven: 1, metadata: { a: 1, b: 2 } },
  ...change,
});

describe('fingerprintGrade', () => {
  it.each<[string, Partial<Grade>, boolean]>([
    ['the place in the document', { index: 7 }, true],
    ['the order of members', { fields: { metadata: { b: 2, a: 1 }, scoreGiven: 1 } }, true],
    ['a point more', { fields: { scoreGiven: 2, metadata: { a: 1, b: 2 } } }, false],
    ['another student', { identities: [{ github: 'bob' }] }, false],
    ['another mark of the student', { identities: [{ github: 'ada' }, { name: 'Ada' }] }, false],
    ['a user id', { userId: '7' }, false],
    ['another assignment', { assignment: 'Lab' }, false],
  ])('%s', (_, change, same) => {
    expect(fingerprintGrade(grade(change)) === fingerprintGrade(grade())).toBe(same);
  });

  it('is of 22 characters, however deep the grade', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    for (const each of [grade(), grade({ fields: { deep } })]) {
      expect(fingerprintGrade(each)).toMatch(/^[\w-]{22}$/);
    }
  });
});

describe('fingerprintProblem', () => {
  it('tells by place and words', () => {
    const problems = [
      { index: 0, detail: 'a' },
      { index: 1, detail: 'a' },
      { index: 0, detail: 'b' },
    ];
    expect(new Set(problems.map(fingerprintProblem)).size).toBe(3);
  });
});
