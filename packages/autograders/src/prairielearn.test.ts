import { expect, test } from 'vitest';
import { readDocument } from './read-document.ts';
import { exampleDocument } from './testing/examples.ts';

const read = (value: unknown) => readDocument('prairielearn', { value, kind: 'json' });

test('a graded submission: the score is a fraction, and what programs printed stays out of the comment', async () => {
  expect(readDocument('prairielearn', await exampleDocument('prairielearn/graded.json'))).toEqual({
    grades: [
      {
        index: 0,
        identities: [{ sourcedId: 'student-03' }],
        assignment: 'addVector',
        fields: {
          scoreGiven: 0.25,
          scoreMaximum: 1,
          comment: 'Tests completed.\nAdds two vectors: 1/1\nRefuses two lengths: 0/3',
          timestamp: '2026-03-05T17:20:31Z',
        },
      },
    ],
    problems: [],
  });
});

test('a submission that is not gradable is a problem, without its errors', async () => {
  const { grades, problems } = readDocument(
    'prairielearn',
    await exampleDocument('prairielearn/not-gradable.json'),
  );
  expect(grades).toEqual([]);
  expect(problems).toMatchObject([{ index: 0, detail: 'says that it is not gradable' }]);
  expect(JSON.stringify(problems)).not.toContain('vector.c');
});

test.each([
  { name: 'by itself', value: { score: 1 }, fields: { scoreGiven: 1, scoreMaximum: 1 } },
  { name: 'nothing right', value: { results: { score: 0 } }, fields: { scoreGiven: 0, scoreMaximum: 1 } },
  { name: 'more than everything', value: { score: 1.1 }, fields: { scoreGiven: 1.1, scoreMaximum: 1 } },
  {
    name: 'tests without points',
    value: { score: 1, tests: [{ name: 'a' }, {}, 'x', { name: 'b', points: 2 }] },
    fields: { comment: 'a\ntest\nb: 2' },
  },
])('$name', ({ value, fields }) => {
  expect(read(value).grades[0]?.fields).toMatchObject(fields);
});

test.each([
  { value: { score: '1' }, detail: '"score" is not a number' },
  { value: { gradable: true }, detail: '"score" is not a number' },
  { value: { score: -0.5 }, detail: 'its score is negative' },
  { value: { tests: [] }, detail: 'is no results.json: it has neither "score" nor "gradable"' },
  { value: 'Ada', detail: 'is no results.json: it has neither "score" nor "gradable"' },
])('$detail', ({ value, detail }) => {
  expect(read(value)).toMatchObject({ grades: [], problems: [{ index: 0, detail }] });
});
