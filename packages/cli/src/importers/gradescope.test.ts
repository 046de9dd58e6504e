import { expect, test } from 'vitest';
import { readGradescope } from './gradescope.ts';

const read = (value: unknown, scoreMaximum?: number) => {
  const { scores, problems } = readGradescope(value, {
    source: 'ada/results.json',
    userId: 'ada',
    ...(scoreMaximum === undefined ? {} : { scoreMaximum }),
  });
  return { fields: scores[0]?.fields, problem: problems[0] };
};

test('the score is the sum of the tests, hidden ones included, and the maximum that of their max_score', () => {
  const tests = [
    { score: 0.1, max_score: 2 },
    { score: 0.2, max_score: 3, visibility: 'hidden' },
  ];
  expect(read({ tests }).fields).toMatchObject({ userId: 'ada', scoreGiven: 0.3, scoreMaximum: 5 });
});

test.each([
  {
    name: 'a top-level score goes before the sum',
    value: { score: 7, tests: [{ score: 9, max_score: 10 }] },
    given: 7,
    of: 10,
  },
  {
    name: 'a top-level 0 is a score',
    value: { score: 0, tests: [{ score: 9, max_score: 10 }] },
    given: 0,
    of: 10,
  },
  {
    name: 'extra credit goes over the maximum',
    value: {
      tests: [
        { score: 10, max_score: 10 },
        { score: 2, max_score: 0 },
      ],
    },
    given: 12,
    of: 10,
  },
  {
    name: 'a test without a score counts 0',
    value: { tests: [{ score: 4, max_score: 5 }, { max_score: 5 }] },
    given: 4,
    of: 10,
  },
  {
    name: 'null is as good as absent',
    value: { score: null, tests: [{ score: 4, max_score: 5 }] },
    given: 4,
    of: 5,
  },
])('$name', ({ value, given, of }) => {
  expect(read(value).fields).toMatchObject({ scoreGiven: given, scoreMaximum: of });
});

test('a given maximum goes before the sum, and stands in where there is none', () => {
  expect(read({ tests: [{ score: 4, max_score: 5 }] }, 20).fields).toMatchObject({
    scoreGiven: 4,
    scoreMaximum: 20,
  });
  expect(read({ score: 4 }, 20).fields).toMatchObject({ scoreGiven: 4, scoreMaximum: 20 });
});

test.each([
  { name: 'no score', value: { tests: [{ name: 'a', max_score: 1 }] }, message: /has no score/ },
  { name: 'no tests and no score', value: { tests: [] }, message: /has no score/ },
  { name: 'no maximum', value: { score: 5, tests: [] }, message: /no test says its max_score/ },
  {
    name: 'a score in words',
    value: { tests: [{ score: '5', max_score: 5 }] },
    message: /"score" of test 1 is not a number/,
  },
  { name: 'a negative score', value: { score: -2, tests: [{ max_score: 5 }] }, message: /negative/ },
  { name: 'tests that are no list', value: { score: 1, tests: {} }, message: /not a list/ },
  { name: 'a test that is none', value: { score: 1, tests: [null] }, message: /test 1 is not an object/ },
  { name: 'other JSON', value: { students: [] }, message: /no results.json/ },
  { name: 'a list', value: [], message: /no results.json/ },
])('$name is a problem that says so', ({ value, message }) => {
  const { fields, problem } = read(value);
  expect(fields).toBeUndefined();
  expect(problem).toMatchObject({
    source: 'ada/results.json',
    userId: 'ada',
    message: expect.stringMatching(message),
  });
});

test('nothing of a test that students cannot see yet gets into the comment', () => {
  const secret = (visibility: string) => ({
    name: `SECRET name of ${visibility}`,
    number: 'SECRET 9',
    score: 1,
    max_score: 7,
    output: 'SECRET expected 42',
    visibility,
  });
  const { fields } = read({
    tests: [
      {
        number: '1',
        name: 'insert',
        score: 2,
        max_score: 5,
        output: 'expected [1]\n got []',
        status: 'failed',
      },
      { number: '2', name: 'remove', score: 5, max_score: 5, output: 'fine', status: 'passed' },
      secret('hidden'),
      secret('after_due_date'),
      secret('after_published'),
      secret('something new'),
    ],
  });
  expect(fields?.comment).toBe('1 insert: 2/5 (expected [1] got [])\n2 remove: 5/5');
});

test('a visibility at the top is that of the output and of every test without its own', () => {
  const tests = [
    { name: 'a', score: 1, max_score: 1 },
    { name: 'b', score: 1, max_score: 1, visibility: 'visible' },
  ];
  expect(read({ visibility: 'after_due_date', output: 'SECRET', tests }).fields?.comment).toBe('b: 1/1');
  expect(
    read({ visibility: 'hidden', output: 'SECRET', tests: tests.slice(0, 1) }).fields,
  ).not.toHaveProperty('comment');
});

test('the comment begins with the overall output, leaves markup out and has an end', () => {
  const output = 'Late by a day.';
  const html = { name: 'h', score: 0, max_score: 1, output: '<b>no</b>', output_format: 'html' };
  const long = { name: 'l', score: 0, max_score: 1, output: 'x'.repeat(5_000) };
  const { fields } = read({ output, tests: [html, long] });
  expect(fields?.comment).toMatch(/^Late by a day\.\nh: 0\/1\nl: 0\/1 \(x{199}…\)$/);
  const many = Array.from({ length: 200 }, () => ({ ...long }));
  expect(read({ tests: many }).fields?.comment).toHaveLength(2_000);
});
