import { expect, test } from 'vitest';
import { parseCsv } from './csv.ts';
import { looksLikeNbgrader, readNbgrader } from './nbgrader.ts';

const TITLES =
  'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score';
const read = (...lines: string[]) => readNbgrader(parseCsv([TITLES, ...lines].join('\n')), 'grades.csv');

test('the line of nbgrader’s own documentation', () => {
  const { scores, problems } = read('ps1,,2015-02-02 14:58:23.948203,bitdiddle,,,,1.5,0.0,1.5,9.0');
  expect(problems).toEqual([]);
  expect(scores).toEqual([
    {
      source: 'grades.csv:2',
      assignment: 'ps1',
      fields: {
        userId: 'bitdiddle',
        scoreGiven: 1.5,
        scoreMaximum: 9,
        submission: { submittedAt: '2015-02-02T14:58:23.948Z' },
      },
    },
  ]);
});

test('the grade is the score after the penalty, and the comment says so', () => {
  const { scores } = read('ps1,,2015-02-02 14:58:23,b,,,,8.0,2.0,6.0,9.0');
  expect(scores[0]?.fields).toMatchObject({ scoreGiven: 6, comment: '8 less 2 for being late.' });
});

test('nothing handed in is 0 without a submission', () => {
  const { scores } = read('ps1,,,b,,,,0.0,0.0,0.0,9.0');
  expect(scores[0]?.fields).toEqual({ userId: 'b', scoreGiven: 0, scoreMaximum: 9 });
});

test('a line that cannot be read is a problem with its number, and the others go on', () => {
  const { scores, problems } = read(
    'ps1,,,a,Davis, Jr.,Sammy,,1.0,0.0,1.0,9.0',
    'ps1,,,,,,,1.0,0.0,1.0,9.0',
    'ps1,,,c,,,,,,,9.0',
    'ps1,,,d,,,,1.0,0.0,1.0,9.0',
  );
  expect(scores.map(({ fields }) => fields.userId)).toEqual(['d']);
  expect(problems.map(({ source, message }) => `${source} ${message}`)).toEqual([
    'grades.csv:2 has 12 cells instead of 11',
    'grades.csv:3 has no student_id',
    'grades.csv:4 score is not a number: ""',
  ]);
});

test('other CSV is not taken for an export', () => {
  expect(looksLikeNbgrader(parseCsv(TITLES))).toBe(true);
  expect(looksLikeNbgrader(parseCsv('userId,score'))).toBe(false);
});
