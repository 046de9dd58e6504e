import { describe, expect, it } from 'vitest';
import { afterResults, decidePost, deliveredFactsOf, type PostDecision, type ReadResults } from './post.ts';
import { parseInput } from './problem.ts';
import { PROFILE_NAMES, PROFILES, type ProfileName } from './profiles.ts';
import { type Score, scoreInputSchema } from './score.ts';

/**
 * What becomes of every score there can be, by how far the grading and the student are, what it gives (8 points, null,
 * nothing), what the gradebook shows of ours (nothing, a grade) and whether it is forced (!).
 *
 * grade: posted with its points. clear: posted so that no grade is shown. told: posted as it is, a grade of ours goes if there
 * is one. look: posted where the results show no grade. keep: superseded, WOULD_CLEAR_GRADE. saved: posted without its points, and the grade stays.
 * 422: never accepted.
 */
const ELSEWHERE = `
                      none   none!  ours   ours!
  FullyGraded    8    grade  grade  grade  grade
  FullyGraded    null clear  clear  clear  clear
  FullyGraded    -    422    422    422    422
  Pending        8    look   told   keep   told
  Pending        null clear  clear  clear  clear
  Pending        -    look   told   keep   told
  PendingManual  8    look   told   keep   told
  PendingManual  null clear  clear  clear  clear
  PendingManual  -    look   told   keep   told
  Failed         8    look   told   keep   told
  Failed         null clear  clear  clear  clear
  Failed         -    look   told   keep   told
  NotReady       8    look   told   keep   told
  NotReady       null clear  clear  clear  clear
  NotReady       -    look   told   keep   told
`;
/** Its results do not tell of other people's grades. */
const OPENEDX = ELSEWHERE.replaceAll('look', 'told');
const CANVAS = ELSEWHERE.replaceAll(/look|told|keep/g, 'saved');

const TABLES: Record<ProfileName, string> = {
  canvas: CANVAS,
  moodle: ELSEWHERE,
  blackboard: ELSEWHERE,
  brightspace: ELSEWHERE,
  schoology: ELSEWHERE,
  sakai: ELSEWHERE,
  openedx: OPENEDX,
  generic: ELSEWHERE,
};

const ACTIVITIES = ['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed'] as const;
const WIRE = '2026-11-20T16:04:05.123Z';
const HANDED_IN = '2026-11-19T10:00:00.000Z';
const EXTENSION = 'https://canvas.instructure.com/lti/submission';

type Word = 'grade' | 'clear' | 'told' | 'look' | 'keep' | 'saved' | '422';

interface Case {
  profile: ProfileName;
  word: Word;
  score: Score;
  hasGrade: boolean;
}

function casesOf(profile: ProfileName): Case[] {
  const rows = TABLES[profile].trim().split('\n').slice(1);
  return rows.flatMap((row) => {
    const [gradingProgress, given, ...words] = row.trim().split(/\s+/) as [
      Score['gradingProgress'],
      string,
      ...Word[],
    ];
    return words.flatMap((word, column) =>
      ACTIVITIES.map((activityProgress) => {
        const score: Score = {
          userId: '42',
          target: { lineItemUrl: 'https://lms.example/items/7' },
          activityProgress,
          gradingProgress,
          timestamp: '2026-11-20T16:00:00.000Z',
          ...(given !== '-' && { scoreGiven: given === 'null' ? null : Number(given) }),
          ...(given === '8' && { scoreMaximum: 10 }),
          ...(column % 2 === 1 && { force: true }),
        };
        return { profile, word, score, hasGrade: column >= 2 };
      }),
    );
  });
}

/** The facts of a grade that was handed in and delivered before. */
function earlierGrade(score: Score, profile: ProfileName) {
  const earlier: Score = {
    ...score,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    scoreGiven: 5,
    scoreMaximum: 10,
    submission: { submittedAt: HANDED_IN },
  };
  return deliveredFactsOf(earlier, PROFILES[profile]);
}

function decide({ profile, score, hasGrade }: Case): PostDecision {
  return decidePost({
    score,
    delivered: hasGrade ? earlierGrade(score, profile) : undefined,
    profile: PROFILES[profile],
    wireTimestampMs: Date.parse(WIRE),
    inDoubt: false,
    sent: false,
  });
}

/** The body on the wire, member by member. */
function wireOf({ profile, word, score, hasGrade }: Case): Record<string, unknown> {
  const { activityProgress, gradingProgress, scoreGiven } = score;
  const blackboardClears = word === 'clear' && profile === 'blackboard';
  return {
    userId: '42',
    timestamp: WIRE,
    activityProgress: blackboardClears ? 'Initialized' : activityProgress,
    gradingProgress: blackboardClears ? 'NotReady' : gradingProgress,
    ...(typeof scoreGiven === 'number' && word !== 'saved' && { scoreGiven, scoreMaximum: 10 }),
    ...(profile === 'canvas' && canvasMembers({ word, score, hasGrade })),
  };
}

/** Only work that is handed in is an attempt, and only once. */
function canvasMembers({ word, score, hasGrade }: Omit<Case, 'profile'>): object {
  const handedIn = ['Submitted', 'Completed'].includes(score.activityProgress);
  const isAttempt = handedIn && !hasGrade && word !== 'clear';
  const submittedAt = hasGrade ? HANDED_IN : isAttempt ? score.timestamp : undefined;
  const extension = {
    ...(!isAttempt && { new_submission: false }),
    ...(word === 'saved' && { preserve_score: true }),
  };
  return {
    ...(submittedAt && { submission: { submittedAt } }),
    ...(Object.keys(extension).length > 0 && { [EXTENSION]: extension }),
  };
}

const keep = { do: 'settle', status: 'superseded', reason: 'WOULD_CLEAR_GRADE' };

function check(each: Case): void {
  const { word, score } = each;
  const { userId, ...content } = score;
  const parsed = parseInput(scoreInputSchema, { platformId: 'p', userId, ...content });
  if (word === '422') {
    expect(parsed).toMatchObject({ ok: false, problems: [{ pointer: '/scoreGiven' }] });
    return;
  }
  expect(parsed.ok).toBe(true);
  const decision = decide(each);
  if (word === 'keep') {
    expect(decision).toEqual(keep);
    return;
  }
  const post = { do: 'post', body: wireOf(each) };
  if (word === 'look') {
    const looking = decision as ReadResults;
    expect(looking).toMatchObject({ do: 'readResults', seek: 'anyGrade', must: false });
    expect(afterResults(looking, score, { resultScore: 3, resultMaximum: 10 })).toEqual(keep);
    for (const unseen of [null, { resultMaximum: 10 }, undefined]) {
      expect(afterResults(looking, score, unseen)).toMatchObject(post);
    }
    expect(looking.otherwise.body).toEqual(post.body);
    return;
  }
  expect(decision).toMatchObject(post);
  expect(decision).toHaveProperty('body', post.body);
  const shown = { grade: 0.8, clear: undefined, told: undefined, saved: each.hasGrade ? 0.5 : undefined };
  expect(decision).toHaveProperty('facts.hasGrade', shown[word] !== undefined);
  expect((decision as { facts: { grade?: number } }).facts.grade).toBe(shown[word]);
}

describe.each(PROFILE_NAMES)('every score on %s', (profile) => {
  const cases = casesOf(profile);

  it('is in the table', () => {
    expect(cases).toHaveLength(5 * 5 * 3 * 2 * 2);
  });

  it.each(cases.map((each) => [nameOf(each), each] as const))('%s', (_name, each) => check(each));
});

function nameOf({ score, hasGrade, word }: Case): string {
  const { activityProgress, gradingProgress, scoreGiven, force } = score;
  const given = scoreGiven === undefined ? 'no score' : `${scoreGiven}`;
  const over = `over ${hasGrade ? 'a grade' : 'nothing'} of ours${force ? ', forced' : ''}`;
  return `${activityProgress}, ${gradingProgress}, ${given} ${over}: ${word}`;
}
