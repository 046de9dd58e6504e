import { describe, expect, it } from 'vitest';
import { boundedLabel, statusClass } from './labels.ts';

describe('boundedLabel', () => {
  it('lets the first values pass for good and counts the rest together', () => {
    const label = boundedLabel(2);
    expect(['a', 'b', 'c', 'a', 'd', 'b'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other', 'b']);
  });
});

describe('statusClass', () => {
  it.each([
    [200, '2xx'],
    [204, '2xx'],
    [503, '5xx'],
    [undefined, 'none'],
  ])('%s is %s', (status, expected) => {
    expect(statusClass(status)).toBe(expected);
  });
});
