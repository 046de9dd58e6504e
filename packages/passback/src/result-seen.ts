import { gradeOf } from './points.ts';
import type { Score } from './score.ts';

/** The part of a platform's result that decides. */
export interface ResultSeen {
  resultScore?: number | null;
  /** 1 when the platform names none. */
  resultMaximum?: number | null;
}

/** Whether a result has a grade at all. */
export function hasGrade(result: ResultSeen | null): result is ResultSeen & { resultScore: number } {
  return typeof result?.resultScore === 'number';
}

/** Whether a result shows this grade (1 being full points), as far as platforms' rounding and cutting let one tell. */
export function showsGrade(result: ResultSeen | null, expected: number): boolean {
  if (!hasGrade(result)) return false;
  const maximum = result.resultMaximum || 1;
  const shown = result.resultScore / maximum;
  // Platforms keep two decimals at the least; of a small maximum that is more than a grade may be off.
  const tolerance = 0.00501 / Math.max(5, maximum);
  return [expected, Math.min(1, expected)].some((grade) => Math.abs(shown - grade) <= tolerance);
}

/**
 * Whether a result is what posting this score would have made of it. A cleared grade shows as none, and one above the
 * maximum may be cut to it (Moodle, Open edX).
 */
export function resultShows(
  result: ResultSeen | null,
  score: Pick<Score, 'scoreGiven' | 'scoreMaximum'>,
): boolean {
  if (!hasGrade(result)) return score.scoreGiven === null;
  const expected = gradeOf(score);
  return expected !== undefined && showsGrade(result, expected);
}
