import type { CsvRow, CsvTable } from './csv.ts';
import type { Imported, ImportedScore, ImportProblem } from './imported-score.ts';

export function looksLikeNbgrader({ titles }: CsvTable): boolean {
  return ['assignment', 'student_id', 'score', 'max_score'].every((title) => titles.includes(title));
}

/**
 * Reads what `nbgrader export` writes: a line per assignment and student. The grade is `score`, which is `raw_score` less the late
 * penalty. A student who handed nothing in has 0 and no timestamp. Timestamps carry no zone and are UTC.
 */
export function readNbgrader(table: CsvTable, source: string): Imported {
  const scores: ImportedScore[] = [];
  const problems: ImportProblem[] = [];
  for (const row of table.rows) {
    const at = `${source}:${row.line}`;
    const problem = problemOf(row, table.titles.length);
    const { student_id: userId = '' } = row.cells;
    if (problem) problems.push({ source: at, ...(userId ? { userId } : {}), ...problem });
    else scores.push(scoreOf(row, at));
  }
  return { scores, problems };
}

function problemOf(
  { cells, width }: CsvRow,
  columns: number,
): Pick<ImportProblem, 'message' | 'hint'> | undefined {
  if (width !== columns) {
    // nbgrader writes names as they are, so a comma in one shifts the rest of its line.
    return { message: `has ${width} cells instead of ${columns}`, hint: 'Quote a name that holds a comma.' };
  }
  if (!cells.student_id) return { message: 'has no student_id' };
  for (const name of ['score', 'max_score']) {
    const text = cells[name] ?? '';
    if (text === '' || !Number.isFinite(Number(text)))
      return { message: `${name} is not a number: "${text}"` };
  }
  return undefined;
}

function scoreOf({ cells }: CsvRow, source: string): ImportedScore {
  const penalty = Number(cells.late_submission_penalty || 0);
  const submittedAt = utc(cells.timestamp ?? '');
  return {
    source,
    ...(cells.assignment ? { assignment: cells.assignment } : {}),
    fields: {
      userId: cells.student_id ?? '',
      scoreGiven: Number(cells.score),
      scoreMaximum: Number(cells.max_score),
      ...(submittedAt ? { submission: { submittedAt } } : {}),
      ...(penalty > 0 ? { comment: `${Number(cells.raw_score)} less ${penalty} for being late.` } : {}),
    },
  };
}

/** `2015-02-02 14:58:23.948203` as RFC 3339 with milliseconds; undefined when it is not a time. */
function utc(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:00)?$/.exec(text.trim());
  if (!match) return undefined;
  const date = new Date(`${match[1]}T${match[2]}.${(match[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
