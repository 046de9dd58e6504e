import { describe, expect, it } from 'vitest';
import { isReasonCode, REASONS } from './reasons.ts';

const CONTRACT =
  `BAD_REQUEST REJECTED UNAUTHORIZED CREDENTIALS_REJECTED REGISTRATION_DISABLED CLOCK_SKEW SCOPE_NOT_GRANTED
  FORBIDDEN TOOL_NOT_IN_CONTEXT USER_NOT_IN_CONTEXT USER_NOT_FOUND USER_NOT_GRADABLE ROSTER_UNREADABLE RESULTS_UNREADABLE FILES_NOT_TAKEN GRADE_LOCKED LINE_ITEM_NOT_FOUND
  NO_GRADE_SERVICE LINE_ITEM_GONE LINE_ITEM_NOT_OURS LINE_ITEM_AMBIGUOUS CANNOT_CREATE_LINE_ITEM CANNOT_CHANGE_LINE_ITEM CONTEXT_GONE CONTEXT_CONCLUDED UNPUBLISHED
  ATTEMPTS_EXHAUSTED ORIGIN_NOT_ALLOWED UNEXPECTED_REDIRECT UNEXPECTED_RESPONSE EXPIRED CRASHED NEWER_SCORE
  NEWER_ON_PLATFORM WOULD_CLEAR_GRADE KEPT_TEACHERS_GRADE UNCHANGED THROTTLED PLATFORM_DOWN`.split(/\s+/);

describe('REASONS', () => {
  it('has every code of the API and no other', () => {
    expect(Object.keys(REASONS).sort()).toEqual([...CONTRACT].sort());
  });

  it.each(Object.entries(REASONS))('%s says in a few sentences what to do', (_code, { hint }) => {
    expect(hint.length).toBeGreaterThan(50);
    expect(hint.length).toBeLessThan(300);
    expect(hint).toMatch(/[.]$/);
  });
});

describe('isReasonCode', () => {
  it.each([
    ['EXPIRED', true],
    ['expired', false],
    ['toString', false],
    [undefined, false],
  ])('%s: %s', (value, expected) => {
    expect(isReasonCode(value)).toBe(expected);
  });
});
