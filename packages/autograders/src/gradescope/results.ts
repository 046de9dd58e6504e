import { isObject, type JsonObject } from '../json-value.ts';

/**
 * The parts of a Gradescope autograder's `results.json` that matter for a grade
 * (gradescope-autograders.readthedocs.io/en/latest/specs, "Output format"). Otter-Grader and many others write it too.
 */
export interface GradescopeResults extends JsonObject {
  score?: number | null;
  tests?: GradescopeTest[] | null;
}

export interface GradescopeTest extends JsonObject {
  score?: number | null;
  max_score?: number | null;
}

/** Whether it is a `results.json` and not something else that is graded. */
export function looksLikeGradescope(value: unknown): value is JsonObject {
  return isObject(value) && ('tests' in value || 'score' in value) && !('userId' in value);
}

/** What keeps it from being read; undefined when it is {@link GradescopeResults}. Graders write null for what they leave out. */
export function resultsProblem(value: unknown): string | undefined {
  if (!looksLikeGradescope(value)) return 'is no results.json: it has neither "score" nor "tests"';
  const tests = value.tests ?? [];
  if (!Array.isArray(tests)) return '"tests" is not a list';
  if (!isNumberOrAbsent(value.score)) return '"score" is not a number';
  for (const [index, test] of tests.entries()) {
    if (!isObject(test)) return `test ${index + 1} is not an object`;
    const wrong = ['score', 'max_score'].find((name) => !isNumberOrAbsent(test[name]));
    if (wrong) return `"${wrong}" of test ${index + 1} is not a number`;
  }
  return undefined;
}

function isNumberOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'number' && Number.isFinite(value));
}
