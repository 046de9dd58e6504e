import { commentField } from './comment.ts';
import type { CsvRow, CsvTable } from './csv.ts';
import type { Identity } from './grade.ts';
import { instantOf } from './instant.ts';
import { numberIn, textIn } from './json-value.ts';
import { type Found, named, type Problem, problem } from './reading.ts';

export function looksLikeNbgrader({ titles }: CsvTable): boolean {
  return ['assignment', 'student_id', 'score', 'max_score'].every((title) => titles.includes(title));
}

/**
 * Reads what `nbgrader export` writes (nbgrader/plugins/export.py): a line per assignment and student. The grade is `score`, which is
 * `raw_score` less the late penalty. A student who handed nothing in has 0 and no timestamp. Timestamps carry no zone and are UTC.
 *
 * No score gets a timestamp: an export is how things stand when it is made, so the newest export counts. Were each as old as its
 * submission, the 0 of an export made before a submission was collected would be newer than the grade that came of it.
 */
export function readNbgrader(table: CsvTable): Found[] {
  return table.rows.map((row) => {
    // What stands where in a line of another width nobody knows.
    if (row.width !== table.titles.length) return shifted(row.width, table.titles.length);
    const assignment = named(textIn(row.cells, 'assignment'));
    return { ...assignment, ...(problemOf(row) ?? gradeOf(row)) };
  });
}

/** nbgrader writes names as they are, so a comma in one shifts the rest of its line. */
function shifted(width: number, columns: number): Problem {
  return problem(`has ${width} cells instead of ${columns}`, 'Quote a name that holds a comma.');
}

function problemOf({ cells }: CsvRow): Problem | undefined {
  if (textIn(cells, 'student_id') === undefined) return problem('has no student_id');
  const wrong = ['score', 'max_score'].find((name) => numberIn(cells, name) === undefined);
  return wrong ? problem(`${wrong} is not a number`) : undefined;
}

function gradeOf({ cells }: CsvRow): Found {
  const submittedAt = instantOf(cells.timestamp);
  return {
    identities: identitiesOf(cells),
    fields: {
      scoreGiven: numberIn(cells, 'score'),
      scoreMaximum: numberIn(cells, 'max_score'),
      ...(submittedAt === undefined ? {} : { submission: { submittedAt } }),
      ...lateComment(cells),
    },
  };
}

function identitiesOf(cells: CsvRow['cells']): Identity[] {
  const email = textIn(cells, 'email');
  const sourcedId = textIn(cells, 'student_id');
  return [...(email ? [{ email }] : []), ...(sourcedId ? [{ sourcedId }] : [])];
}

function lateComment(cells: CsvRow['cells']): { comment?: string } {
  const raw = numberIn(cells, 'raw_score');
  const penalty = numberIn(cells, 'late_submission_penalty') ?? 0;
  return commentField(raw !== undefined && penalty > 0 ? [`${raw} less ${penalty} for being late.`] : []);
}
