import type { Member } from '@gradewire/ags';
import type { UserSelector } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { type CandidatesMatch, candidatesMatcher } from './match-candidates.ts';

const learner = ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'];
const member = (userId: string, marks: Partial<Member>): Member => ({
  userId,
  status: 'Active',
  roles: learner,
  ...marks,
});

const ada = member('1', { name: 'Ada Lee', email: 'ada@school.example', sourcedId: 's-1' });
const namesake = member('2', { name: 'Ada Lee', email: 'ada.lee@school.example', sourcedId: 's-2' });
const bob = member('3', { name: 'Bob Ray', email: 'bob@school.example' });
const course = [ada, namesake, bob];

const found = (userId: string): CandidatesMatch => ({ kind: 'found', userId });
const differ: CandidatesMatch = { kind: 'ambiguous', differ: true };

describe('candidatesMatcher', () => {
  it.each<[string, UserSelector[], CandidatesMatch]>([
    ['one mark of one', [{ email: 'bob@school.example' }], found('3')],
    ['two marks of one', [{ email: 'bob@school.example' }, { name: 'Bob Ray' }], found('3')],
    ['a mark that nobody has beside one', [{ email: 'bob@home.example' }, { name: 'Bob Ray' }], found('3')],
    ['marks of different people', [{ email: 'bob@school.example' }, { sourcedId: 's-1' }], differ],
    [
      'a name of two, of whom the address is one',
      [{ email: 'ada@school.example' }, { name: 'Ada Lee' }],
      found('1'),
    ],
    ['the same in another order', [{ name: 'Ada Lee' }, { email: 'ada@school.example' }], found('1')],
    [
      'a name of two, of whom the address is none',
      [{ name: 'Ada Lee' }, { email: 'bob@school.example' }],
      differ,
    ],
    ['a name of two', [{ name: 'Ada Lee' }], { kind: 'ambiguous', differ: false }],
    [
      'marks that nobody has',
      [{ email: 'eve@school.example' }, { name: 'Eve' }],
      { kind: 'none', shared: ['email', 'name'] },
    ],
    ['no marks', [], { kind: 'none', shared: [] }],
  ])('%s', (_, candidates, expected) => {
    expect(candidatesMatcher(course)(candidates)).toEqual(expected);
  });

  it('tells marks that the platform does not share', () => {
    expect(candidatesMatcher([bob])([{ sourcedId: 's-3' }, { name: 'Eve' }])).toEqual({
      kind: 'none',
      shared: ['name'],
    });
  });
});
