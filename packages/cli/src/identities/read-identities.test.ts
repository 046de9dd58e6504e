import { expect, test } from 'vitest';
import { readIdentities } from './read-identities.ts';

const read = (...lines: string[]) => readIdentities(`${lines.join('\n')}\n`, 'f.csv');
const inputs = (...lines: string[]) => read(...lines).identities.map(({ input }) => input);

test('a line tells who several identities are', () => {
  expect(inputs('github,email,senderId,userId', 'ada,ada@home.example,17,42', ' Bob ,,,43')).toEqual([
    { identity: { github: 'ada' }, userId: '42' },
    { identity: { email: 'ada@home.example' }, userId: '42' },
    { identity: { senderId: '17' }, userId: '42' },
    { identity: { github: 'Bob' }, userId: '43' },
  ]);
});

test("the address that a sender writes is another thing than the roster's", () => {
  expect(inputs('email,user.email', 'ada@home.example,ada@school.example')).toEqual([
    { identity: { email: 'ada@home.example' }, user: { email: 'ada@school.example' } },
  ]);
  expect(inputs('github,user.sourcedId,user.name', 'ada,s7,', 'bob,,"Builder, Bob"')).toEqual([
    { identity: { github: 'ada' }, user: { sourcedId: 's7' } },
    { identity: { github: 'bob' }, user: { name: 'Builder, Bob' } },
  ]);
});

test('the roster of a GitHub Classroom is taken as it is downloaded', () => {
  const { identities, problems, skipped } = read(
    '"identifier","github_username","github_id","name"',
    '"ada@school.example","ada-l","101","Ada L."',
    '"s 8","bob","102",""',
    '"eve@school.example","","",""',
    '"","mallory","103","Mallory"',
  );
  expect(identities).toEqual([
    {
      source: 'f.csv:2',
      input: { identity: { github: 'ada-l' }, user: { email: 'ada@school.example' } },
    },
    { source: 'f.csv:3', input: { identity: { github: 'bob' }, user: { sourcedId: 's 8' } } },
  ]);
  expect(skipped).toBe(1);
  expect(problems).toEqual([{ source: 'f.csv:5', message: 'has no identifier' }]);
});

test.each([
  ['nobody known to a sender', ',,1', 'does not say how senders know the student'],
  ['nobody on the platform', 'ada,,', 'does not say who the student is'],
  ['two on the platform', 'ada,a@b,1', 'says by userId and user.email who the student is'],
  ['a comma too many', 'ada,,1,x', 'has 4 cells instead of 3'],
])('%s is a problem of that line only', (_, line, message) => {
  const { identities, problems } = read('github,user.email,userId', line, 'bob,,2');
  expect(problems).toEqual([expect.objectContaining({ source: 'f.csv:2', message })]);
  expect(identities).toHaveLength(1);
});

test('an identity of two students is nobody’s, whatever its case; the same said twice counts once', () => {
  const { identities, problems } = read(
    'github,senderId,userId',
    'Ada,,1',
    'bob,x,2',
    'ada,,3',
    'BOB,,2',
    ',X,4',
  );
  expect(identities.map(({ source }) => source)).toEqual(['f.csv:3', 'f.csv:3', 'f.csv:6']);
  expect(problems).toEqual([
    { source: 'f.csv:2', message: 'github "Ada" is somebody else in f.csv:4; it was left out' },
  ]);
});

test.each([
  ['an unknown title', 'github,user', /unknown column "user"/],
  ['nobody known to a sender', 'userId', /no column says how senders know a student/],
  ['nobody on the platform', 'github,email', /no column says who the student is/],
  ['a quote that does not end', 'github,"userId', /f\.csv is no CSV/],
  ['nothing', '', /no column says/],
])('%s is not a table of identities', (_, text, says) => {
  expect(() => read(text)).toThrow(says);
});
