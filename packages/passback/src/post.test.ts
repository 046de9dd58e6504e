import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterResults, type DeliveredFacts, decidePost, deliveredFactsOf, type ReadResults } from './post.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from './profiles.ts';
import { resultShows } from './result-seen.ts';
import type { Score } from './score.ts';

const WIRE = Date.parse('2026-11-20T16:04:05.123Z');
const EXTENSION = 'https://canvas.instructure.com/lti/submission';

const graded: Score = {
  userId: '42',
  target: { lineItemUrl: 'https://lms.example/items/7' },
  scoreGiven: 8,
  scoreMaximum: 10,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  timestamp: '2026-11-20T16:00:00.000Z',
};
const { scoreGiven: _, ...withoutPoints } = graded;
const report: Score = { ...withoutPoints, activityProgress: 'InProgress', gradingProgress: 'NotReady' };
const clearing: Score = { ...graded, scoreGiven: null };

function decide(
  score: Score,
  profile: ProfileName,
  options: { delivered?: DeliveredFacts; inDoubt?: boolean; sent?: boolean } = {},
) {
  const { delivered, inDoubt = false, sent = inDoubt } = options;
  return decidePost({ score, delivered, profile: PROFILES[profile], wireTimestampMs: WIRE, inDoubt, sent });
}

function bodyOf(score: Score, profile: ProfileName, delivered?: DeliveredFacts): Record<string, unknown> {
  const decision = decide(score, profile, delivered && { delivered });
  if (decision.do !== 'post') throw new Error(`decided to ${decision.do}`);
  return { ...decision.body };
}

function factsAfter(score: Score, profile: ProfileName, previous?: DeliveredFacts): DeliveredFacts {
  return deliveredFactsOf(score, PROFILES[profile], previous, WIRE);
}

describe('decidePost', () => {
  it('posts the score with the wire timestamp, in UTC with milliseconds', () => {
    expect(bodyOf({ ...graded, comment: 'good' }, 'generic')).toEqual({
      userId: '42',
      scoreGiven: 8,
      scoreMaximum: 10,
      comment: 'good',
      timestamp: '2026-11-20T16:04:05.123Z',
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    });
  });

  it.each([
    [1 / 3, 1, 0.33333],
    [87.123456789, 100, 87.12345],
    [0, 10, 0],
    [2.5e-8, 1e-7, 2.5e-8],
    [1e22, 1e22, 1e22],
  ])('rounds %d of %d to %d', (scoreGiven, scoreMaximum, expected) => {
    expect(bodyOf({ ...graded, scoreGiven, scoreMaximum }, 'moodle')).toMatchObject({ scoreGiven: expected });
  });

  describe('an unchanged score', () => {
    const delivered = factsAfter(graded, 'moodle');

    it('is settled without a post, whatever its timestamp', () => {
      const again = { ...graded, timestamp: '2026-11-21T00:00:00.000Z' };
      expect(decide(again, 'moodle', { delivered })).toMatchObject({ do: 'settle', reason: 'UNCHANGED' });
    });

    it('is posted when forced', () => {
      expect(decide({ ...graded, force: true }, 'moodle', { delivered }).do).toBe('post');
    });

    it('is posted while another post may have landed in between', () => {
      expect(decide(graded, 'moodle', { delivered, inDoubt: true }).do).toBe('post');
    });
  });

  describe('a progress report', () => {
    it.each(PROFILE_NAMES.filter((name) => name !== 'canvas'))(
      'never erases a grade of ours on %s',
      (profile) => {
        const delivered = factsAfter(graded, profile);
        const settled = { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' };
        expect(decide(report, profile, { delivered })).toEqual(settled);
        const pending: Score = { ...graded, gradingProgress: 'PendingManual' };
        expect(decide(pending, profile, { delivered })).toEqual(settled);
        expect(decide({ ...report, force: true }, profile, { delivered }).do).toBe('post');
      },
    );

    it.each(PROFILE_NAMES.filter((name) => name !== 'canvas' && name !== 'openedx'))(
      'never erases a grade of others on %s, as far as it can be seen',
      (profile) => {
        const cleared = factsAfter(clearing, profile, factsAfter(graded, profile));
        for (const known of [{}, { delivered: cleared }]) {
          const decision = decide(report, profile, known) as ReadResults;
          expect(decision).toMatchObject({ do: 'readResults', seek: 'anyGrade', must: false });
          expect(afterResults(decision, report, { resultScore: 3 })).toMatchObject({
            reason: 'WOULD_CLEAR_GRADE',
          });
          expect(afterResults(decision, report, null).do).toBe('post');
          expect(afterResults(decision, report, undefined).do).toBe('post');
        }
        expect(decide({ ...report, force: true }, profile).do).toBe('post');
      },
    );

    it('reads nothing on Open edX, whose results would not show it', () => {
      expect(decide(report, 'openedx').do).toBe('post');
    });

    it('carries preserve_score on Canvas, where the grade stays', () => {
      const delivered = factsAfter(graded, 'canvas');
      expect(bodyOf(report, 'canvas', delivered)[EXTENSION]).toMatchObject({ preserve_score: true });
      expect(bodyOf(report, 'canvas')[EXTENSION]).toEqual({ new_submission: false, preserve_score: true });
      expect(factsAfter(report, 'canvas', delivered)).toMatchObject({ hasGrade: true, grade: 0.8 });
    });

    it('waits for the results while a grade of ours may have landed', () => {
      const decision = decide(report, 'moodle', { inDoubt: true }) as ReadResults;
      expect(decision).toMatchObject({ do: 'readResults', seek: 'anyGrade', must: true });
      expect(afterResults(decision, report, { resultScore: 3 })).toMatchObject({
        reason: 'WOULD_CLEAR_GRADE',
      });
      expect(afterResults(decision, report, undefined)).toMatchObject({ reason: 'WOULD_CLEAR_GRADE' });
      expect(afterResults(decision, report, null).do).toBe('post');
      expect(afterResults(decision, report, {}).do).toBe('post');
    });
  });

  describe('a null score', () => {
    it.each(PROFILE_NAMES)('clears by leaving the points out on %s', (profile) => {
      const body = bodyOf(clearing, profile, factsAfter(graded, profile));
      expect(body).not.toHaveProperty('scoreGiven');
      expect(body).not.toHaveProperty('scoreMaximum');
      expect(factsAfter(clearing, profile, factsAfter(graded, profile)).hasGrade).toBe(false);
    });

    it('is no attempt on Canvas, and keeps nothing', () => {
      expect(bodyOf(clearing, 'canvas')[EXTENSION]).toEqual({ new_submission: false });
    });

    it('says Initialized and NotReady on Blackboard', () => {
      expect(bodyOf(clearing, 'blackboard')).toMatchObject({
        activityProgress: 'Initialized',
        gradingProgress: 'NotReady',
      });
      expect(bodyOf(graded, 'blackboard')).toMatchObject({ gradingProgress: 'FullyGraded' });
    });
  });

  describe('on Canvas', () => {
    const handedIn = '2026-11-19T10:00:00.000Z';
    const handedInAgain = '2026-11-20T10:00:00.000Z';
    const work: Score = { ...graded, submission: { submittedAt: handedIn } };
    const delivered = factsAfter(work, 'canvas');

    it('a first post is an attempt, handed in when the caller says', () => {
      const body = bodyOf(work, 'canvas');
      expect(body).toMatchObject({ submission: { submittedAt: handedIn } });
      expect(body).not.toHaveProperty([EXTENSION]);
    });

    it('a first post is handed in at its timestamp otherwise', () => {
      expect(bodyOf(graded, 'canvas')).toMatchObject({ submission: { submittedAt: graded.timestamp } });
      const { timestamp: _unset, ...undated } = graded;
      expect(bodyOf(undated, 'canvas')).toMatchObject({
        submission: { submittedAt: '2026-11-20T16:04:05.123Z' },
      });
    });

    it('an update is no attempt, and keeps the time of the attempt', () => {
      const body = bodyOf({ ...graded, scoreGiven: 9 }, 'canvas', delivered);
      expect(body).toMatchObject({
        submission: { submittedAt: handedIn },
        [EXTENSION]: { new_submission: false },
      });
      const same = bodyOf({ ...work, scoreGiven: 9 }, 'canvas', delivered);
      expect(same).toMatchObject({ [EXTENSION]: { new_submission: false } });
    });

    it('work handed in again is an attempt', () => {
      const again = { ...work, submission: { submittedAt: handedInAgain } };
      const body = bodyOf(again, 'canvas', delivered);
      expect(body).toMatchObject({ submission: { submittedAt: handedInAgain } });
      expect(body).not.toHaveProperty([EXTENSION]);
    });

    it('a comment goes out once, also with a score without one in between', () => {
      const commented = { ...work, comment: 'see line 3' };
      const first = factsAfter(commented, 'canvas');
      expect(bodyOf(commented, 'canvas')).toMatchObject({ comment: 'see line 3' });
      const second = factsAfter({ ...work, scoreGiven: 9 }, 'canvas', first);
      expect(bodyOf({ ...commented, scoreGiven: 7 }, 'canvas', second)).not.toHaveProperty('comment');
      expect(bodyOf({ ...commented, comment: 'see line 4' }, 'canvas', second)).toMatchObject({
        comment: 'see line 4',
      });
    });

    it("the caller's own extension wins, member by member", () => {
      const own = { new_submission: true, prioritize_non_tool_grade: true };
      const body = bodyOf({ ...work, scoreGiven: 9, extensions: { [EXTENSION]: own } }, 'canvas', delivered);
      expect(body[EXTENSION]).toEqual(own);
      const partly = { ...report, extensions: { [EXTENSION]: { preserve_score: false } } };
      expect(bodyOf(partly, 'canvas', delivered)[EXTENSION]).toEqual({
        new_submission: false,
        preserve_score: false,
      });
    });

    it('is asked for the result while an earlier post is in doubt', () => {
      const decision = decide(work, 'canvas', { inDoubt: true }) as ReadResults;
      expect(decision).toMatchObject({ do: 'readResults', seek: 'thisGrade', otherwise: { do: 'post' } });
      const landed = afterResults(decision, work, { resultScore: 8, resultMaximum: 10 });
      expect(landed).toEqual({ do: 'settle', status: 'delivered', facts: delivered });
      expect(afterResults(decision, work, { resultScore: 5, resultMaximum: 10 })).toEqual(decision.otherwise);
      expect(afterResults(decision, work, null)).toEqual(decision.otherwise);
      expect(afterResults(decision, work, undefined)).toEqual(decision.otherwise);
    });

    it('is not asked where the result would tell nothing', () => {
      const commented = { ...work, comment: 'well done' };
      expect(decide(commented, 'canvas', { delivered, inDoubt: true }).do).toBe('post');
      expect(decide(clearing, 'canvas', { delivered, inDoubt: true }).do).toBe('post');
      expect(decide(report, 'canvas', { delivered, inDoubt: true }).do).toBe('post');
    });

    it('is not asked for a comment that was never sent, whose grade an earlier post may have brought', () => {
      const commented = { ...work, comment: 'well done' };
      expect(decide(commented, 'canvas', { inDoubt: true, sent: false }).do).toBe('post');
      expect(decide(commented, 'canvas', { inDoubt: true }).do).toBe('readResults');
    });

    it('is asked whether the earlier grade still stands when it is wanted again', () => {
      expect(decide(work, 'canvas', { delivered, inDoubt: true })).toMatchObject({ do: 'readResults' });
    });
  });

  it('sends the comment every time where a score without one erases it', () => {
    const commented = { ...graded, comment: 'see line 3' };
    const delivered = factsAfter(commented, 'moodle');
    expect(bodyOf({ ...commented, scoreGiven: 9 }, 'moodle', delivered)).toMatchObject({
      comment: 'see line 3',
    });
  });

  it('posts the same again in doubt, where a repeat costs nothing', () => {
    expect(decide(graded, 'moodle', { inDoubt: true })).toEqual(decide(graded, 'moodle'));
  });

  it('sends extensions to their vendor only', () => {
    const extensions = { [EXTENSION]: { submission_type: 'none' }, 'https://tool.example/x': 1 };
    expect(bodyOf({ ...graded, extensions }, 'canvas')).not.toHaveProperty(['https://tool.example/x']);
    expect(bodyOf({ ...graded, extensions }, 'moodle')).not.toHaveProperty([EXTENSION]);
    expect(bodyOf({ ...graded, extensions }, 'generic')).toMatchObject({ 'https://tool.example/x': 1 });
    expect(bodyOf({ ...graded, extensions }, 'generic')).not.toHaveProperty([EXTENSION]);
  });

  it('sends Schoology the first edition of the specification only', () => {
    const full = { ...graded, scoringUserId: '7', submission: { startedAt: '2026-11-19T10:00:00.000Z' } };
    expect(Object.keys(bodyOf(full, 'schoology')).sort()).toEqual(
      ['activityProgress', 'gradingProgress', 'scoreGiven', 'scoreMaximum', 'timestamp', 'userId'].sort(),
    );
    expect(bodyOf(full, 'moodle')).toMatchObject({ scoringUserId: '7', submission: full.submission });
  });

  it('is the same on every retry', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PROFILE_NAMES), fc.boolean(), (profile, inDoubt) => {
        expect(decide(graded, profile, { inDoubt })).toEqual(decide(graded, profile, { inDoubt }));
      }),
    );
  });
});

describe('resultShows', () => {
  it.each<[string, Parameters<typeof resultShows>[0], Score, boolean]>([
    ['the same grade', { resultScore: 8, resultMaximum: 10 }, graded, true],
    ['the same on another scale', { resultScore: 80, resultMaximum: 100 }, graded, true],
    ['no maximum given, so of 1', { resultScore: 0.8 }, graded, true],
    [
      'rounded to two decimals',
      { resultScore: 33.33, resultMaximum: 100 },
      { ...graded, scoreGiven: 1, scoreMaximum: 3 },
      true,
    ],
    ['another grade', { resultScore: 7.9, resultMaximum: 10 }, graded, false],
    ['cut to the maximum', { resultScore: 10, resultMaximum: 10 }, { ...graded, scoreGiven: 12 }, true],
    ['above the maximum', { resultScore: 12, resultMaximum: 10 }, { ...graded, scoreGiven: 12 }, true],
    ['zero points', { resultScore: 0, resultMaximum: 10 }, { ...graded, scoreGiven: 0 }, true],
    ['no grade', { resultMaximum: 10 }, graded, false],
    ['nothing', null, graded, false],
    ['nothing where the grade was cleared', null, clearing, true],
    ['a grade where it was cleared', { resultScore: 8, resultMaximum: 10 }, clearing, false],
    ['a grade where only progress was told', { resultScore: 8, resultMaximum: 10 }, report, false],
  ])('%s', (_name, result, score, expected) => {
    expect(resultShows(result, score)).toBe(expected);
  });
});
