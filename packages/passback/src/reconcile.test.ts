import { describe, expect, it } from 'vitest';
import { type DeliveredFacts, decidePost, deliveredFactsOf } from './post.ts';
import { PROFILE_NAMES, PROFILES } from './profiles.ts';
import {
  bringsGradeBack,
  type DriftKind,
  driftOf,
  factsSeen,
  isRepairable,
  provesLanding,
} from './reconcile.ts';
import type { ResultSeen } from './result-seen.ts';
import type { Score } from './score.ts';

const { generic, openedx, canvas } = PROFILES;
const facts = (grade?: number, previousGrade?: number): DeliveredFacts => ({
  contentHash: 'h',
  hasGrade: grade !== undefined,
  ...(grade !== undefined && { grade }),
  ...(previousGrade !== undefined && { previousGrade }),
});
const shown = (resultScore?: number, resultMaximum?: number): ResultSeen => ({
  ...(resultScore !== undefined && { resultScore }),
  ...(resultMaximum !== undefined && { resultMaximum }),
});

function score(change: Partial<Score> = {}): Score {
  return {
    userId: 'u1',
    target: { lineItemUrl: 'https://lms.example/1' },
    scoreGiven: 8,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...change,
  };
}

describe('driftOf', () => {
  it.each<[string, DeliveredFacts, ResultSeen | null, DriftKind | undefined]>([
    ['the same', facts(0.8), shown(8, 10), undefined],
    ['the same on another scale', facts(0.8), shown(80, 100), undefined],
    ['the same on no scale', facts(0.8), shown(0.8), undefined],
    ['rounded to two decimals', facts(1 / 3), shown(33.33, 100), undefined],
    ['above the maximum, cut', facts(1.2), shown(10, 10), undefined],
    ['above the maximum, kept', facts(1.2), shown(12, 10), undefined],
    ['a zero that is shown', facts(0), shown(0, 10), undefined],
    ['not listed', facts(0.8), null, 'missing'],
    ['listed without a grade', facts(0.8), shown(undefined, 10), 'missing'],
    ['a zero that is not listed', facts(0), null, 'missing'],
    ['the one before', facts(0.8, 0.5), shown(5, 10), 'different'],
    ['neither of ours', facts(0.8, 0.5), shown(6, 10), 'changedByTeacher'],
    ['another than the only one of ours', facts(0.8), shown(9, 10), 'changedByTeacher'],
    ['a hundredth beside', facts(0.8), shown(80.02, 100), 'changedByTeacher'],
    ['cleared, and none', facts(undefined, 0.8), null, undefined],
    ['cleared, and back', facts(undefined, 0.8), shown(8, 10), 'different'],
    ['cleared, and a grade of others', facts(undefined, 0.8), shown(7, 10), 'changedByTeacher'],
    ['never a grade of ours', facts(), shown(7, 10), undefined],
    ['never a grade at all', facts(), null, undefined],
  ])('%s', (_, delivered, result, kind) => {
    expect(driftOf(delivered, result, generic)).toBe(kind);
  });

  it.each<[string, DeliveredFacts, ResultSeen | null, DriftKind | undefined]>([
    ['a zero, as it was posted', facts(0), shown(0, 10), 'droppedInSilence'],
    ['a zero, not listed', facts(0, 0.5), null, 'droppedInSilence'],
    ['a zero, over a grade that stayed', facts(0, 0.5), shown(5, 10), 'different'],
    ['more than zero', facts(0.1), shown(1, 10), undefined],
  ])('where zeros are dropped: %s', (_, delivered, result, kind) => {
    expect(driftOf(delivered, result, openedx)).toBe(kind);
  });

  it('leaves a teacher and what would be dropped again alone', () => {
    const kinds: DriftKind[] = ['missing', 'different', 'changedByTeacher', 'droppedInSilence'];
    expect(kinds.filter(isRepairable)).toEqual(['missing', 'different']);
  });
});

describe('facts after two grades', () => {
  it.each(PROFILE_NAMES)('tell a lost update from a teacher on %s', (name) => {
    const profile = PROFILES[name];
    const first = deliveredFactsOf(score({ scoreGiven: 5 }), profile);
    const second = deliveredFactsOf(score(), profile, first);
    const comment = deliveredFactsOf(score({ comment: 'again' }), profile, second);
    const cleared = deliveredFactsOf(score({ scoreGiven: null }), profile, comment);
    expect(driftOf(second, shown(5, 10), profile)).toBe('different');
    expect(driftOf(comment, shown(5, 10), profile)).toBe('different');
    expect(driftOf(cleared, shown(8, 10), profile)).toBe('different');
    expect(driftOf(cleared, shown(5, 10), profile)).toBe('changedByTeacher');
  });
});

describe('factsSeen', () => {
  it.each(PROFILE_NAMES)('has %s post the same score again at once, as the update that it is', (name) => {
    const profile = PROFILES[name];
    const delivered = deliveredFactsOf(score({ comment: 'c' }), profile, undefined, 1_000);
    const seen = factsSeen(delivered, null);
    const decision = decidePost({
      score: score({ comment: 'c' }),
      delivered: seen,
      profile,
      wireTimestampMs: 2_000,
      inDoubt: false,
      sent: false,
    });
    expect(decision).toMatchObject({ do: 'post', facts: { grade: 0.8 } });
  });

  it('shows no comment twice, makes no attempt, and knows the grade that is there', () => {
    const delivered = deliveredFactsOf(score({ comment: 'c' }), canvas, undefined, 1_000);
    const seen = factsSeen(delivered, shown(5, 10));
    expect(seen).toEqual({ ...delivered, contentHash: '', grade: 0.5 });
  });

  it('is of no use where the newest score has no grade', () => {
    expect(bringsGradeBack(score())).toBe(true);
    expect(bringsGradeBack(score({ scoreGiven: null }))).toBe(true);
    expect(bringsGradeBack(score({ gradingProgress: 'Pending' }))).toBe(false);
  });
});

describe('provesLanding', () => {
  it.each<[string, Partial<Score>, DeliveredFacts | undefined, ResultSeen | null, boolean]>([
    ['the grade of a first post', {}, undefined, shown(8, 10), true],
    ['the grade of an update', {}, facts(0.5), shown(8, 10), true],
    ['the grade before', {}, facts(0.5), shown(5, 10), false],
    ['nothing', {}, undefined, null, false],
    ['a grade that was there before', {}, facts(0.8), shown(8, 10), false],
    ['none after a clearing', { scoreGiven: null }, facts(0.5), null, true],
    ['none before and after a clearing', { scoreGiven: null }, undefined, null, false],
    ['a progress report', { gradingProgress: 'Pending' }, undefined, shown(8, 10), false],
  ])('%s', (_, change, delivered, result, proves) => {
    expect(provesLanding(score(change), delivered, result)).toBe(proves);
  });
});
