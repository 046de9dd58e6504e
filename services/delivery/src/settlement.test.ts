import { describe, expect, it } from 'vitest';
import { type Failure, settlementOf } from './settlement.ts';

const retry = { baseMs: 1_000, maxMs: 60_000, maxAgeMs: 100_000 };
const down: Failure = {
  kind: 'transient',
  reason: 'PLATFORM_DOWN',
  ambiguous: false,
  systemic: true,
  finalReason: 'EXPIRED',
  detail: 'HTTP 503',
};
const fresh = { attempt: 1, heldMs: 0, nowMs: 1_000_000 };
const settle = (failure: Failure, lease = {}, probe = false) =>
  settlementOf(failure, { ...fresh, ...lease }, { retry, random: () => 0.5, probe });

describe('settlementOf', () => {
  it.each([
    ['a first failure is tried again', down, {}, { kind: 'later', delayMs: 500, ambiguous: false }],
    ['later failures wait longer', down, { attempt: 4 }, { kind: 'later', delayMs: 4_000, ambiguous: false }],
    [
      'up to the longest backoff',
      down,
      { attempt: 40 },
      { kind: 'later', delayMs: 30_000, ambiguous: false },
    ],
    [
      'the platform’s wish is honoured',
      { ...down, retryAfterMs: 7_000 },
      {},
      { kind: 'later', delayMs: 7_000, ambiguous: false },
    ],
    ['doubt is kept', { ...down, ambiguous: true }, {}, { kind: 'later', delayMs: 500, ambiguous: true }],
    [
      'age kills, and says of what',
      down,
      { firstFailureAtMs: 900_000 },
      { kind: 'dead', reason: 'EXPIRED', detail: 'kept failing with PLATFORM_DOWN: HTTP 503' },
    ],
    [
      'age kills one that has a reason of its own by that',
      { ...down, reason: 'GRADE_LOCKED', systemic: false, finalReason: 'GRADE_LOCKED', detail: 'HTTP 500' },
      { firstFailureAtMs: 900_000 },
      { kind: 'dead', reason: 'GRADE_LOCKED', detail: 'HTTP 500' },
    ],
    [
      'time held is no age',
      down,
      { firstFailureAtMs: 900_000, heldMs: 1 },
      { kind: 'later', delayMs: 500, ambiguous: false },
    ],
    [
      'a count of tries kills with its own reason',
      { ...down, finalReason: 'UNEXPECTED_REDIRECT', budget: { maxTries: 2 } },
      { attempt: 2 },
      { kind: 'dead', reason: 'UNEXPECTED_REDIRECT', detail: 'HTTP 503' },
    ],
    [
      'a throttled score waits as long as it is told',
      { kind: 'throttled', retryAfterMs: 9_000, detail: '' },
      { firstFailureAtMs: 0 },
      { kind: 'later', delayMs: 9_000, ambiguous: false },
    ],
    [
      'a throttled score backs off no longer each time: it is the lane that waits',
      { kind: 'throttled', detail: '' },
      { attempt: 9 },
      { kind: 'later', delayMs: 500, ambiguous: false },
    ],
    [
      'refused credentials kill nothing by themselves',
      { kind: 'holdCredentials', reason: 'CREDENTIALS_REJECTED', detail: '' },
      { firstFailureAtMs: 0 },
      { kind: 'later', delayMs: 500, ambiguous: false },
    ],
    [
      'a refusal is a dead letter with the platform’s words',
      { kind: 'dead', reason: 'USER_NOT_FOUND', detail: 'no such user' },
      {},
      { kind: 'dead', reason: 'USER_NOT_FOUND', detail: 'no such user' },
    ],
  ])('%s', (_name, failure, lease, settlement) => {
    expect(settle(failure as Failure, lease)).toEqual(settlement);
  });

  it('lets no probe kill for what every score would meet', () => {
    const refused: Failure = { kind: 'dead', reason: 'UNAUTHORIZED', detail: '' };
    expect(settle(refused, {}, true)).toMatchObject({ kind: 'later' });
    expect(settle(refused, {}, false)).toMatchObject({ kind: 'dead' });
    expect(settle({ kind: 'dead', reason: 'USER_NOT_FOUND', detail: '' }, {}, true)).toMatchObject({
      kind: 'dead',
    });
    const redirected: Failure = { ...down, finalReason: 'UNEXPECTED_REDIRECT', budget: { maxTries: 2 } };
    expect(settle(redirected, { attempt: 2 }, true)).toMatchObject({ kind: 'later' });
  });
});
