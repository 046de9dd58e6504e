import { describe, expect, it } from 'vitest';
import { wordsFor } from './holdings.ts';

describe('wordsFor', () => {
  it.each([
    [{ shown: 0, delivered: 0, waiting: 0 }, undefined],
    [{ shown: 1, delivered: 0, waiting: 0 }, 'The column shows 1 grade.'],
    [
      { shown: 23, delivered: 20, waiting: 3 },
      'The column shows 23 grades. Scores of 20 students were delivered to it. 3 scores still to be sent to it.',
    ],
    [{ shown: 0, delivered: 2, waiting: 0 }, 'Scores of 2 students were delivered to it.'],
    // What cannot be seen may be there.
    [
      { shown: 'unknown' as const, delivered: 0, waiting: 0 },
      'The platform does not let us see whether the column holds grades.',
    ],
  ])('%j', (holdings, words) => {
    expect(wordsFor(holdings)).toBe(words);
  });
});
