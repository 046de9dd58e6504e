import { expect, test } from 'vitest';
import { readDocument } from '../read-document.ts';
import { exampleDocument } from '../testing/examples.ts';

const read = (value: unknown, scoreMaximum?: number) => {
  const defaults = scoreMaximum === undefined ? {} : { scoreMaximum };
  const { grades, problems } = readDocument('gradescope', { value, kind: 'json' }, defaults);
  return { grades, grade: grades[0], fields: grades[0]?.fields, problem: problems[0] };
};

test('the score is the sum of the tests, hidden ones included, and the maximum that of their max_score', () => {
  const tests = [
    { score: 0.1, max_score: 2 },
    { score: 0.2, max_score: 3, visibility: 'hidden' },
  ];
  expect(read({ tests }).fields).toMatchObject({ scoreGiven: 0.3, scoreMaximum: 5 });
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
    value: {
      score: null,
      visibility: null,
      tests: [{ score: 4, max_score: 5, status: null, visibility: null }],
    },
    given: 4,
    of: 5,
  },
])('$name', ({ value, given, of }) => {
  expect(read(value).fields).toMatchObject({ scoreGiven: given, scoreMaximum: of });
});

test('the default maximum stands in where no test says its own', () => {
  expect(read({ score: 4 }, 20).fields).toMatchObject({ scoreGiven: 4, scoreMaximum: 20 });
  expect(read({ tests: [{ score: 4, max_score: 5 }] }, 20).fields).toMatchObject({ scoreMaximum: 5 });
});

test.each([
  { name: 'no score', value: { tests: [{ name: 'a', max_score: 1 }] }, detail: /has no score/ },
  { name: 'no tests and no score', value: { tests: [] }, detail: /has no score/ },
  { name: 'no maximum', value: { score: 5, tests: [] }, detail: /no test says its max_score/ },
  {
    name: 'a score in words',
    value: { tests: [{ score: '5' }] },
    detail: /"score" of test 1 is not a number/,
  },
  { name: 'a negative score', value: { score: -2, tests: [{ max_score: 5 }] }, detail: /negative/ },
  {
    name: 'points beyond all numbers',
    value: { tests: [{ score: 1e308 }, { score: 1e308, max_score: 1 }] },
    detail: /add up/,
  },
  { name: 'tests that are no list', value: { score: 1, tests: {} }, detail: /not a list/ },
  { name: 'a test that is none', value: { score: 1, tests: [null] }, detail: /test 1 is not an object/ },
  { name: 'other JSON', value: { students: [] }, detail: /no results.json/ },
  { name: 'an envelope of other JSON', value: { results: 'x' }, detail: /no results.json/ },
])('$name is a problem that says so', ({ value, detail }) => {
  const { grades, problem } = read(value);
  expect(grades).toEqual([]);
  expect(problem).toMatchObject({ index: 0, detail: expect.stringMatching(detail) });
});

test('a file by itself names nobody, unless its extra data does', () => {
  const results = { score: 1, tests: [{ max_score: 1 }] };
  expect(read(results).grade).toMatchObject({ identities: [] });
  const named = { ...results, extra_data: { gradewire: { userId: '42' } } };
  expect(read(named).grade).toMatchObject({ userId: '42' });
  expect(read({ results: named }).grade).toMatchObject({ userId: '42' });
  expect(read({ results: named, user: { name: 'Ada' } }).grade).toEqual({
    index: 0,
    identities: [{ name: 'Ada' }],
    fields: { scoreGiven: 1, scoreMaximum: 1, comment: 'test' },
  });
});

test('a time that is sent goes before that of the submission', async () => {
  const { value } = await exampleDocument('gradescope-metadata/late.json');
  const timestamp = '2026-03-20T12:00:00Z';
  expect(read({ ...(value as object), timestamp }).fields).toMatchObject({
    timestamp,
    submission: { submittedAt: '2026-03-14T08:15:59.000Z' },
  });
});

test("a pair's submission with its metadata: a grade for each of the two", async () => {
  const { value } = await exampleDocument('gradescope-metadata/pair.json');
  const fields = {
    scoreGiven: 42.5,
    scoreMaximum: 60,
    timestamp: '2026-03-13T04:40:07.512Z',
    submission: { submittedAt: '2026-03-13T04:40:07.512Z' },
    comment:
      'Built without warnings.\n1.1 get what was put: 10/10\n1.2 grow when three quarters are full: 12.5/15 (expected 32 buckets, got 31)',
  };
  const assignment = 'Project 2: hash tables';
  expect(read(value).grades).toEqual([
    {
      index: 0,
      identities: [
        { email: 'amara.okafor@students.example.edu' },
        { sourcedId: 'student-01' },
        { senderId: '90210001' },
      ],
      assignment,
      fields,
    },
    {
      index: 1,
      identities: [
        { email: 'benjamin.weiss@students.example.edu' },
        { sourcedId: 'student-02' },
        { senderId: '90210002' },
      ],
      assignment,
      fields,
    },
  ]);
});

test('a file that names its student itself', async () => {
  const { value } = await exampleDocument('gradescope-metadata/self-named.json');
  expect(read(value).grades).toMatchObject([
    {
      identities: [{ email: 'camila.duarte@students.example.edu' }],
      assignment: 'Project 2: hash tables',
      fields: { scoreGiven: 35, scoreMaximum: 50 },
    },
  ]);
});

test('several files at once', async () => {
  const [pair, late] = await Promise.all(
    ['pair', 'late'].map((name) => exampleDocument(`gradescope-metadata/${name}.json`)),
  );
  const { grades } = read([pair?.value, late?.value]);
  expect(grades.map(({ index, fields }) => [index, fields.scoreGiven])).toEqual([
    [0, 42.5],
    [1, 42.5],
    [2, 40.5],
  ]);
});
