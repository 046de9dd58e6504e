import type { ScoreContent } from './score.ts';

/** What Moodle stores. */
const DECIMALS = 5;
/** What a float says beyond these is the noise of somebody's arithmetic: 0.1 + 0.2, or a hundred times 0.57. */
const SIGNIFICANT_DIGITS = 12;

/**
 * The points of a score as they go on the wire; none when the score has none or clears the grade, since leaving
 * `scoreGiven` out is how to clear (AGS 2.0 section 3.4.4; Schoology refuses nulls).
 *
 * Numbers are taken to 12 significant digits. Of `scoreGiven` what goes beyond 5 decimals is cut off, not rounded up, so
 * that it reaches no pass mark and no maximum that it did not reach before; more decimals stay where the maximum has more,
 * or is below 1. A score above nothing stays above nothing (on Canvas that is "pass").
 */
export function pointsOf(score: Pick<ScoreContent, 'scoreGiven' | 'scoreMaximum'>): {
  scoreGiven?: number;
  scoreMaximum?: number;
} {
  const { scoreGiven, scoreMaximum } = score;
  if (typeof scoreGiven !== 'number' || scoreMaximum === undefined) return {};
  const maximum = withoutNoise(scoreMaximum);
  const given = withoutNoise(scoreGiven);
  const smallness = maximum < 1 ? Math.ceil(-Math.log10(maximum)) : 0;
  const decimals = Math.max(DECIMALS + smallness, decimalsOf(maximum));
  return { scoreGiven: cutTo(decimals, given) || given, scoreMaximum: maximum };
}

/** The grade that a score gives, 1 being full points, by the points that are posted; undefined when it gives none. */
export function gradeOf(score: Pick<ScoreContent, 'scoreGiven' | 'scoreMaximum'>): number | undefined {
  const { scoreGiven, scoreMaximum } = pointsOf(score);
  return scoreGiven === undefined || scoreMaximum === undefined ? undefined : scoreGiven / scoreMaximum;
}

/** A number of points without the noise of floating-point arithmetic: the nearest one of 12 significant digits. */
export function withoutNoise(points: number): number {
  return Number(points.toPrecision(SIGNIFICANT_DIGITS));
}

function cutTo(decimals: number, points: number): number {
  // So large a number has no decimals left to cut.
  if (points >= 10 ** SIGNIFICANT_DIGITS) return points;
  return shifted(Math.floor(shifted(points, decimals)), -decimals);
}

function decimalsOf(points: number): number {
  const [digits, exponent] = partsOf(points);
  const fraction = /\.(\d*[1-9])/.exec(digits)?.[1] ?? '';
  return Math.max(0, fraction.length - exponent);
}

/** A number whose decimal point is moved, exactly: multiplying 8.2 by 100,000 gives 819,999.9999999999. */
function shifted(points: number, places: number): number {
  const [digits, exponent] = partsOf(points);
  return Number(`${digits}e${exponent + places}`);
}

function partsOf(points: number): [digits: string, exponent: number] {
  const [digits = '0', exponent = '0'] = points.toExponential(SIGNIFICANT_DIGITS - 1).split('e');
  return [digits, Number(exponent)];
}
