import type { Outcome } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { signalOf, streakOf } from './lane-signal.ts';

const words = { detail: 'words' };
const down: Outcome = {
  kind: 'transient',
  reason: 'PLATFORM_DOWN',
  ambiguous: true,
  systemic: true,
  finalReason: 'EXPIRED',
  ...words,
};
const notRenewed: Outcome = { ...down, reason: 'UNAUTHORIZED', finalReason: 'UNAUTHORIZED' };
const locked: Outcome = { ...down, systemic: false };
const unauthorized: Outcome = { kind: 'dead', reason: 'UNAUTHORIZED', ...words };
const unknownUser: Outcome = { kind: 'dead', reason: 'USER_NOT_FOUND', ...words };
const throttled: Outcome = { kind: 'throttled', retryAfterMs: 5_000, ...words };
const refused: Outcome = { kind: 'holdCredentials', reason: 'CLOCK_SKEW', ...words };
const delivered: Outcome = { kind: 'delivered', ...words };
const older: Outcome = { kind: 'older', ...words };

describe('streakOf', () => {
  it.each([
    ['a success ends it', delivered, 'end'],
    ['an older timestamp is an answer of a platform that works', older, 'end'],
    ['a refusal of one score ends it', unknownUser, 'end'],
    ['a platform that is down lengthens it', down, { reason: 'PLATFORM_DOWN' }],
    ['a refusal that all would meet lengthens it', unauthorized, { reason: 'UNAUTHORIZED' }],
    ['a token refused that cannot be renewed lengthens it', notRenewed, { reason: 'UNAUTHORIZED' }],
    ['a cell in trouble of its own leaves it', locked, undefined],
    ['throttling leaves it', throttled, undefined],
    ['refused credentials leave it', refused, undefined],
  ])('%s', (_name, outcome, streak) => {
    expect(streakOf(outcome)).toEqual(streak);
  });
});

describe('signalOf', () => {
  const hold = (reason: string, more = {}) => ({ kind: 'hold', reason, epoch: 3, ...more });
  const none = { kind: 'none' };
  const healthy = { kind: 'healthy' };
  const refusal = { refusal: { reason: 'UNAUTHORIZED', detail: 'words' } };

  it.each([
    ['a success', delivered, 0, false, healthy],
    ['four cells in a row down', down, 4, false, none],
    ['five cells in a row down', down, 5, false, hold('PLATFORM_DOWN')],
    ['a probe that finds it down', down, 1, true, hold('PLATFORM_DOWN')],
    [
      'a Retry-After with it',
      { ...down, retryAfterMs: 9 },
      5,
      false,
      hold('PLATFORM_DOWN', { retryAfterMs: 9 }),
    ],
    ['one locked grade, however often', locked, 50, false, none],
    ['a probe that meets a locked grade', locked, 50, true, none],
    ['throttling, at once', throttled, 0, false, hold('THROTTLED', { retryAfterMs: 5_000 })],
    [
      'refused credentials, at once',
      refused,
      0,
      false,
      hold('CREDENTIALS_REJECTED', { refusal: { reason: 'CLOCK_SKEW', detail: 'words' } }),
    ],
    ['19 cells in a row refused', unauthorized, 19, false, none],
    ['20 cells in a row refused', unauthorized, 20, false, hold('UNAUTHORIZED', refusal)],
    ['19 cells whose token cannot be renewed', notRenewed, 19, false, none],
    ['20 cells whose token cannot be renewed', notRenewed, 20, false, hold('UNAUTHORIZED', refusal)],
    ['a probe that is refused as all would be', unauthorized, 1, true, hold('UNAUTHORIZED', refusal)],
    ['a probe that is refused for its own score', unknownUser, 0, true, healthy],
  ])('%s', (_name, outcome, streak, probe, signal) => {
    expect(signalOf(outcome as Outcome, { streak, epoch: 3, probe })).toEqual(signal);
  });
});
