import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';
import { looksLikeNbgrader } from './nbgrader.ts';
import { readDocument } from './read-document.ts';
import { exampleDocument } from './testing/examples.ts';

const TITLES =
  'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score';
const read = (...lines: string[]) =>
  readDocument('nbgrader', { value: parseCsv([TITLES, ...lines].join('\n')), kind: 'csv' });

test('the line of nbgrader’s own documentation', () => {
  expect(read('ps1,,2015-02-02 14:58:23.948203,bitdiddle,,,,1.5,0.0,1.5,9.0')).toEqual({
    grades: [
      {
        index: 0,
        identities: [{ sourcedId: 'bitdiddle' }],
        assignment: 'ps1',
        fields: {
          scoreGiven: 1.5,
          scoreMaximum: 9,
          submission: { submittedAt: '2015-02-02T14:58:23.948Z' },
        },
      },
    ],
    problems: [],
  });
});

test('the grade is the score after the penalty, and the comment says so', () => {
  const { grades } = read('ps1,,2015-02-02 14:58:23,b,,,,8.0,2.0,6.0,9.0');
  expect(grades[0]?.fields).toMatchObject({ scoreGiven: 6, comment: '8 less 2 for being late.' });
});

test('nothing handed in is 0 without a submission', () => {
  const { grades } = read('ps1,,,b,,,,0.0,0.0,0.0,9.0');
  expect(grades[0]?.fields).toEqual({ scoreGiven: 0, scoreMaximum: 9 });
});

test('no row has a time of its own: the newest export counts', async () => {
  const { grades } = readDocument('nbgrader', await exampleDocument('nbgrader/grades.csv'));
  expect(grades).toHaveLength(30);
  expect(grades[0]?.identities).toEqual([
    { email: 'amara.okafor@students.example.edu' },
    { sourcedId: 'student-01' },
  ]);
  expect(grades.filter(({ fields }) => 'timestamp' in fields)).toEqual([]);
});

test('a line that cannot be read is a problem with its place, quotes nothing, and the others go on', () => {
  const { grades, problems } = read(
    'ps1,,,a,Davis, Jr.,Sammy,,1.0,0.0,1.0,9.0',
    'ps1,,,,,,,1.0,0.0,1.0,9.0',
    'ps1,,,c,,,,,,Davis,9.0',
    'ps1,,,d,,,,1.0,0.0,1.0,9.0',
    'ps1,,,e,,,,1.0,0.0,1.0,',
  );
  expect(grades.map(({ index }) => index)).toEqual([3]);
  expect(problems.map(({ index, detail }) => `${index} ${detail}`)).toEqual([
    '0 has 12 cells instead of 11',
    '1 has no student_id',
    '2 score is not a number',
    '4 max_score is not a number',
  ]);
});

test('other CSV is not taken for an export', () => {
  expect(looksLikeNbgrader(parseCsv(TITLES))).toBe(true);
  expect(looksLikeNbgrader(parseCsv('userId,score'))).toBe(false);
  const value = parseCsv('userId,score\n1,2');
  expect(readDocument('nbgrader', { value, kind: 'csv' }).problems[0]?.detail).toMatch(/columns/);
  expect(readDocument('nbgrader', { value: {}, kind: 'json' }).problems[0]?.detail).toBe('is not CSV');
});
