import { isSameAssignment } from './assignment.ts';
import type { AdapterSettings, Grade, Reading, ReadingProblem } from './grade.ts';

/** More is taken for a mistake, or an attack. */
export const MAX_GRADES = 10_000;

/** Why there is no grade, and of which assignment, where that is known. */
export type Problem = Omit<ReadingProblem, 'index'> & { assignment?: string };

/** What one place of a document came to: a grade, or why there is none. */
export type Found = Omit<Grade, 'index'> | Problem;

/**
 * The reading of a document whose places came to this, numbered from 0. Those of another assignment than the wanted one are passed over; with
 * none left it is no matter of grades.
 */
export function readingOf(found: readonly Found[], { assignment: wanted }: AdapterSettings = {}): Reading {
  if (found.length > MAX_GRADES) {
    return failed(`holds more than ${MAX_GRADES} grades`, 'Send them in several parts.');
  }
  const reading: Reading = { grades: [], problems: [] };
  for (const [index, { assignment, ...item }] of found.entries()) {
    if (wanted !== undefined && assignment !== undefined && !isSameAssignment(assignment, wanted)) continue;
    if ('detail' in item) reading.problems.push({ index, ...item });
    else reading.grades.push({ index, ...item, ...named(assignment ?? wanted) });
  }
  if (reading.grades.length > 0 || reading.problems.length > 0) return reading;
  return ignored(found.length === 0 ? 'holds no grades' : 'is of another assignment');
}

/** A document that no grade can be read from. */
export function failed(detail: string, hint?: string): Reading {
  return { grades: [], problems: [{ index: 0, ...problem(detail, hint) }] };
}

/** A document that is no matter of grades. */
export function ignored(reason: string): Reading {
  return { grades: [], problems: [], ignored: reason };
}

export function problem(detail: string, hint?: string): Problem {
  return { detail, ...(hint === undefined ? {} : { hint }) };
}

/** The member `assignment`, where there is a name. */
export function named(assignment: string | undefined): { assignment?: string } {
  return assignment === undefined ? {} : { assignment };
}
