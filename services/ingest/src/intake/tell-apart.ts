import { aliasKeyOf, cellIdOf, columnKeyOf, type Score, userKeyOf } from '@gradewire/passback';
import { fingerprintOf } from '../http/fingerprint.ts';
import type { JudgedGrade } from './judge-grades.ts';
import { type Sieved, type Why, waiting } from './sieve.ts';

/**
 * Holds back the grades of one student for one column between which nothing tells which is the later: each has to bring a
 * timestamp of its own. In different deliveries the order of arrival tells.
 */
export function tellApart(grades: readonly JudgedGrade[]): Sieved<JudgedGrade> {
  const told: Sieved<JudgedGrade> = { passed: [], unmatched: [] };
  for (const ofOne of Map.groupBy(grades, ({ score }) => cellOf(score)).values()) {
    if (isTold(ofOne)) told.passed.push(...ofOne);
    else told.unmatched.push(...ofOne.map((judged) => waiting(judged, twice, judged.grade)));
  }
  return told;
}

function isTold(grades: readonly JudgedGrade[]): boolean {
  if (grades.length === 1) return true;
  const own = grades.filter(({ grade }) => grade.fields.timestamp !== undefined);
  return new Set(own.map(({ score }) => score.timestamp)).size === grades.length;
}

/**
 * What a delivery gives one score for: the cell, and if it has one of its own the timestamp. So what was accepted is not accepted
 * again when the delivery is read otherwise, by a mended mapping say. It cannot be taken for the fingerprint of a grade.
 */
export function slotOf({ grade, score }: Pick<JudgedGrade, 'grade' | 'score'>): string {
  const timestamp = grade.fields.timestamp === undefined ? '' : score.timestamp;
  return `slot-${fingerprintOf([cellOf(score), timestamp]).slice(0, 22)}`;
}

/** As far as it can be told before the column is resolved. */
function cellOf({ target, userId }: Score): string {
  const column = 'lineItemUrl' in target ? columnKeyOf(target.lineItemUrl) : aliasKeyOf(target)!;
  return cellIdOf(column, userKeyOf(userId));
}

const twice: Why = {
  reason: 'TWICE',
  detail:
    'the delivery has several grades of this student for this column, and no timestamps that tell them apart',
};
