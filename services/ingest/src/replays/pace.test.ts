import { describe, expect, it } from 'vitest';
import { paceOf } from './pace.ts';

describe('paceOf', () => {
  it.each([
    [undefined, { size: 50, intervalMs: 0 }],
    [0.5, { size: 1, intervalMs: 2_000 }],
    [1, { size: 1, intervalMs: 1_000 }],
    [10, { size: 2, intervalMs: 200 }],
    [1_000, { size: 50, intervalMs: 50 }],
  ])('%s a second', (rate, pace) => {
    expect(paceOf(rate)).toEqual(pace);
  });
});
