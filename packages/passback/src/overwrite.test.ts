import { describe, expect, it } from 'vitest';
import type { SeekOthers } from './overwrite.ts';
import { afterResults, type DeliveredFacts, decidePost, deliveredFactsOf } from './post.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from './profiles.ts';
import type { ResultSeen } from './result-seen.ts';
import type { Score } from './score.ts';

const EXTENSION = 'https://canvas.instructure.com/lti/submission';
const graded: Score = {
  userId: '42',
  target: { lineItemUrl: 'https://lms.example/items/7' },
  scoreGiven: 8,
  scoreMaximum: 10,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  timestamp: '2026-11-20T16:00:00.000Z',
  overwrite: 'unlessEdited',
};
const report: Score = { ...graded, activityProgress: 'InProgress', gradingProgress: 'Pending' };
/** Those whose results tell. */
const TELLING = PROFILE_NAMES.filter((name) => name !== 'openedx');

interface Known {
  delivered?: DeliveredFacts;
  inDoubt?: boolean;
  sent?: boolean;
  earlier?: Pick<Score, 'scoreGiven' | 'scoreMaximum'>[];
}

function decide(profile: ProfileName, known: Known = {}, score = graded) {
  const { sent = false, inDoubt = sent, ...rest } = known;
  return decidePost({
    score,
    profile: PROFILES[profile],
    wireTimestampMs: Date.parse('2026-11-20T16:04:05.123Z'),
    inDoubt,
    sent,
    ...rest,
  });
}

const factsOf = (profile: ProfileName, ...points: (number | null)[]): DeliveredFacts | undefined =>
  points.reduce<DeliveredFacts | undefined>(
    (facts, scoreGiven) => deliveredFactsOf({ ...graded, scoreGiven }, PROFILES[profile], facts),
    undefined,
  );

const shows = (points: number): ResultSeen => ({ resultScore: points, resultMaximum: 10 });
const nothing = null;

/** In one word what is done once the result was read. */
function done(
  profile: ProfileName,
  known: Known,
  seen: ResultSeen | null | undefined,
  score = graded,
): string {
  const decision = decide(profile, known, score);
  if (decision.do !== 'readResults') return decision.do;
  const after = afterResults(decision, score, seen, '403: no');
  if (after.do === 'post') return 'post';
  return 'reason' in after && after.reason ? after.reason : after.status;
}

describe.each(TELLING)('overwrite unlessEdited on %s', (profile) => {
  const delivered = factsOf(profile, 5)!;
  const twice = factsOf(profile, 3, 5)!;
  const cleared = factsOf(profile, 5, null)!;

  it.each<[string, Known, ResultSeen | null, string]>([
    ['nothing of ours, nothing there', {}, nothing, 'post'],
    ['nothing of ours, no grade there', {}, { resultMaximum: 10 }, 'post'],
    ['nothing of ours, a grade there', {}, shows(5), 'KEPT_TEACHERS_GRADE'],
    ['nothing of ours, by chance the same grade there', {}, shows(8), 'KEPT_TEACHERS_GRADE'],
    ['ours there', { delivered }, shows(5), 'post'],
    ['ours there on another scale', { delivered }, { resultScore: 50, resultMaximum: 100 }, 'post'],
    ['ours there on no scale', { delivered }, { resultScore: 0.5 }, 'post'],
    ['ours changed', { delivered }, shows(5.1), 'KEPT_TEACHERS_GRADE'],
    ['ours changed to nothing', { delivered }, shows(0), 'KEPT_TEACHERS_GRADE'],
    ['ours taken away', { delivered }, nothing, 'KEPT_TEACHERS_GRADE'],
    ['ours before the last one there, an update lost', { delivered: twice }, shows(3), 'post'],
    ['neither of our two', { delivered: twice }, shows(4), 'KEPT_TEACHERS_GRADE'],
    ['ours cleared, nothing there', { delivered: cleared }, nothing, 'post'],
    ['ours cleared, a grade entered', { delivered: cleared }, shows(9), 'KEPT_TEACHERS_GRADE'],
    ['this one posted unanswered, and there', { sent: true }, shows(8), 'delivered'],
    ['this one posted unanswered, and not there', { sent: true }, nothing, 'post'],
    ['this one posted unanswered, another there', { sent: true }, shows(7), 'KEPT_TEACHERS_GRADE'],
    ['this one posted unanswered over ours, ours there', { sent: true, delivered }, shows(5), 'post'],
    [
      'an older one posted unanswered, and there',
      { inDoubt: true, earlier: [{ scoreGiven: 7, scoreMaximum: 10 }] },
      shows(7),
      'post',
    ],
    [
      'an older one posted unanswered, another there',
      { inDoubt: true, earlier: [{ scoreGiven: 7, scoreMaximum: 10 }] },
      shows(6),
      'KEPT_TEACHERS_GRADE',
    ],
    [
      'in doubt, ours not there: restored from a backup, perhaps',
      { delivered, inDoubt: true },
      nothing,
      'post',
    ],
  ])('%s', (_name, known, seen, expected) => {
    expect(done(profile, known, seen)).toBe(expected);
  });

  it('goes for clearing too, and whatever is forced', () => {
    const clearing: Score = { ...graded, scoreGiven: null };
    expect(done(profile, { delivered }, shows(7), clearing)).toBe('KEPT_TEACHERS_GRADE');
    expect(done(profile, { delivered }, shows(5), clearing)).toBe('post');
    expect(done(profile, { delivered }, shows(7), { ...graded, force: true })).toBe('KEPT_TEACHERS_GRADE');
  });

  it('does not read for what is not posted', () => {
    expect(decide(profile, { delivered: factsOf(profile, 8)! })).toMatchObject({ reason: 'UNCHANGED' });
  });

  it('says what it saw, and that nothing counts as unchanged from then on', () => {
    const after = afterResults(decide(profile, { delivered }) as SeekOthers, graded, shows(7));
    expect(after).toEqual({
      do: 'settle',
      status: 'superseded',
      reason: 'KEPT_TEACHERS_GRADE',
      detail: 'the gradebook shows 7 of 10, and what we delivered last is 50 %',
      facts: { ...delivered, contentHash: '' },
    });
    const back = { ...graded, scoreGiven: 5, overwrite: 'always' } as const;
    const known = after.do === 'settle' && 'facts' in after ? { delivered: after.facts! } : {};
    expect(decide(profile, known, back).do).toBe('post');
  });

  it('posts nothing over what it cannot see', () => {
    for (const known of [{ delivered }, { inDoubt: true }]) {
      const after = afterResults(decide(profile, known) as SeekOthers, graded, undefined, '403: no');
      expect(after).toMatchObject({ status: 'dead', reason: 'RESULTS_UNREADABLE' });
      expect(after).toHaveProperty('detail', expect.stringContaining('403: no'));
    }
    if (profile !== 'canvas') expect(done(profile, {}, undefined)).toBe('RESULTS_UNREADABLE');
  });
});

describe.each(TELLING.filter((name) => name !== 'canvas'))('a progress report on %s', (profile) => {
  it.each<[string, Known, ResultSeen | null | undefined, string]>([
    ['onto nothing', {}, nothing, 'post'],
    ['over a grade of others', {}, shows(5), 'KEPT_TEACHERS_GRADE'],
    ['over a grade of ours', { delivered: factsOf(profile, 5)! }, shows(5), 'WOULD_CLEAR_GRADE'],
    [
      'over one of ours that may have landed',
      { inDoubt: true, earlier: [graded] },
      shows(8),
      'WOULD_CLEAR_GRADE',
    ],
    ['over what cannot be seen', {}, undefined, 'WOULD_CLEAR_GRADE'],
  ])('%s', (_name, known, seen, expected) => {
    const decision = decide(profile, known, report);
    const reason = decision.do === 'settle' && decision.status === 'superseded' ? decision.reason : undefined;
    expect(reason ?? done(profile, known, seen, report)).toBe(expected);
  });
});

describe('on Canvas', () => {
  const extensionOf = (post: { body: object }) => (post.body as Record<string, object>)[EXTENSION];

  it('is left to Canvas where there is no grade yet, so that one that comes in between stays', () => {
    const decision = decide('canvas') as SeekOthers;
    expect(extensionOf(decision.ontoNothing)).toEqual({ prioritize_non_tool_grade: true });
    expect(afterResults(decision, graded, nothing)).toEqual(decision.ontoNothing);
  });

  it('is left to Canvas where nothing can be seen, and says so', () => {
    const after = afterResults(decide('canvas') as SeekOthers, graded, undefined, '401: no');
    expect(after).toMatchObject({
      do: 'post',
      detail: expect.stringContaining('Canvas was asked to keep it'),
    });
  });

  it('is not left to Canvas over a grade of ours, which it would keep too', () => {
    const decision = decide('canvas', { delivered: factsOf('canvas', 5)! }) as SeekOthers;
    expect(extensionOf(decision.otherwise)).toEqual({ new_submission: false });
    expect(extensionOf((decide('canvas', { inDoubt: true }) as SeekOthers).ontoNothing)).toBeUndefined();
  });

  it('reads nothing where the caller or a progress report leaves the grade alone', () => {
    expect(decide('canvas', {}, report).do).toBe('post');
    const preserving = { ...graded, extensions: { [EXTENSION]: { preserve_score: true } } };
    expect(decide('canvas', {}, preserving).do).toBe('post');
  });

  it('leaves the caller’s own word in place, and then cannot go without having seen', () => {
    const own = { ...graded, extensions: { [EXTENSION]: { prioritize_non_tool_grade: false } } };
    expect(done('canvas', {}, nothing, own)).toBe('post');
    expect(done('canvas', {}, undefined, own)).toBe('RESULTS_UNREADABLE');
  });
});

it('on Open edX nothing is read: its results tell nothing, and a teacher’s grade stays by itself', () => {
  expect(decide('openedx').do).toBe('post');
  expect(decide('openedx', { delivered: factsOf('openedx', 5)! }).do).toBe('post');
});

it('always reads nothing', () => {
  for (const profile of PROFILE_NAMES) {
    for (const { overwrite: _, ...score } of [graded]) expect(decide(profile, {}, score).do).toBe('post');
    expect(decide(profile, {}, { ...graded, overwrite: 'always' }).do).toBe('post');
  }
});
