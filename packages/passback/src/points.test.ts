import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradeOf, pointsOf, withoutNoise } from './points.ts';

const posted = (scoreGiven: number, scoreMaximum: number) => pointsOf({ scoreGiven, scoreMaximum });

describe('pointsOf', () => {
  it.each([
    ['a sum that floats spoil', 0.1 + 0.2, 1, 0.3],
    ['a product that falls short', 0.57 * 100, 100, 57],
    ['a thousand tenths', Array.from({ length: 1000 }, () => 0.1).reduce((a, b) => a + b), 100, 100],
    ['what five decimals hold', 87.12345, 100, 87.12345],
    ['what they hold, and floats do not', 8.2, 10, 8.2],
    ['more decimals, cut', 87.123456789, 100, 87.12345],
    ['a third', 1 / 3, 1, 0.33333],
    ['two thirds of a hundred', 200 / 3, 100, 66.66666],
    ['just below a pass mark', 49.999996, 100, 49.99999],
    ['just below the maximum', 99.999999, 100, 99.99999],
    ['a maximum with more decimals, reached', 10.1234567, 10.1234567, 10.1234567],
    ['a third of a hundred of a third of a hundred', 100 / 3, 100 / 3, 33.3333333333],
    ['above the maximum', 110.5, 100, 110.5],
    ['nothing', 0, 10, 0],
    ['hardly anything', 0.000001, 100, 0.000001],
    ['a tiny maximum', 2.5e-8, 1e-7, 2.5e-8],
    ['huge points', 1e22, 1e22, 1e22],
    ['the least number there is', 5e-324, 5e-324, 5e-324],
    ['the largest', Number.MAX_VALUE, Number.MAX_VALUE, 1.79769313486e308],
  ])('%s', (_name, given, maximum, expected) => {
    expect(posted(given, maximum).scoreGiven).toBe(expected);
  });

  it('takes the noise out of the maximum too', () => {
    expect(posted(0.3, 0.1 + 0.2)).toEqual({ scoreGiven: 0.3, scoreMaximum: 0.3 });
  });

  it('gives none where there is no grade', () => {
    expect(pointsOf({ scoreGiven: null, scoreMaximum: 10 })).toEqual({});
    expect(pointsOf({ scoreMaximum: 10 })).toEqual({});
  });

  const points = fc.double({ min: 0, max: 1e6, noNaN: true });
  const maximum = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

  it('never goes beyond the maximum, nor leaves it, nor falls to nothing', () => {
    fc.assert(
      fc.property(points, maximum, (given, scoreMaximum) => {
        const wire = posted(given, scoreMaximum);
        if (given <= scoreMaximum) expect(wire.scoreGiven!).toBeLessThanOrEqual(wire.scoreMaximum!);
        expect(posted(scoreMaximum, scoreMaximum).scoreGiven).toBe(wire.scoreMaximum);
        if (given > 0) expect(wire.scoreGiven).toBeGreaterThan(0);
        expect(Math.abs(wire.scoreGiven! - given)).toBeLessThanOrEqual(1e-5 + given * 1e-11);
      }),
    );
  });

  it('passes whoever passed and fails whoever failed, at any mark of five decimals', () => {
    const mark = fc.integer({ min: 1, max: 10_000_000 }).map((units) => units / 1e5);
    const near = fc.oneof(fc.double({ min: -1e-4, max: 1e-4, noNaN: true }), fc.constant(0));
    fc.assert(
      fc.property(mark, near, (passMark, distance) => {
        const given = Math.max(0, passMark + distance);
        // As far as twelve digits tell them apart.
        const passed = withoutNoise(given) >= passMark;
        expect(posted(given, 100).scoreGiven! >= passMark).toBe(passed);
      }),
    );
  });

  it('is the same when it is done again', () => {
    fc.assert(
      fc.property(points, maximum, (scoreGiven, scoreMaximum) => {
        const once = pointsOf({ scoreGiven, scoreMaximum });
        expect(pointsOf(once)).toEqual(once);
      }),
    );
  });
});

describe('gradeOf', () => {
  it('goes by what is posted', () => {
    expect(gradeOf({ scoreGiven: 0.1 + 0.2, scoreMaximum: 1 })).toBe(0.3);
    expect(gradeOf({ scoreGiven: 200 / 3, scoreMaximum: 100 })).toBeCloseTo(0.6666666, 12);
    expect(gradeOf({ scoreGiven: null })).toBeUndefined();
  });
});
