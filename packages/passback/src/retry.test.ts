import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdIntervalMs, isExpired, MAX_RETRY_AFTER_MS, nextDelayMs } from './retry.ts';

const POLICY = { baseMs: 2000, maxMs: 900_000, maxAgeMs: 259_200_000 };

describe('nextDelayMs', () => {
  it.each([
    [1, 0.5, undefined, 1000],
    [2, 0.5, undefined, 2000],
    [3, 0.5, undefined, 4000],
    [9, 0.5, undefined, 256_000],
    [10, 0.5, undefined, 450_000],
    [5000, 0.5, undefined, 450_000],
    [1, 0, undefined, 0],
    [1, 0, 300_000, 300_000],
    [10, 0.5, 300_000, 450_000],
    [1, 0, 86_400_000, MAX_RETRY_AFTER_MS],
  ])('after attempt %i, by chance %d, asked for %s: %i ms', (attempt, chance, retryAfterMs, expected) => {
    expect(nextDelayMs(attempt, POLICY, () => chance, retryAfterMs)).toBe(expected);
  });

  it('stays between what the platform asked for and the longest wait', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const asked = fc.option(fc.integer({ min: 0, max: 10 * MAX_RETRY_AFTER_MS }), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), chance, asked, (attempt, random, retryAfterMs) => {
        const delayMs = nextDelayMs(attempt, POLICY, () => random, retryAfterMs);
        const floorMs = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
        expect(delayMs).toBeGreaterThanOrEqual(floorMs);
        expect(delayMs).toBeLessThanOrEqual(Math.max(floorMs, POLICY.maxMs));
        expect(delayMs).toBeLessThanOrEqual(Math.max(floorMs, POLICY.baseMs * 2 ** (attempt - 1)));
      }),
    );
  });
});

describe('isExpired', () => {
  it.each([
    ['young', 0, POLICY.maxAgeMs - 1, false],
    ['old', 0, POLICY.maxAgeMs, true],
    ['old, but held for part of it', 1000, POLICY.maxAgeMs + 999, false],
    ['old even without the held time', 1000, POLICY.maxAgeMs + 1000, true],
    ['held for a time that cannot be', -5000, POLICY.maxAgeMs - 1, false],
  ])('%s', (_name, heldMs, age, expected) => {
    expect(isExpired(50, heldMs, 50 + age, POLICY)).toBe(expected);
  });
});

describe('holdIntervalMs', () => {
  const bounds = { baseMs: 1000, maxMs: 30_000 };

  it.each([
    [0, undefined, 1000],
    [1, undefined, 2000],
    [4, undefined, 16_000],
    [5, undefined, 30_000],
    [2000, undefined, 30_000],
    [0, 45_000, 45_000],
    [0, 500, 1000],
    [0, 86_400_000, MAX_RETRY_AFTER_MS],
  ])('level %i, asked for %s: %i ms', (level, retryAfterMs, expected) => {
    expect(holdIntervalMs(level, bounds, retryAfterMs)).toBe(expected);
  });
});
