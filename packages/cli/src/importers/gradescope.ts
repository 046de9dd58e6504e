import { commentOf } from './gradescope-comment.ts';
import { failedImport, type Imported } from './imported-score.ts';

/**
 * The parts of a Gradescope autograder's `results.json` that matter for a grade
 * (gradescope-autograders.readthedocs.io, "Output format"). Otter-Grader and many others write it too.
 */
export interface GradescopeResults {
  score?: number;
  output?: unknown;
  output_format?: unknown;
  test_output_format?: unknown;
  visibility?: unknown;
  tests?: GradescopeTest[];
}

export interface GradescopeTest {
  score?: number;
  max_score?: number;
  name?: string;
  number?: string;
  status?: string;
  output?: unknown;
  output_format?: unknown;
  visibility?: unknown;
}

export function looksLikeGradescope(value: unknown): value is Record<string, unknown> {
  return isObject(value) && ('tests' in value || 'score' in value) && !('userId' in value);
}

/**
 * Reads one student's `results.json`. A top-level `score` goes before the sum of the tests; the maximum is `scoreMaximum`, or else what
 * the tests' `max_score` add up to, because the file has no field for it. Hidden tests count, and stay out of the comment.
 */
export function readGradescope(
  value: unknown,
  from: { source: string; userId: string; scoreMaximum?: number },
): Imported {
  const { source, userId } = from;
  try {
    const results = checkResults(value);
    const scoreGiven = scoreOf(results);
    const scoreMaximum = from.scoreMaximum ?? maximumOf(results);
    const comment = commentOf(results);
    const fields = { userId, scoreGiven, scoreMaximum, ...(comment === undefined ? {} : { comment }) };
    return { scores: [{ source, fields }], problems: [] };
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    return failedImport({
      source,
      userId,
      message: error.message,
      ...(error.hint ? { hint: error.hint } : {}),
    });
  }
}

class ResultsError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

function checkResults(value: unknown): GradescopeResults {
  if (!looksLikeGradescope(value))
    throw new ResultsError('is no results.json: it has neither "score" nor "tests"');
  const tests = value.tests ?? [];
  if (!Array.isArray(tests)) throw new ResultsError('"tests" is not a list');
  requireNumber(value, 'score', '"score"');
  tests.forEach((test: unknown, index) => {
    if (!isObject(test)) throw new ResultsError(`test ${index + 1} is not an object`);
    requireNumber(test, 'score', `"score" of test ${index + 1}`);
    requireNumber(test, 'max_score', `"max_score" of test ${index + 1}`);
  });
  return withoutNulls(value);
}

function requireNumber(object: Record<string, unknown>, name: string, label: string): void {
  const value = object[name];
  if (value != null && !(typeof value === 'number' && Number.isFinite(value))) {
    throw new ResultsError(`${label} is not a number`);
  }
}

/** Graders write null for what they leave out. */
function withoutNulls(value: Record<string, unknown>): GradescopeResults {
  return JSON.parse(JSON.stringify(value), (_key, member) => (member === null ? undefined : member));
}

function scoreOf({ score, tests = [] }: GradescopeResults): number {
  if (score === undefined && !tests.some((test) => test.score !== undefined)) {
    throw new ResultsError(
      'has no score: neither at the top nor on a test',
      'The autograder did not finish; run it again.',
    );
  }
  const given = score ?? sum(tests.map((test) => test.score ?? 0));
  if (given < 0) throw new ResultsError(`its score is negative (${given})`, 'A gradebook takes 0 and more.');
  return given;
}

function maximumOf({ tests = [] }: GradescopeResults): number {
  const maximum = sum(tests.map((test) => test.max_score ?? 0));
  if (maximum > 0) return maximum;
  throw new ResultsError(
    'no test says its max_score',
    'Say what the assignment is worth with --score-maximum.',
  );
}

/** Adds decimals as people do: 0.1 + 0.2 is 0.3. */
function sum(numbers: number[]): number {
  return Number(numbers.reduce((total, number) => total + number, 0).toFixed(6));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
