import { describe, expect, it } from 'vitest';
import { UNMATCHED } from './unmatched.ts';

const API =
  `UNREADABLE MAPPING_FAILED NO_GRADE NO_STUDENT UNKNOWN_IDENTITY USER_NOT_FOUND USER_AMBIGUOUS ROSTER_UNREADABLE
  PLATFORM_UNAVAILABLE NO_TARGET NO_ASSIGNMENT INVALID_SCORE TWICE REFUSED`.split(/\s+/);

describe('UNMATCHED', () => {
  it('has every reason of the API and no other', () => {
    expect(Object.keys(UNMATCHED).sort()).toEqual([...API].sort());
  });

  it.each(Object.entries(UNMATCHED))('%s says in a few sentences what to do', (_reason, { hint }) => {
    expect(hint.length).toBeGreaterThan(50);
    expect(hint.length).toBeLessThan(300);
    expect(hint).toMatch(/[.]$/);
  });
});
