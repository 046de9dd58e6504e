import type { Member } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { hasLearnerRole, hasRole, uniqueMembers } from './roster.ts';
import { matchMember, type RosterMatch, rosterMatcher } from './roster-match.ts';
import { comparableSelector, type UserSelector, userAliasText } from './user-selector.ts';

const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership';
const learner = [`${MEMBERSHIP}#Learner`];
const teacher = [`${MEMBERSHIP}#Instructor`];

function member(userId: string, changes: Partial<Member> = {}): Member {
  return { userId, status: 'Active', roles: learner, ...changes };
}

const ada = member('1', {
  name: 'Ada Lovelace',
  givenName: 'Ada',
  familyName: 'Lovelace',
  email: 'Ada@School.example',
  sourcedId: 'S-1',
});
const jose = member('2', { givenName: 'José', familyName: 'Núñez', email: 'jose@school.example' });
const found = (userId: string): RosterMatch => ({ kind: 'found', userId });
const none: RosterMatch = { kind: 'none', shared: true };

describe('matchMember', () => {
  it.each<[string, UserSelector, readonly Member[], RosterMatch]>([
    ['an e-mail in any case', { email: ' ADA@school.EXAMPLE ' }, [ada, jose], found('1')],
    ['no part of an e-mail', { email: 'ada@school.exampl' }, [ada, jose], none],
    ['a school id, whose case counts', { sourcedId: 's-1' }, [ada], none],
    ['a school id', { sourcedId: 'S-1' }, [ada, jose], found('1')],
    ['a name in any case and spacing', { name: 'ada   LOVELACE' }, [ada, jose], found('1')],
    ['a name made of its parts', { name: 'José Núñez' }, [ada, jose], found('2')],
    ['a name in another Unicode form', { name: 'Jose\u0301 Nu\u0301n\u0303ez' }, [ada, jose], found('2')],
    ['full-width letters', { name: 'Ａｄａ Ｌｏｖｅｌａｃｅ' }, [ada], found('1')],
    ['a name without its accents is another', { name: 'Jose Nunez' }, [jose], none],
    ['"Family, Given"', { name: 'Lovelace, Ada' }, [ada], found('1')],
    ['the family name first', { name: 'Lovelace Ada' }, [ada], found('1')],
    ['no part of a name', { name: 'Ada' }, [ada], none],
    ['nothing in an empty roster', { email: 'ada@school.example' }, [], { kind: 'none', shared: false }],
    ['what is not shared', { email: 'ada@school.example' }, [member('1')], { kind: 'none', shared: false }],
    [
      'two of one name',
      { name: 'Ada Lovelace' },
      [ada, { ...ada, userId: '3' }],
      { kind: 'several', count: 2 },
    ],
    ['one user twice', { name: 'Ada Lovelace' }, [ada, ada], found('1')],
    ['one who has left', { email: 'ada@school.example' }, [{ ...ada, status: 'Inactive' }], found('1')],
    [
      'one who is there before one who has left',
      { email: 'ada@school.example' },
      [{ ...ada, userId: '0', status: 'Deleted' }, ada],
      found('1'),
    ],
    [
      'a learner before a teacher',
      { email: 'ada@school.example' },
      [{ ...ada, userId: '9', roles: teacher }, ada],
      found('1'),
    ],
    [
      'a teacher who is there before a learner who has left',
      { email: 'ada@school.example' },
      [
        { ...ada, userId: '9', roles: teacher },
        { ...ada, status: 'Inactive' },
      ],
      found('9'),
    ],
    ['a teacher, when nobody else fits', { name: 'Ada Lovelace' }, [{ ...ada, roles: teacher }], found('1')],
  ])('%s', (_, selector, members, expected) => {
    expect(matchMember(members, selector)).toEqual(expected);
  });
});

describe('rosterMatcher', () => {
  it('answers each selector as if it were the only one, a large course in little time', () => {
    const members = Array.from({ length: 5_000 }, (_, i) =>
      member(`u${i}`, { name: `Student ${i}`, email: `s${i}@school.example` }),
    );
    const match = rosterMatcher(members);
    const startedMs = performance.now();
    for (let i = 0; i < 5_000; i += 1) {
      expect(match({ email: `S${i}@school.example` })).toEqual(found(`u${i}`));
      expect(match({ name: `student  ${i}` })).toEqual(found(`u${i}`));
    }
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(match({ sourcedId: '1' })).toEqual({ kind: 'none', shared: false });
    expect(match({ name: 'Nobody' })).toEqual(none);
  });
});

describe('selectors', () => {
  it('mean the same person of a launch however they are written', () => {
    const same = userAliasText('la_a', { email: 'ada@school.example' });
    expect(userAliasText('la_a', { email: ' Ada@School.Example' })).toBe(same);
    expect(userAliasText('la_b', { email: 'ada@school.example' })).not.toBe(same);
    expect(userAliasText('la_a', { name: 'ada@school.example' })).not.toBe(same);
    expect(comparableSelector({ sourcedId: ' S-1 ' })).toEqual({ kind: 'sourcedId', text: 'S-1' });
  });
});

describe('roles', () => {
  it.each<[string[], string, boolean]>([
    [['Learner'], 'Learner', true],
    [['Learner'], `${MEMBERSHIP}#Learner`, true],
    [[`${MEMBERSHIP}#Learner`], 'learner', true],
    [[`${MEMBERSHIP}/Instructor#TeachingAssistant`], 'Instructor', true],
    [[`${MEMBERSHIP}/Instructor#TeachingAssistant`], 'TeachingAssistant', true],
    [[`${MEMBERSHIP}#Instructor`], 'TeachingAssistant', false],
    [['http://purl.imsglobal.org/vocab/lis/v2/institution/person#Learner'], 'Learner', false],
    [[], 'Learner', false],
  ])('%j has %s: %s', (roles, role, expected) => {
    expect(hasRole({ roles }, role)).toBe(expected);
  });

  it('of a learner are found among others', () => {
    expect(hasLearnerRole({ roles: [...teacher, ...learner] })).toBe(true);
    expect(hasLearnerRole({ roles: teacher })).toBe(false);
  });
});

describe('uniqueMembers', () => {
  it('joins the roles of a user who is listed twice', () => {
    const twice = [ada, { ...ada, roles: teacher }, jose];
    expect(uniqueMembers(twice)).toEqual([{ ...ada, roles: [...learner, ...teacher] }, jose]);
  });
});
