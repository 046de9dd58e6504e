import { expect, test } from 'vitest';
import { parseCsv } from '../csv.ts';
import type { AdapterSettings } from '../grade.ts';
import type { JsonObject } from '../json-value.ts';
import { readDocument } from '../read-document.ts';
import { exampleDocument } from '../testing/examples.ts';

const read = (value: unknown, event?: string, defaults: AdapterSettings = {}) =>
  readDocument('github-classroom', { value, kind: 'json', ...(event ? { event } : {}) }, defaults);
const example = async (name: string) =>
  (await exampleDocument(`github-classroom/${name}`)).value as JsonObject;

test.each(['check_run', undefined])('a check run with points, event %s', async (event) => {
  expect(read(await example('check_run.json'), event)).toEqual({
    grades: [
      {
        index: 0,
        identities: [{ github: 'Amara-Okafor' }, { github: 'lists-amara-okafor' }],
        assignment: 'linked-lists',
        fields: { scoreGiven: 35, scoreMaximum: 50, timestamp: '2026-03-02T11:28:50.000Z' },
      },
    ],
    problems: [],
  });
});

test('a check run of today’s reporter: its points are in annotations, which a webhook leaves out', async () => {
  const { grades, problems } = read(await example('check_run-annotations.json'), 'check_run');
  expect(grades).toEqual([]);
  expect(problems).toEqual([
    {
      index: 0,
      detail: 'the autograding run tells no points',
      hint: expect.stringContaining('examples/github-classroom'),
    },
  ]);
});

test('a teacher who runs it again does not get the grade, nor does whoever is called like an ending of the name', async () => {
  const payload = { ...(await example('check_run.json')), sender: { login: 'edna-k', type: 'User' } };
  const report = await example('runner-results.json');
  const rerun = { ...report, github: { ...(report.github as JsonObject), actor: 'edna-k' } };
  for (const document of [payload, rerun]) {
    expect(read(document)).toEqual({
      grades: [],
      problems: [
        { index: 0, detail: expect.stringContaining('name'), hint: expect.stringContaining('assignment') },
      ],
    });
    expect(read(document, undefined, { assignment: 'linked-lists' }).grades[0]?.identities).toEqual([
      { github: 'amara-okafor' },
    ]);
    expect(read(document, undefined, { assignment: 'trees' }).ignored).toBe('is of another assignment');
  }
});

test('a workflow that names the student needs no telling name of the repository', async () => {
  const report = {
    ...(await example('runner-results.json')),
    github: {},
    identity: { email: 'a@x.example' },
  };
  expect(read(report).grades[0]?.identities).toEqual([{ email: 'a@x.example' }]);
});

const changed = async (change: JsonObject) => {
  const payload = await example('check_run.json');
  return { ...payload, check_run: { ...(payload.check_run as JsonObject), ...change } };
};

test.each([
  { name: 'skipped', change: { conclusion: 'skipped' }, ignored: /skipped/ },
  { name: 'cancelled', change: { conclusion: 'cancelled' }, ignored: /cancelled/ },
  {
    name: 'of something else',
    change: { name: 'lint', output: { summary: '3 warnings' } },
    ignored: /tells no points/,
  },
])('a check run that is $name is no matter of grades', async ({ change, ignored }) => {
  expect(read(await changed(change))).toEqual({
    grades: [],
    problems: [],
    ignored: expect.stringMatching(ignored),
  });
});

test('a check run that has just begun is no matter of grades', async () => {
  const payload = { ...(await example('check_run.json')), action: 'created' };
  expect(read(payload).ignored).toMatch(/not completed/);
});

test('of a known assignment, one login is a candidate; all else is passed over, also what tells no points', async () => {
  const payload = await example('check_run.json');
  const silent = await example('check_run-annotations.json');
  expect(read(payload, 'check_run', { assignment: 'linked-lists' }).grades[0]?.identities).toEqual([
    { github: 'Amara-Okafor' },
  ]);
  for (const other of [payload, silent]) {
    expect(read(other, 'check_run', { assignment: 'trees' }).ignored).toBe('is of another assignment');
  }
});

test('of a known assignment, the rows of others are passed over', async () => {
  const rows = (await exampleDocument('github-classroom/grades.json')).value as JsonObject[];
  const trees = { ...rows[0], assignment_name: 'Trees' };
  const { grades, problems } = read([trees, rows[1], { ...trees, points_awarded: '' }], undefined, {
    assignment: 'linked-lists',
  });
  expect(grades.map(({ index }) => index)).toEqual([1]);
  expect(problems).toEqual([]);
});

test('points out of 0 need a default', async () => {
  const payload = await changed({ output: { text: 'Points 0/0' } });
  expect(read(payload).problems[0]?.detail).toMatch(/out of 0/);
  expect(read(payload, 'check_run', { scoreMaximum: 10 }).grades[0]?.fields).toMatchObject({
    scoreMaximum: 10,
  });
});

test.each([
  { file: 'workflow_run.json', event: 'workflow_run', ignored: /carries no points/ },
  { file: 'workflow_run.json', event: undefined, ignored: /carries no points/ },
  { file: 'ping.json', event: 'ping', ignored: /whether its webhook works/ },
  { file: 'ping.json', event: undefined, ignored: /whether its webhook works/ },
  { file: 'workflow_run.json', event: 'push', ignored: /carries no points/ },
])('$file as $event is no matter of grades', async ({ file, event, ignored }) => {
  expect(read(await example(file), event)).toEqual({
    grades: [],
    problems: [],
    ignored: expect.stringMatching(ignored),
  });
});

test('the results of graders as a workflow sends them', async () => {
  expect(read(await example('runner-results.json'))).toEqual({
    grades: [
      {
        index: 0,
        identities: [{ github: 'Amara-Okafor' }, { github: 'lists-amara-okafor' }],
        assignment: 'linked-lists',
        fields: {
          scoreGiven: 26.666667,
          scoreMaximum: 50,
          comment: 'insert: 20/20\nremove: 0/20\nreverse: 6.666667/10',
          timestamp: '2026-11-03T08:15:00Z',
        },
      },
    ],
    problems: [],
  });
});

test('a workflow may name the student and the assignment itself', async () => {
  const report = {
    ...(await example('runner-results.json')),
    identity: { email: 'a@x.example' },
    assignment: 'Lists',
  };
  expect(read(report).grades[0]).toMatchObject({
    identities: [{ email: 'a@x.example' }],
    assignment: 'Lists',
  });
});

test('results in an event go before what the event is', async () => {
  const payload = { ...(await example('workflow_run.json')), ...(await example('runner-results.json')) };
  expect(read(payload, 'workflow_run').grades).toHaveLength(1);
});

const ofPoints = (max_score: number, score: number) => ({
  status: 'pass',
  max_score,
  tests: [{ status: 'pass', score }],
});

test.each([
  { name: 'one missing', results: { a: ofPoints(1, 1), b: '' }, detail: /missing or unreadable/ },
  { name: 'none', results: [], detail: /missing or unreadable/ },
  { name: 'none that gives points', results: [ofPoints(0, 0)], detail: /no grader says its max_score/ },
  { name: 'one that broke off', results: [ofPoints(1, 1), { status: 'error' }], detail: /broke off/ },
  { name: 'points below nothing', results: [ofPoints(1, -1)], detail: /negative/ },
  {
    name: 'points beyond all numbers',
    results: [ofPoints(1e308, 1), ofPoints(1e308, 1)],
    detail: /more than a number/,
  },
])('results of graders: $name is a problem', ({ results, detail }) => {
  expect(read({ github: { repository: 'o/hw1-ada' }, runner_results: results })).toMatchObject({
    grades: [],
    problems: [{ detail: expect.stringMatching(detail) }],
  });
});

test('with a default maximum, a grader that broke off counts 0', () => {
  const body = { runner_results: [ofPoints(1, 1), { status: 'error' }] };
  expect(read(body, undefined, { scoreMaximum: 5 }).grades[0]?.fields).toMatchObject({
    scoreGiven: 1,
    scoreMaximum: 5,
  });
});

test.each(['grades.csv', 'grades.json'])('exported grades: %s', async (file) => {
  const { grades, problems } = readDocument(
    'github-classroom',
    await exampleDocument(`github-classroom/${file}`),
  );
  expect(problems).toEqual([]);
  expect(grades.slice(0, 2)).toEqual([
    {
      index: 0,
      identities: [{ email: 'amara.okafor@students.example.edu' }, { github: 'amara-okafor' }],
      assignment: 'Linked lists',
      fields: { scoreGiven: 35, scoreMaximum: 50, submission: { submittedAt: '2026-03-06T23:59:59.000Z' } },
    },
    {
      index: 1,
      identities: [{ sourcedId: 'student-02' }, { github: 'bweiss' }],
      assignment: 'Linked lists',
      fields: { scoreGiven: 50, scoreMaximum: 50, submission: { submittedAt: '2026-03-06T23:59:59.000Z' } },
    },
  ]);
});

test('exported grades of who is known by name, and of who handed nothing in', async () => {
  const { grades } = readDocument('github-classroom', await exampleDocument('github-classroom/grades.csv'));
  expect(grades.slice(2)).toMatchObject([
    { identities: [{ name: 'Camila Duarte' }, { github: 'camila-d' }], fields: { scoreGiven: 41.5 } },
    { identities: [{ github: 'dvolkov' }], fields: { scoreGiven: 0, scoreMaximum: 50 } },
  ]);
});

test('rows with numbers, without points, and of something else', () => {
  const row = { github_username: 'ada', points_awarded: 5, points_available: 10 };
  const { grades, problems } = read([
    row,
    { ...row, points_awarded: '' },
    { ...row, points_available: '0' },
    { ...row, points_awarded: '-1' },
    'Ada',
  ]);
  expect(grades).toEqual([
    { index: 0, identities: [{ github: 'ada' }], fields: { scoreGiven: 5, scoreMaximum: 10 } },
  ]);
  expect(problems.map(({ index, detail }) => `${index} ${detail}`)).toEqual([
    '1 has no points_awarded',
    '2 has no points_available',
    '3 its score is negative',
    '4 is not an object',
  ]);
  expect(
    read([{ ...row, points_available: 0 }], undefined, { scoreMaximum: 7 }).grades[0]?.fields.scoreMaximum,
  ).toBe(7);
});

test.each([
  { name: 'other JSON', document: { value: { grade: 7 }, kind: 'json' as const } },
  { name: 'a text', document: { value: 'Ada', kind: 'json' as const } },
  { name: 'other CSV', document: { value: parseCsv('name,grade\nAda,7'), kind: 'csv' as const } },
])('$name is a problem with a hint', ({ document }) => {
  expect(readDocument('github-classroom', document)).toEqual({
    grades: [],
    problems: [{ index: 0, detail: expect.any(String), hint: expect.stringContaining('check_run') }],
  });
});
