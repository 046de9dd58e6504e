import { describe, expect, it } from 'vitest';
import { nextProbe } from './lane.ts';

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
