import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

const NOW = Date.parse('1994-11-06T08:49:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['300', 300_000],
    [' 7 ', 7000],
    ['1.5', 1500],
    ['2, 30', 30_000],
    ['99999999999999999999', Number.MAX_SAFE_INTEGER],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
    ['Sun Nov  6 08:49:37 1994', 37_000],
    ['Sun, 06 Nov 1994 10:49:37 +0200', 37_000],
    ['Sun, 06 Nov 1994 08:48:00 GMT', 0],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['NaN', undefined],
    ['1994', 1994_000],
    ['Sun, 99 Foo 1994 08:49:37 GMT', undefined],
    ['5 minutes', undefined],
    [undefined, undefined],
  ])('%j', (value, expected) => {
    expect(parseRetryAfter(value, NOW)).toBe(expected);
  });

  it('reads any number of seconds and any HTTP date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seconds) => {
        expect(parseRetryAfter(`${seconds}`, NOW)).toBe(seconds * 1000);
        expect(parseRetryAfter(new Date(NOW + seconds * 1000).toUTCString(), NOW)).toBe(seconds * 1000);
      }),
    );
  });

  it('answers any text with a safe number of milliseconds or nothing', () => {
    const date = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          date.map((at) => at.toUTCString()),
        ),
        (value) => {
          const wait = parseRetryAfter(value, NOW);
          expect(wait === undefined || (Number.isSafeInteger(wait) && wait >= 0)).toBe(true);
        },
      ),
    );
  });
});
