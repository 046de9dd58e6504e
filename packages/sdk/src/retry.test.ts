import { expect, test } from 'vitest';
import { nextRetryMs, parseRetryAfter, RETRY_DEFAULTS } from './retry.ts';

const failed = { attempt: 1, status: undefined, code: 'NETWORK', retryAfterMs: undefined, repeatable: true };

test.each([
  { name: 'no answer, repeatable', change: {}, waits: true },
  { name: 'no answer, not repeatable', change: { repeatable: false }, waits: false },
  { name: '429, not repeatable', change: { status: 429, repeatable: false }, waits: true },
  { name: '503, not repeatable', change: { status: 503, repeatable: false }, waits: true },
  { name: '502, repeatable', change: { status: 502 }, waits: true },
  { name: '504, not repeatable', change: { status: 504, repeatable: false }, waits: false },
  { name: '500', change: { status: 500 }, waits: false },
  { name: '409', change: { status: 409, code: 'SCORE_SETTLED' }, waits: false },
  {
    name: '409 while an earlier try is at work',
    change: { status: 409, code: 'IDEMPOTENCY_IN_FLIGHT' },
    waits: true,
  },
  { name: '422', change: { status: 422 }, waits: false },
  { name: 'tries used up', change: { attempt: 5 }, waits: false },
  { name: 'Retry-After too long', change: { status: 429, retryAfterMs: 60_001 }, waits: false },
])('nextRetryMs: $name', ({ change, waits }) => {
  expect(nextRetryMs({ ...failed, ...change }, RETRY_DEFAULTS, () => 0.5) !== undefined).toBe(waits);
});

test('nextRetryMs spreads over the whole doubled bound and stops growing at the maximum', () => {
  const wait = (attempt: number, random: number) =>
    nextRetryMs({ ...failed, attempt }, { ...RETRY_DEFAULTS, retries: 20 }, () => random);
  expect(wait(1, 0)).toBe(0);
  expect(wait(1, 1)).toBe(200);
  expect(wait(3, 1)).toBe(800);
  expect(wait(12, 1)).toBe(10_000);
});

test('nextRetryMs never waits less than Retry-After asks', () => {
  const wait = nextRetryMs({ ...failed, status: 429, retryAfterMs: 3_000 }, RETRY_DEFAULTS, () => 0.5);
  expect(wait).toBe(3_100);
});

const now = Date.parse('2026-03-01T10:00:00Z');

test.each([
  { value: null, ms: undefined },
  { value: '0', ms: 0 },
  { value: ' 12 ', ms: 12_000 },
  { value: 'Sun, 01 Mar 2026 10:00:30 GMT', ms: 30_000 },
  { value: 'Sun, 01 Mar 2026 09:00:00 GMT', ms: 0 },
  { value: 'soon', ms: undefined },
])('parseRetryAfter($value) is $ms', ({ value, ms }) => {
  expect(parseRetryAfter(value, now)).toBe(ms);
});
