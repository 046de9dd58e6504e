import type { UnmatchedReason } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { retryInMs } from './retry-in.ts';

const SECOND = 1_000;
const QUARTER = 15 * 60 * SECOND;

describe('retryInMs', () => {
  it.each<[UnmatchedReason[], number, number | undefined]>([
    [[], 0, undefined],
    [['UNKNOWN_IDENTITY', 'INVALID_SCORE'], 0, undefined],
    [['UNKNOWN_IDENTITY', 'REFUSED'], 0, QUARTER],
    [['USER_NOT_FOUND'], 0, QUARTER],
    [['UNKNOWN_IDENTITY', 'USER_AMBIGUOUS'], 7, QUARTER],
    [['ROSTER_UNREADABLE'], 0, QUARTER],
    [['PLATFORM_UNAVAILABLE'], 0, 30 * SECOND],
    [['PLATFORM_UNAVAILABLE', 'USER_NOT_FOUND'], 1, 60 * SECOND],
    [['PLATFORM_UNAVAILABLE'], 4, 480 * SECOND],
    [['PLATFORM_UNAVAILABLE'], 5, QUARTER],
    [['PLATFORM_UNAVAILABLE'], 5_000, QUARTER],
  ])('%j after %i tries: %s ms', (reasons, tries, expected) => {
    expect(
      retryInMs(
        reasons.map((reason) => ({ reason })),
        tries,
      ),
    ).toBe(expected);
  });
});
