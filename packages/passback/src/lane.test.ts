import { describe, expect, it } from 'vitest';
import { afterOutcome, DEAD_STREAK, DOWN_STREAK, nextProbe, type Streak } from './lane.ts';
import { type Outcome, renewToken } from './outcome.ts';
import type { ReasonCode } from './reasons.ts';

const delivered: Outcome = { kind: 'delivered', detail: '' };
const older: Outcome = { kind: 'older', detail: '' };
const down = transient(true);
const locked = transient(false);

function transient(systemic: boolean): Outcome {
  return {
    kind: 'transient',
    reason: 'PLATFORM_DOWN',
    ambiguous: false,
    systemic,
    finalReason: 'EXPIRED',
    detail: '',
  };
}

function dead(reason: ReasonCode): Outcome {
  return { kind: 'dead', reason, detail: '' };
}

/** Takes one outcome after another, each of a cell, and tells the holds asked for. */
function run(steps: [cell: string, outcome: Outcome][]) {
  let streak: Streak | undefined;
  const holds: (ReasonCode | undefined)[] = [];
  for (const [cell, outcome] of steps) {
    const after = afterOutcome(streak, cell, outcome);
    streak = after.streak;
    holds.push(after.hold);
  }
  return { streak, holds };
}

function cells(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `cell-${index}`);
}

describe('afterOutcome', () => {
  it('holds a lane when so many cells in a row were not served', () => {
    const { holds } = run(cells(DOWN_STREAK).map((cell) => [cell, down]));
    expect(holds).toEqual([undefined, undefined, undefined, undefined, 'PLATFORM_DOWN']);
  });

  it('is not moved by one cell that always fails', () => {
    const { holds, streak } = run(Array.from({ length: 50 }, () => ['stuck', down]));
    expect(holds.some(Boolean)).toBe(false);
    expect(streak?.cells).toEqual(['stuck']);
  });

  it.each([
    ['a delivery', delivered],
    ['an older timestamp', older],
    ['a refusal of one score', dead('USER_NOT_IN_CONTEXT')],
  ])('starts anew after %s', (_name, outcome) => {
    const failures = cells(DOWN_STREAK - 1).map((cell): [string, Outcome] => [cell, down]);
    const { holds, streak } = run([...failures, ['good', outcome], ['last', down]]);
    expect(holds.some(Boolean)).toBe(false);
    expect(streak).toEqual({ reason: 'PLATFORM_DOWN', cells: ['last'] });
  });

  it.each([
    ['a locked grade', locked],
    ['giving up by age', dead('EXPIRED')],
    ['a crash of ours', dead('CRASHED')],
    ['a token to be renewed', { ...renewToken('UNAUTHORIZED'), detail: '' } as Outcome],
  ])('learns nothing from %s', (_name, outcome) => {
    const { streak } = run([
      ['a', down],
      ['b', outcome],
    ]);
    expect(streak).toEqual({ reason: 'PLATFORM_DOWN', cells: ['a'] });
  });

  it('keeps the lane held while probes fail', () => {
    const { holds } = run(cells(DOWN_STREAK + 3).map((cell) => [cell, down]));
    expect(holds.slice(DOWN_STREAK - 1)).toEqual(Array(4).fill('PLATFORM_DOWN'));
  });

  it('holds a lane before it kills more than so many scores for one systemic reason', () => {
    const { holds } = run(cells(DEAD_STREAK).map((cell) => [cell, dead('UNAUTHORIZED')]));
    expect(holds.indexOf('UNAUTHORIZED')).toBe(DEAD_STREAK - 1);
  });

  it('counts each systemic reason by itself', () => {
    const { streak } = run([
      ['a', dead('UNAUTHORIZED')],
      ['b', dead('FORBIDDEN')],
    ]);
    expect(streak).toEqual({ reason: 'FORBIDDEN', cells: ['b'] });
  });

  it('never holds for refusals of single scores', () => {
    const { holds } = run(cells(100).map((cell) => [cell, dead('USER_NOT_IN_CONTEXT')]));
    expect(holds.some(Boolean)).toBe(false);
  });

  it.each([
    ['THROTTLED', { kind: 'throttled', detail: '' }],
    ['CREDENTIALS_REJECTED', { kind: 'holdCredentials', reason: 'CLOCK_SKEW', detail: '' }],
  ] as [ReasonCode, Outcome][])('holds at once for %s', (hold, outcome) => {
    expect(afterOutcome(undefined, 'a', outcome)).toEqual({ hold });
  });
});

describe('nextProbe', () => {
  it.each([
    ['the first at first', ['a', 'b', 'c'], undefined, 'a'],
    ['the one after the last', ['a', 'b', 'c'], 'a', 'b'],
    ['round', ['a', 'b', 'c'], 'c', 'a'],
    ['the first when the last is settled', ['b', 'c'], 'a', 'b'],
    ['the only one again', ['a'], 'a', 'a'],
    ['none of none', [], 'a', undefined],
  ])('takes %s', (_name, undelivered, lastProbe, expected) => {
    expect(nextProbe(undelivered, lastProbe)).toBe(expected);
  });
});
