import type { AdapterSettings } from '../grade.ts';
import { sum } from '../json-value.ts';
import { type Found, named, type Problem, problem } from '../reading.ts';
import { openResultsFiles, type ResultsFile } from '../results-file.ts';
import { isSomebody } from '../who.ts';
import { readMetadata } from './metadata.ts';
import { type GradescopeResults, resultsProblem } from './results.ts';
import { resultsComment } from './results-comment.ts';

/**
 * Reads what a Gradescope autograder writes, `results.json`, by itself or in the envelope of `openResultsFiles`. A top-level `score`
 * goes before the sum of the tests. What it is out of the file cannot say: it is the metadata's `total_points`, else what the
 * tests' `max_score` add up to, else the default. Hidden tests count, and stay out of the comment. A group's grade goes to each of it.
 */
export function readGradescope(value: unknown, settings: AdapterSettings): Found[] {
  return openResultsFiles(value).flatMap((file) => readFile(file, settings));
}

function readFile(file: ResultsFile, settings: AdapterSettings): Found[] {
  const metadata = readMetadata(file.metadata);
  const assignment = named(file.assignment ?? metadata.assignment);
  const wrong = resultsProblem(file.results);
  if (wrong) return [{ ...assignment, ...problem(wrong) }];
  const results = file.results as GradescopeResults;
  const points = pointsOf(results, metadata.totalPoints, settings);
  if ('detail' in points) return [{ ...assignment, ...points }];

  const { submittedAt } = metadata;
  const timestamp = file.timestamp ?? submittedAt;
  const fields = {
    ...points,
    ...resultsComment(results),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(submittedAt === undefined ? {} : { submission: { submittedAt } }),
  };
  const students = isSomebody(file.who) || metadata.students.length === 0 ? [file.who] : metadata.students;
  return students.map((who) => ({ ...who, ...assignment, fields }));
}

type Points = { scoreGiven: number; scoreMaximum: number };

function pointsOf(
  results: GradescopeResults,
  totalPoints: number | undefined,
  { scoreMaximum: defaultMaximum }: AdapterSettings,
): Points | Problem {
  const tests = results.tests ?? [];
  const score = results.score ?? undefined;
  if (score === undefined && !tests.some((test) => typeof test.score === 'number')) {
    return problem(
      'has no score: neither at the top nor on a test',
      'The autograder did not finish; run it again.',
    );
  }
  const scoreGiven = score ?? sum(tests.map((test) => test.score ?? 0));
  if (scoreGiven < 0) return problem('its score is negative', 'A gradebook takes 0 and more.');
  const added = sum(tests.map((test) => test.max_score ?? 0));
  const scoreMaximum = totalPoints ?? (added > 0 ? added : defaultMaximum);
  if (scoreMaximum === undefined) {
    return problem(
      'no test says its max_score',
      'Say what the assignment is worth: with --score-maximum when importing, with defaults.scoreMaximum of a webhook source.',
    );
  }
  if (!Number.isFinite(scoreGiven) || !Number.isFinite(scoreMaximum)) {
    return problem('its points add up to more than a number can hold');
  }
  return { scoreGiven, scoreMaximum };
}
