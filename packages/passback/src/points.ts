import type { Score } from './score.ts';

const DECIMALS = 5;

/**
 * The points of a score as they go on the wire: at most 5 decimals (what Moodle stores); none when the score has none
 * or clears the grade, since leaving `scoreGiven` out is how to clear (AGS 2.0 section 3.4.4; Schoology refuses nulls).
 */
export function pointsOf(score: Pick<Score, 'scoreGiven' | 'scoreMaximum'>): {
  scoreGiven?: number;
  scoreMaximum?: number;
} {
  const { scoreGiven, scoreMaximum } = score;
  if (typeof scoreGiven !== 'number' || scoreMaximum === undefined) return {};
  // A maximum below 1 leaves more decimals by as much as it is smaller, so that the grade stays the same.
  const decimals = DECIMALS + (scoreMaximum < 1 ? Math.ceil(-Math.log10(scoreMaximum)) : 0);
  return { scoreGiven: rounded(scoreGiven, decimals), scoreMaximum: rounded(scoreMaximum, decimals) };
}

/** The grade that a score gives, 1 being full points; undefined when it gives none. */
export function gradeOf({
  scoreGiven,
  scoreMaximum,
}: Pick<Score, 'scoreGiven' | 'scoreMaximum'>): number | undefined {
  return typeof scoreGiven === 'number' && scoreMaximum !== undefined ? scoreGiven / scoreMaximum : undefined;
}

function rounded(points: number, decimals: number): number {
  // Number.toFixed takes no more than 100.
  return decimals > 100 ? points : Number(points.toFixed(decimals));
}
