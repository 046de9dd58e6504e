import { describe, expect, it } from 'vitest';
import { countByStatus } from './statuses.ts';

describe('countByStatus', () => {
  it.each([
    [[], true],
    [['delivered', 'dead', 'superseded', 'cancelled'], true],
    [['delivered', 'retrying'], false],
    [['held'], false],
  ] as const)('%j is done: %s', (statuses, done) => {
    expect(countByStatus(statuses).done).toBe(done);
  });

  it('names every status', () => {
    expect(countByStatus(['delivered', 'delivered', 'dead']).counts).toEqual({
      queued: 0,
      delivering: 0,
      retrying: 0,
      held: 0,
      delivered: 2,
      superseded: 0,
      dead: 1,
      cancelled: 0,
    });
  });
});
