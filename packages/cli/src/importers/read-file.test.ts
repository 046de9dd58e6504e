import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImportOptions, readImportFile } from './read-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradewire-read-'));
  await mkdir(join(folder, 'ada'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(name: string, text: string, options: ImportOptions = {}) {
  const file = join(folder, name);
  await writeFile(file, text);
  const { scores, problems } = await readImportFile(file, options);
  const relative = (source: string) => source.slice(folder.length + 1);
  return {
    scores: scores.map((score) => ({ ...score, source: relative(score.source) })),
    problems: problems.map((problem) => ({ ...problem, source: relative(problem.source) })),
  };
}

const results = (members: object) => JSON.stringify({ tests: [{ score: 4, max_score: 5 }], ...members });

test('a results.json is the student’s whose folder it is in, whatever it says itself', async () => {
  const named = results({ extra_data: { gradewire: { userId: 'bob', identity: { github: 'bob' } } } });
  expect(await read('ada/results.json', named)).toEqual({
    scores: [
      {
        source: 'ada/results.json',
        fields: { userId: 'ada', scoreGiven: 4, scoreMaximum: 5, comment: 'test: 4/5' },
      },
    ],
    problems: [],
  });
});

test('a given maximum goes before the sum of the tests, and stands in where there is none', async () => {
  const options = { scoreMaximum: 20 };
  const { scores } = await read('ada/results.json', results({}), options);
  expect(scores[0]?.fields).toMatchObject({ scoreGiven: 4, scoreMaximum: 20 });
  const alone = await read('ada/results.json', '{"score": 4}', options);
  expect(alone.scores[0]?.fields).toMatchObject({ scoreGiven: 4, scoreMaximum: 20 });
});

test.each([
  { name: 'no JSON', text: '{"score": 5', message: /is not JSON/ },
  { name: 'other JSON', text: '{"students": []}', message: /no results.json/ },
  { name: 'a score in words', text: '{"score": "5"}', message: /"score" is not a number/ },
  { name: 'no maximum', text: '{"score": 5}', message: /no test says its max_score/ },
])('$name is a problem that says so', async ({ text, message }) => {
  const { scores, problems } = await read('ada/results.json', text);
  expect(scores).toEqual([]);
  expect(problems).toMatchObject([{ source: 'ada/results.json', message: expect.stringMatching(message) }]);
});

const NBGRADER =
  'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score';

test('an nbgrader export: each line with its number, and its student', async () => {
  const lines = [
    NBGRADER,
    'ps1,,2015-02-02 14:58:23.948203,ada,,,,1.5,0.0,1.5,9.0',
    'ps1,,,bob,Davis, Jr.,Sammy,,1.0,0.0,1.0,9.0',
    'ps1,,,cyd,,,,,,,9.0',
    'ps1,,,,,,,1.0,0.0,1.0,9.0',
  ];
  expect(await read('g.csv', lines.join('\n'))).toEqual({
    scores: [
      {
        source: 'g.csv:2',
        assignment: 'ps1',
        fields: {
          userId: 'ada',
          scoreGiven: 1.5,
          scoreMaximum: 9,
          submission: { submittedAt: '2015-02-02T14:58:23.948Z' },
        },
      },
    ],
    problems: [
      {
        source: 'g.csv:3',
        userId: 'bob',
        message: 'has 12 cells instead of 11',
        hint: 'Quote a name that holds a comma.',
      },
      { source: 'g.csv:4', userId: 'cyd', message: 'score is not a number' },
      { source: 'g.csv:5', message: 'has no student_id' },
    ],
  });
});

test('an export may be as long as it likes', async () => {
  const lines = Array.from({ length: 10_001 }, (_, index) => `ps1,,,s${index},,,,1.0,0.0,1.0,9.0`);
  const { scores } = await read('g.csv', [NBGRADER, ...lines].join('\n'));
  expect(scores).toHaveLength(10_001);
});

test.each([
  { text: 'name,grade\nAda,7', message: /columns are not known: name, grade/ },
  { text: 'userId,comment\n7,"Well', message: /cannot be read: a quote .* line 2 is never closed/ },
])('other CSV: $message', async ({ text, message }) => {
  const { problems } = await read('g.csv', text);
  expect(problems).toMatchObject([{ source: 'g.csv', message: expect.stringMatching(message) }]);
});
