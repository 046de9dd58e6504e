import { describe, expect, it } from 'vitest';
import { boundStates } from './redis-gauges.ts';

const state = (platform: string, undelivered: number, oldestSeconds: number, held: string[] = []) => ({
  platform,
  undelivered,
  oldestSeconds,
  dead: [{ reason: 'REJECTED', count: 1 }],
  unmatched: 2,
  held,
});

describe('boundStates', () => {
  it('leaves few platforms as they are', () => {
    const states = [state('a', 1, 2), state('b', 3, 4)];
    expect(boundStates(states, 2)).toEqual(states);
  });

  it('sums the rest up as other, with the oldest age', () => {
    const states = [
      state('a', 1, 2),
      state('b', 3, 40, ['THROTTLED']),
      state('c', 5, 6, ['THROTTLED']),
      state('d', 0, 0),
    ];
    expect(boundStates(states, 1)).toEqual([
      states[0],
      {
        platform: 'other',
        undelivered: 8,
        oldestSeconds: 40,
        dead: [{ reason: 'REJECTED', count: 3 }],
        unmatched: 6,
        held: ['THROTTLED'],
      },
    ]);
  });
});
