import { expect, test } from 'vitest';
import { readRunnerResults, runnerLines } from './runner-results.ts';

const passed = {
  version: 1,
  status: 'pass',
  max_score: 10,
  tests: [{ name: 'insert', status: 'pass', score: 10 }],
};
const failed = {
  version: 1,
  status: 'fail',
  max_score: 5,
  tests: [{ name: 'remove', status: 'fail', score: 0, message: 'Got: 7' }],
};
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const both = [
  { name: 'insert', score: 10, maximum: 10 },
  { name: 'remove', score: 0, maximum: 5 },
];
const asSteps = [
  { name: 'a', score: 10, maximum: 10 },
  { name: 'b', score: 0, maximum: 5 },
];

test.each([
  { name: 'one', value: passed, results: both.slice(0, 1) },
  { name: 'one as base64', value: base64(passed), results: both.slice(0, 1) },
  { name: 'one as JSON in a text', value: JSON.stringify(passed), results: both.slice(0, 1) },
  { name: 'a list', value: [passed, failed], results: both },
  { name: 'a list of base64', value: [base64(passed), base64(failed)], results: both },
  { name: 'by the names of the steps', value: { a: passed, b: base64(failed) }, results: asSteps },
  {
    name: 'as the reporter holds them',
    value: [
      { runner: 'a', results: passed },
      { runner: 'b', results: base64(failed) },
    ],
    results: asSteps,
  },
  { name: 'all of it as base64', value: base64({ a: passed, b: failed }), results: asSteps },
])('readRunnerResults: $name', ({ value, results }) => {
  expect(readRunnerResults(value)).toEqual(results);
});

test.each([
  {
    name: 'scores of tests add up, thirds too',
    result: { max_score: 10, tests: [{ score: 10 / 3 }, { score: 10 / 3 }, { score: 0 }] },
    expected: { name: 'grader 1', score: 6.666667, maximum: 10 },
  },
  {
    name: 'without scores, the part that passed',
    result: {
      max_score: 10,
      tests: [{ status: 'pass' }, { status: 'fail' }, { status: 'error' }, { status: 'pass' }],
    },
    expected: { name: 'grader 1', score: 5, maximum: 10 },
  },
  {
    name: 'no points',
    result: { status: 'pass', tests: [] },
    expected: { name: 'grader 1', score: 0, maximum: 0 },
  },
  {
    name: 'one that broke off',
    result: { status: 'error', message: 'The command timed out' },
    expected: { name: 'grader 1', score: 0, maximum: undefined },
  },
])('readRunnerResults: $name', ({ result, expected }) => {
  expect(readRunnerResults(result)).toEqual([expected]);
});

test.each([
  ['step that was skipped', { a: passed, b: '' }],
  ['null', null],
  ['a number', 7],
  ['no base64', 'ÄÖ'],
  ['other JSON', { a: {} }],
])('readRunnerResults: %s cannot be read', (_, value) => {
  expect(readRunnerResults(value)).toBeUndefined();
});

test('runnerLines tells points, not what programs said', () => {
  const results = readRunnerResults({ a: passed, b: failed, setup: { max_score: 0, tests: [] } });
  expect(runnerLines(results ?? [])).toEqual(['a: 10/10', 'b: 0/5']);
});
