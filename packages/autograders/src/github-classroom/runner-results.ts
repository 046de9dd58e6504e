import { pointsLine } from '../comment.ts';
import { isObject, type JsonObject, numberIn, sum, textIn } from '../json-value.ts';
import { parseJson } from '../parse-json.ts';

/** What one grader of a workflow came to. */
export interface RunnerResult {
  name: string;
  score: number;
  /** 0 for one that gives no points; undefined for one that broke off before it said. */
  maximum: number | undefined;
}

/**
 * Reads the results of GitHub Classroom's graders (classroom-resources/autograding-io-grader, -command-grader, -python-grader), each
 * `{ version, status, max_score, tests: [{ name, status, score, message, test_code, ... }] }` as JSON or, as it is in a step's output, as
 * base64 of it: one, a list, or by the names of the steps. Undefined when one of them cannot be read.
 */
export function readRunnerResults(value: unknown): RunnerResult[] | undefined {
  const results = namedResults(value).map(([name, result], index) => runnerResult(result, name, index));
  return results.every((result) => result !== undefined) ? results : undefined;
}

/** A line for each grader that gives points. Messages and code of tests stay out. */
export function runnerLines(results: readonly RunnerResult[]): string[] {
  return results
    .filter(({ maximum }) => maximum !== 0)
    .map(({ name, score, maximum }) => pointsLine(name, score, maximum));
}

function namedResults(value: unknown): [name: string | undefined, result: unknown][] {
  const content = decoded(value);
  if (Array.isArray(content)) {
    return content.map((item) =>
      isObject(item) && 'results' in item ? [textIn(item, 'runner'), item.results] : [undefined, item],
    );
  }
  if (!isObject(content) || isResult(content)) return [[undefined, content]];
  return Object.entries(content);
}

const isResult = (value: JsonObject) => ['tests', 'max_score', 'status'].some((name) => name in value);

function runnerResult(value: unknown, name: string | undefined, index: number): RunnerResult | undefined {
  const result = decoded(value);
  if (!isObject(result) || !isResult(result)) return undefined;
  const tests = Array.isArray(result.tests) ? result.tests.filter(isObject) : [];
  const maximum = numberIn(result, 'max_score') ?? (result.status === 'error' ? undefined : 0);
  const [test] = tests;
  const testName = tests.length === 1 && test ? textIn(test, 'name') : undefined;
  return {
    name: name ?? testName ?? `grader ${index + 1}`,
    score: scoreOf(tests, maximum ?? 0),
    maximum,
  };
}

/** What the tests' scores add up to. Graders that give none are worth the part of their tests that passed. */
function scoreOf(tests: readonly JsonObject[], maximum: number): number {
  const scores = tests.map((test) => numberIn(test, 'score'));
  if (scores.some((score) => score !== undefined)) return sum(scores.map((score) => score ?? 0));
  const passed = tests.filter(({ status }) => status === 'pass').length;
  return tests.length === 0 ? 0 : sum([(passed / tests.length) * maximum]);
}

function decoded(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = /^\s*[{[]/.test(value) ? value : Buffer.from(value, 'base64').toString('utf8');
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : undefined;
}
