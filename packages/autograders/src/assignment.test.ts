import { expect, test } from 'vitest';
import { afterAssignment, isSameAssignment } from './assignment.ts';

test.each([
  ['hw1', 'hw1', true],
  ['Linked  lists ', 'linked lists', true],
  ['linked-lists', 'Linked lists', true],
  ['Project 2: hash tables', 'project-2-hash-tables', true],
  ['Été', 'ete', true],
  ['hw1', 'hw2', false],
  ['Lab C', 'Lab C++', false],
  ['Übung 1', 'Ubung 1', false],
  ['列表', '树', false],
  ['列表', '', false],
])('isSameAssignment(%j, %j) is %j', (a, b, same) => {
  expect(isSameAssignment(a, b)).toBe(same);
  expect(isSameAssignment(b, a)).toBe(same);
});

test.each([
  ['linked-lists-ada', 'linked-lists', 'ada'],
  ['linked-lists-ada', 'Linked lists', 'ada'],
  ['Linked-Lists-Ada', 'linked-lists', 'Ada'],
  ['hw.1-ada', 'hw.1', 'ada'],
  ['linked-lists-ada', 'linked', 'lists-ada'],
  ['linked-lists', 'linked-lists', undefined],
  ['trees-ada', 'linked-lists', undefined],
  ['-ada', '列表', undefined],
])('afterAssignment(%j, %j) is %j', (repository, assignment, rest) => {
  expect(afterAssignment(repository, assignment)).toBe(rest);
});
