import type { Member } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import type { Outcome } from './outcome.ts';
import type { ReasonCode } from './reasons.ts';
import { explainedByRoster, mayMeanTheUser, type RosterWitness } from './user-refusal.ts';

const learner: Member = {
  userId: '7',
  status: 'Active',
  roles: ['Learner'],
  name: 'Ada Lovelace',
  email: 'a@b.c',
};
const witness = (changes: Partial<RosterWitness> = {}): RosterWitness => ({
  member: undefined,
  complete: true,
  current: true,
  knownBefore: false,
  ...changes,
});
const refusal = (reason: ReasonCode, detail = 'its words'): Outcome & { kind: 'dead' } => ({
  kind: 'dead',
  reason,
  detail,
  httpStatus: 400,
});

describe('explainedByRoster', () => {
  it.each<[string, ReasonCode, RosterWitness, ReasonCode, RegExp]>([
    ['nobody of this id', 'USER_NOT_IN_CONTEXT', witness(), 'USER_NOT_FOUND', /^nobody .*its words$/],
    ['nobody, whatever was said', 'REJECTED', witness(), 'USER_NOT_FOUND', /^nobody/],
    [
      'one who has left',
      'USER_NOT_IN_CONTEXT',
      witness({ knownBefore: true }),
      'USER_NOT_IN_CONTEXT',
      /^was in/,
    ],
    ['one who was there', 'USER_NOT_FOUND', witness({ knownBefore: true }), 'USER_NOT_IN_CONTEXT', /^was in/],
    [
      'a roster cut short',
      'USER_NOT_IN_CONTEXT',
      witness({ complete: false }),
      'USER_NOT_IN_CONTEXT',
      /^its words$/,
    ],
    [
      'an inactive member',
      'USER_NOT_FOUND',
      witness({ member: { ...learner, status: 'Inactive' } }),
      'USER_NOT_IN_CONTEXT',
      /not active any more/,
    ],
    [
      'a deleted member',
      'REJECTED',
      witness({ member: { ...learner, status: 'Deleted' } }),
      'USER_NOT_IN_CONTEXT',
      /not active any more/,
    ],
    [
      'a teacher',
      'USER_NOT_IN_CONTEXT',
      witness({ member: { ...learner, roles: ['Instructor'] } }),
      'USER_NOT_GRADABLE',
      /not as a learner/,
    ],
    [
      'a learner, by a new roster',
      'USER_NOT_IN_CONTEXT',
      witness({ member: learner }),
      'USER_NOT_GRADABLE',
      /active learner/,
    ],
    [
      'a learner, by an older roster',
      'USER_NOT_IN_CONTEXT',
      witness({ member: learner, current: false }),
      'USER_NOT_IN_CONTEXT',
      /active learner/,
    ],
    ['a learner, and another trouble', 'REJECTED', witness({ member: learner }), 'REJECTED', /^its words$/],
  ])('%s', (_, reason, seen, expected, says) => {
    const explained = explainedByRoster(refusal(reason), seen);
    expect(explained).toMatchObject({ kind: 'dead', reason: expected, httpStatus: 400 });
    expect(explained.detail).toMatch(says);
    expect(explained.detail).not.toMatch(/Ada|a@b/);
  });

  it('keeps the detail to its length', () => {
    const explained = explainedByRoster(refusal('REJECTED', 'x'.repeat(300)), witness());
    expect(explained.detail).toHaveLength(300);
  });
});

describe('mayMeanTheUser', () => {
  it.each<[Outcome, boolean]>([
    [refusal('USER_NOT_IN_CONTEXT'), true],
    [refusal('REJECTED'), true],
    [refusal('BAD_REQUEST'), false],
    [refusal('TOOL_NOT_IN_CONTEXT'), false],
    [{ kind: 'throttled', detail: '' }, false],
  ])('%j: %s', (outcome, expected) => {
    expect(mayMeanTheUser(outcome)).toBe(expected);
  });
});
