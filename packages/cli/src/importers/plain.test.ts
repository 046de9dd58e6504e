import { parseCsv } from '@gradewire/autograders';
import { expect, test } from 'vitest';
import { readJsonLines, readPlainCsv } from './plain.ts';

const readCsv = (text: string) => readPlainCsv(parseCsv(text), 's.csv');

test('titles are the fields of the API, dots nest, empty cells are absent', () => {
  const { scores } = readCsv(
    'userId,scoreGiven,scoreMaximum,target.lineItemUrl,submission.submittedAt,comment,force,overwrite\n' +
      '7,9.5,10,https://lms.example/li/1,2026-03-01T10:00:00Z,"Well, done",true,unlessEdited\n' +
      '8,null,10,,,,,\n',
  );
  expect(scores.map(({ fields }) => fields)).toEqual([
    {
      userId: '7',
      scoreGiven: 9.5,
      scoreMaximum: 10,
      target: { lineItemUrl: 'https://lms.example/li/1' },
      submission: { submittedAt: '2026-03-01T10:00:00Z' },
      comment: 'Well, done',
      force: true,
      overwrite: 'unlessEdited',
    },
    { userId: '8', scoreGiven: null, scoreMaximum: 10 },
  ]);
});

test.each([
  { name: 'an unknown column', text: 'userId,grade\n7,9', message: 'unknown column "grade"' },
  { name: 'a number in words', text: 'userId,scoreGiven\n7,nine', message: 'scoreGiven cannot be "nine"' },
  { name: 'force in words', text: 'userId,force\n7,yes', message: 'force cannot be "yes"' },
  { name: 'no student', text: 'userId,scoreGiven\n,9', message: 'has no userId' },
])('$name is a problem', ({ text, message }) => {
  const { scores, problems } = readCsv(text);
  expect(scores).toEqual([]);
  expect(problems[0]?.message).toBe(message);
});

test('JSON lines: one object a line, bad ones named by their number', () => {
  const { scores, problems } = readJsonLines(
    '{"userId":"7","scoreGiven":1}\n\nnope\n[]\n{"scoreGiven":1}\n',
    's.jsonl',
  );
  expect(scores).toEqual([{ source: 's.jsonl:1', fields: { userId: '7', scoreGiven: 1 } }]);
  expect(problems.map(({ source, message }) => `${source} ${message}`)).toEqual([
    's.jsonl:3 is not JSON',
    's.jsonl:4 has no userId',
    's.jsonl:5 has no userId',
  ]);
});
