import { gradeOf } from './points.ts';
import type { DeliveredFacts } from './post.ts';
import type { Profile } from './profiles.ts';
import { hasGrade, type ResultSeen, resultShows, showsGrade } from './result-seen.ts';
import { isProgressReport, type ScoreContent } from './score.ts';

/**
 * How a gradebook cell differs from what was delivered to it. `missing`: the gradebook shows no grade. `different`: it shows
 * the grade of ours before the last one. `changedByTeacher`: it shows a grade that was none of ours. `droppedInSilence`: the
 * platform took the grade and is known not to show its like.
 */
export const DRIFT_KINDS = ['missing', 'different', 'changedByTeacher', 'droppedInSilence'] as const;

export type DriftKind = (typeof DRIFT_KINDS)[number];

/**
 * Compares what was delivered to a cell with what the gradebook shows.
 * @param result null when the gradebook lists nothing for the user
 * @returns undefined when they agree, or when no grade of ours was ever there to be compared
 */
export function driftOf(
  facts: DeliveredFacts,
  result: ResultSeen | null,
  profile: Pick<Profile, 'dropsZeros'>,
): DriftKind | undefined {
  const { grade, previousGrade } = facts;
  const isBack = previousGrade !== undefined && showsGrade(result, previousGrade);
  if (grade === undefined) {
    if (previousGrade === undefined || !hasGrade(result)) return undefined;
    return isBack ? 'different' : 'changedByTeacher';
  }
  if (grade === 0 && profile.dropsZeros && (!hasGrade(result) || showsGrade(result, 0)))
    return 'droppedInSilence';
  if (!hasGrade(result)) return 'missing';
  if (showsGrade(result, grade)) return undefined;
  return isBack ? 'different' : 'changedByTeacher';
}

/** Posting again mends these. What a teacher did stands, and what the platform does not show it would not show again. */
export function isRepairable(kind: DriftKind): boolean {
  return kind === 'missing' || kind === 'different';
}

/**
 * Whether posting a score again brings back the grade that was delivered: a progress report carries none, and what it left
 * in place came with an earlier score.
 */
export function bringsGradeBack(
  score: Pick<ScoreContent, 'scoreGiven' | 'scoreMaximum' | 'gradingProgress'>,
): boolean {
  return !isProgressReport(score);
}

/**
 * What the cell holds according to the gradebook, so that the score delivered last counts as news again. What was posted
 * beside the grade is taken to be there still: a comment is not to be shown twice.
 */
export function factsSeen(facts: DeliveredFacts, result: ResultSeen | null): DeliveredFacts {
  const { commentHash, submittedAt, filesHash } = facts;
  const grade = hasGrade(result) ? result.resultScore / (result.resultMaximum || 1) : undefined;
  return {
    contentHash: '',
    hasGrade: grade !== undefined,
    ...(grade !== undefined && { grade }),
    ...(commentHash && { commentHash }),
    ...(submittedAt && { submittedAt }),
    ...(filesHash && { filesHash }),
  };
}

/**
 * Whether a result proves that a post nobody answered has landed: it shows this score's grade, and did not before.
 * @param delivered what the cell had of ours before that post
 */
export function provesLanding(
  score: Pick<ScoreContent, 'scoreGiven' | 'scoreMaximum' | 'gradingProgress'>,
  delivered: DeliveredFacts | undefined,
  result: ResultSeen | null,
): boolean {
  if (isProgressReport(score) || !resultShows(result, score)) return false;
  return score.scoreGiven === null ? delivered?.hasGrade === true : delivered?.grade !== gradeOf(score);
}
