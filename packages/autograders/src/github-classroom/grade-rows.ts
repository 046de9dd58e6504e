import type { CsvTable } from '../csv.ts';
import type { AdapterSettings, Identity } from '../grade.ts';
import { instantOf } from '../instant.ts';
import { isObject, type JsonObject, numberIn, textIn } from '../json-value.ts';
import { type Found, named, type Problem, problem } from '../reading.ts';
import { personLogin } from './repository-student.ts';

export function looksLikeGradeRows({ titles }: CsvTable): boolean {
  return titles.includes('github_username') && titles.includes('points_awarded');
}

/**
 * Reads the rows of an assignment's grades: those of the CSV that GitHub Classroom exports, and of its REST API
 * (docs.github.com/en/rest/classroom/classroom, "Get assignment grades"; github/gh-classroom, cmd/gh-classroom/assignment-grades), where numbers are
 * texts. `points_available` is 0 where Classroom does not know it, `submission_timestamp` the deadline for who was in time. So it is no time of
 * a grade, and none is given: the rows are how things stand when they are exported, and the newest export counts.
 */
export function readGradeRows(rows: readonly unknown[], settings: AdapterSettings): Found[] {
  return rows.map((row) => (isObject(row) ? foundOf(row, settings) : problem('is not an object')));
}

function foundOf(row: JsonObject, settings: AdapterSettings): Found {
  const assignment = named(textIn(row, 'assignment_name'));
  const points = pointsOf(row, settings);
  if ('detail' in points) return { ...assignment, ...points };
  const submittedAt = instantOf(textIn(row, 'submission_timestamp'));
  const submission = submittedAt === undefined ? {} : { submission: { submittedAt } };
  return { identities: identitiesOf(row), ...assignment, fields: { ...points, ...submission } };
}

function pointsOf(
  row: JsonObject,
  { scoreMaximum: defaultMaximum }: AdapterSettings,
): { scoreGiven: number; scoreMaximum: number } | Problem {
  const scoreGiven = numberIn(row, 'points_awarded');
  if (scoreGiven === undefined) return problem('has no points_awarded');
  if (scoreGiven < 0) return problem('its score is negative', 'A gradebook takes 0 and more.');
  const available = numberIn(row, 'points_available') ?? 0;
  const scoreMaximum = available > 0 ? available : defaultMaximum;
  if (scoreMaximum !== undefined) return { scoreGiven, scoreMaximum };
  return problem('has no points_available', 'Say in defaults.scoreMaximum what the assignment is worth.');
}

/** A teacher may have entered anything as the identifier: addresses, ids, names. */
function identitiesOf(row: JsonObject): Identity[] {
  const identifier = textIn(row, 'roster_identifier');
  const github = personLogin(textIn(row, 'github_username'));
  return [
    ...(identifier === undefined ? [] : [identityOf(identifier)]),
    ...(github === undefined ? [] : [{ github }]),
  ];
}

function identityOf(identifier: string): Identity {
  if (identifier.includes('@')) return { email: identifier };
  return /\s/.test(identifier) ? { name: identifier } : { sourcedId: identifier };
}
