import { expect, test } from 'vitest';
import { personLogin, type StudentRepository, studentOfRepository } from './repository-student.ts';

const of = (repository: StudentRepository, known?: string) => {
  const student = studentOfRepository(repository, known);
  const logins = student.identities?.flatMap((identity) => Object.values(identity));
  return [logins, student.assignment];
};

test.each<{ name: string; repository: StudentRepository; logins?: string[]; assignment?: string }>([
  {
    name: 'a student who pushes',
    repository: { name: 'hw1-ada', actor: 'ada' },
    logins: ['ada'],
    assignment: 'hw1',
  },
  {
    name: 'hyphens in both parts',
    repository: { name: 'linked-lists-ada-lovelace', actor: 'ada-lovelace' },
    logins: ['ada-lovelace', 'lists-ada-lovelace'],
    assignment: 'linked-lists',
  },
  {
    name: 'any case',
    repository: { name: 'hw1-ada-lovelace', actor: 'Ada-Lovelace' },
    logins: ['Ada-Lovelace'],
    assignment: 'hw1',
  },
  {
    name: 'a teacher who runs it again, and several hyphens: lovelace may be somebody else',
    repository: { name: 'linked-lists-ada-lovelace', owner: 'springfield-cs', actor: 'edna-k' },
  },
  { name: 'a bot, and several hyphens', repository: { name: 'linked-lists-ada' } },
  {
    name: 'a teacher, and one hyphen: the assignment is sure',
    repository: { name: 'hw1-ada', owner: 'springfield-cs', actor: 'edna-k' },
    logins: ['ada'],
    assignment: 'hw1',
  },
  { name: 'a bot', repository: { name: 'hw1-ada' }, logins: ['ada'], assignment: 'hw1' },
  {
    name: 'a managed user',
    repository: { name: 'hw1-ada_school', actor: 'ada_school' },
    logins: ['ada_school'],
    assignment: 'hw1',
  },
  {
    name: "a student's own repository",
    repository: { name: 'hw1', owner: 'ada', actor: 'ada' },
    logins: ['ada'],
  },
  {
    name: "a student's own repository that is called like somebody else",
    repository: { name: 'linked-lists-lovelace', owner: 'ada', actor: 'Ada' },
    logins: ['Ada'],
  },
  {
    name: 'endings that can be no login',
    repository: { name: 'hw1-c++-ada.l-x', actor: 'edna-k' },
    logins: ['x'],
    assignment: 'hw1-c++-ada.l',
  },
  { name: 'a name without hyphens', repository: { name: 'hw1', actor: 'edna-k' }, logins: [] },
  { name: 'no name', repository: { name: '', actor: 'edna-k' }, logins: [] },
])('studentOfRepository: $name', ({ repository, logins, assignment }) => {
  expect(of(repository)).toEqual([logins, assignment]);
});

test('somebody whose login ends like the student’s is not tried when the student is known', () => {
  const [logins] = of({ name: 'hw1-anna-kim', actor: 'anna-kim' });
  expect(logins).not.toContain('kim');
});

test.each<{
  name: string;
  repository: StudentRepository;
  assignment: string;
  logins?: string[];
  told: string;
}>([
  {
    name: 'it tells where the login begins',
    repository: { name: 'linked-lists-ada-lovelace', actor: 'edna-k' },
    assignment: 'linked-lists',
    logins: ['ada-lovelace'],
    told: 'linked-lists',
  },
  {
    name: 'by its title',
    repository: { name: 'linked-lists-ada-lovelace', actor: 'Ada-Lovelace' },
    assignment: 'Linked lists',
    logins: ['Ada-Lovelace'],
    told: 'Linked lists',
  },
  {
    name: 'another one',
    repository: { name: 'trees-ada', actor: 'ada' },
    assignment: 'linked-lists',
    logins: ['ada'],
    told: 'trees',
  },
  {
    name: 'another one, run again by a teacher',
    repository: { name: 'binary-trees-ada', actor: 'edna-k' },
    assignment: 'linked-lists',
    told: 'binary-trees-ada',
  },
  {
    name: 'another one that begins alike',
    repository: { name: 'hw1-bonus-ada', actor: 'ada' },
    assignment: 'hw1',
    logins: ['ada', 'bonus-ada'],
    told: 'hw1-bonus',
  },
  {
    name: 'a team whose name is no login',
    repository: { name: 'hw1-team.a', actor: 'ada' },
    assignment: 'hw1',
    logins: [],
    told: 'hw1',
  },
])('studentOfRepository, of a known assignment: $name', ({ repository, assignment, logins, told }) => {
  expect(of(repository, assignment)).toEqual([logins, told]);
});

test.each([
  ['ada', 'User', 'ada'],
  ['ada', undefined, 'ada'],
  ['github-classroom[bot]', 'Bot', undefined],
  ['github-actions[bot]', undefined, undefined],
  ['dependabot', 'Bot', undefined],
  ['x'.repeat(40), 'User', undefined],
  [undefined, 'User', undefined],
])('personLogin(%j, %j) is %j', (login, type, person) => {
  expect(personLogin(login, type)).toBe(person);
});
