import { expect, test } from 'vitest';
import { readScores } from './scores.ts';

const score = { userId: '42', scoreGiven: 7, scoreMaximum: 10 };
const grade = { index: 0, userId: '42', identities: [], fields: { scoreGiven: 7, scoreMaximum: 10 } };

test.each([
  { name: 'a score', value: score },
  { name: 'a list', value: [score] },
  { name: 'scores', value: { scores: [score] } },
  { name: 'a Standard Webhooks envelope', value: { type: 'grade.created', data: score } },
  { name: 'an envelope of a list', value: { type: 'grade.created', data: [score] } },
  { name: 'an envelope of scores', value: { type: 'grade.created', data: { scores: [score] } } },
])('readScores: $name', ({ value }) => {
  expect(readScores(value)).toEqual({ grades: [grade], problems: [] });
});

test('fields stay as they are, unchecked; who it is and the assignment are no fields', () => {
  const fields = {
    platformId: 'moodle',
    target: { launchId: 'l' },
    scoreGiven: null,
    scoreMaximum: '10',
    surprise: [1],
  };
  const value = {
    ...fields,
    user: { email: 'a@x.example' },
    identity: { github: 'ada' },
    assignment: ' hw1 ',
  };
  expect(readScores(value).grades).toEqual([
    { index: 0, identities: [{ email: 'a@x.example' }, { github: 'ada' }], assignment: 'hw1', fields },
  ]);
});

test('an assignment that is no name stays a field, to be refused as one', () => {
  expect(readScores({ ...score, assignment: { id: 7 } }).grades[0]?.fields).toHaveProperty('assignment');
});

test("the envelope's time is that of the scores without their own", () => {
  const own = { ...score, timestamp: '2026-03-01T00:00:00Z' };
  const value = { type: 'grades', timestamp: '2026-03-02T00:00:00Z', data: [score, own] };
  expect(readScores(value).grades.map(({ fields }) => fields.timestamp)).toEqual([
    '2026-03-02T00:00:00Z',
    '2026-03-01T00:00:00Z',
  ]);
});

test('what is no score is a problem with its place, and the others go on', () => {
  const { grades, problems } = readScores([score, null, score, 'Ada']);
  expect(grades.map(({ index }) => index)).toEqual([0, 2]);
  expect(problems).toEqual([
    { index: 1, detail: 'is not an object' },
    { index: 3, detail: 'is not an object' },
  ]);
});

test.each([
  { value: 7, detail: /neither a score nor a list/ },
  { value: null, detail: /neither a score nor a list/ },
  { value: undefined, detail: /mapping gives nothing/ },
  { value: { type: 'ping', data: null }, detail: /neither a score nor a list/ },
  { value: Array.from({ length: 10_001 }, () => score), detail: /more than 10000 grades/ },
])('readScores: $detail', ({ value, detail }) => {
  expect(readScores(value)).toEqual({
    grades: [],
    problems: [expect.objectContaining({ detail: expect.stringMatching(detail) })],
  });
});

test.each([[[]], [{ scores: [] }], [{ type: 'nothing', data: [] }]])(
  'readScores: %j is no matter of grades',
  (value) => {
    expect(readScores(value)).toEqual({ grades: [], problems: [], ignored: 'holds no grades' });
  },
);
