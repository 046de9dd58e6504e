import { commentField, pointsLine } from './comment.ts';
import { isObject, type JsonObject, numberIn, textIn } from './json-value.ts';
import { type Found, named, type Problem, problem } from './reading.ts';
import { openResultsFiles, type ResultsFile } from './results-file.ts';

/**
 * Reads what an external grader of PrairieLearn writes, `results.json`, by itself or in the envelope of `openResultsFiles`
 * (PrairieLearn, docs/externalGrading.md). `score` is a fraction, so it is out of 1; points of tests are for the student to look at.
 */
export function readPrairieLearn(value: unknown): Found[] {
  return openResultsFiles(value).map(readFile);
}

function readFile({ results, who, assignment, timestamp }: ResultsFile): Found {
  const wrong = problemOf(results);
  if (wrong) return { ...named(assignment), ...wrong };
  const graded = results as JsonObject;
  const fields = {
    scoreGiven: graded.score,
    scoreMaximum: 1,
    ...commentOf(graded),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
  return { ...who, ...named(assignment), fields };
}

function problemOf(results: unknown): Problem | undefined {
  if (!isObject(results) || !('score' in results || 'gradable' in results)) {
    return problem('is no results.json: it has neither "score" nor "gradable"');
  }
  if (results.gradable === false) {
    return problem(
      'says that it is not gradable',
      'The answer had not the form that the question asks for, so there is no grade.',
    );
  }
  const { score } = results;
  if (typeof score !== 'number' || !Number.isFinite(score)) {
    return problem('"score" is not a number', 'It is a fraction: 0 for nothing, 1 for everything.');
  }
  return score < 0 ? problem('its score is negative', 'A gradebook takes 0 and more.') : undefined;
}

/** The message, then a line for each test; what programs printed stays out. */
function commentOf(results: JsonObject): { comment?: string } {
  const tests = Array.isArray(results.tests) ? results.tests.filter(isObject) : [];
  const message = typeof results.message === 'string' ? results.message : '';
  return commentField([message, ...tests.map(lineOf)]);
}

function lineOf(test: JsonObject): string {
  return pointsLine(textIn(test, 'name') ?? 'test', numberIn(test, 'points'), numberIn(test, 'max_points'));
}
