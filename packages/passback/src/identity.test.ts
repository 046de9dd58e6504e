import { describe, expect, it } from 'vitest';
import {
  comparableIdentity,
  type Identity,
  identityRowSchema,
  identitySchema,
  isIdentity,
  selectorOf,
} from './identity.ts';
import { parseInput } from './problem.ts';

describe('comparableIdentity', () => {
  it.each<[string, Identity, Identity, boolean]>([
    ['GitHub logins in any case', { github: 'Ada-L' }, { github: 'ada-l' }, true],
    ['other logins', { github: 'ada-l' }, { github: 'ada' }, false],
    ['e-mail addresses in any case', { email: ' ADA@school.example' }, { email: 'ada@School.example' }, true],
    ['school ids of other case', { sourcedId: 'S-1' }, { sourcedId: 's-1' }, false],
    ['school ids but for white space around', { sourcedId: ' S-1 ' }, { sourcedId: 'S-1' }, true],
    ['school ids in full-width digits', { sourcedId: '１２' }, { sourcedId: '12' }, true],
    [
      'names in any case, spacing and Unicode form',
      { name: 'JOSE\u0301  Núñez' },
      { name: 'josé núñez' },
      true,
    ],
    ['sender ids of other case', { senderId: 'a' }, { senderId: 'A' }, false],
    [
      'sender ids but for white space around, which no reader keeps',
      { senderId: 'a' },
      { senderId: 'a ' },
      true,
    ],
    ['the same text of another kind', { sourcedId: 'ada' }, { senderId: 'ada' }, false],
  ])('%s', (_, a, b, same) => {
    expect(comparableIdentity(a) === comparableIdentity(b)).toBe(same);
  });
});

describe('identitySchema', () => {
  it.each<[string, unknown, string | undefined]>([
    ['a login', { github: 'ada-l' }, undefined],
    ['a login of a school of its own', { github: 'ada-l_school' }, undefined],
    ['an id of any form', { senderId: 'user:42/é' }, undefined],
    ['a login with @', { github: '@ada' }, '/github'],
    ['a bot', { github: 'helper[bot]' }, '/github'],
    ['no address', { email: 'ada' }, '/email'],
    ['nothing in it', { senderId: ' ' }, '/senderId'],
    ['text that is no Unicode', { senderId: 'a\ud800' }, '/senderId'],
    ['two members', { github: 'ada', email: 'ada@school.example' }, ''],
    ['none', {}, ''],
    ['another member', { login: 'ada' }, ''],
    ['a text', 'ada', ''],
  ])('%s', (_, value, pointer) => {
    const parsed = parseInput(identitySchema, value);
    expect(isIdentity(value)).toBe(pointer === undefined);
    expect(parsed.ok ? undefined : parsed.problems[0]?.pointer.slice(0, pointer?.length)).toBe(pointer);
  });
});

describe('identityRowSchema', () => {
  const identity = { github: 'ada' };
  it.each<[string, unknown, string[]]>([
    ['a user id', { identity, userId: '42' }, []],
    ['a selector', { identity, user: { email: 'ada@school.example' } }, []],
    ['neither', { identity }, ['/userId is required, or else user']],
    [
      'both',
      { identity, userId: '42', user: { name: 'Ada' } },
      ['/userId must not be given together with user'],
    ],
    [
      'no identity',
      { userId: '42' },
      ['/identity must be an object with exactly one of github, email, sourcedId, name and senderId'],
    ],
    [
      'a bad login',
      { identity: { github: '@' }, userId: '42' },
      ['/identity/github must be a GitHub login, without @'],
    ],
    ['more than is known', { identity, userId: '42', course: 1 }, ['/course is not a known member']],
  ])('%s', (_, value, expected) => {
    const parsed = parseInput(identityRowSchema, value);
    expect(parsed.ok ? [] : parsed.problems.map(({ pointer, detail }) => `${pointer} ${detail}`)).toEqual(
      expected,
    );
  });
});

describe('selectorOf', () => {
  it.each<[Identity, boolean]>([
    [{ email: 'ada@school.example' }, true],
    [{ sourcedId: '7' }, true],
    [{ name: 'Ada' }, true],
    [{ github: 'ada' }, false],
    [{ senderId: '7' }, false],
  ])('%j', (identity, isKnownToRosters) => {
    expect(selectorOf(identity)).toEqual(isKnownToRosters ? identity : undefined);
  });
});
