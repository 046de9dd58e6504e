import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf } from './instant.ts';

test.each([
  ['2026-03-02T11:28:50.471064-08:00', '2026-03-02T19:28:50.471Z'],
  ['2026-03-02T11:28:50Z', '2026-03-02T11:28:50.000Z'],
  ['2026-03-02 23:59:59 UTC', '2026-03-02T23:59:59.000Z'],
  ['2026-03-02 23:59:59 -0430', '2026-03-03T04:29:59.000Z'],
  ['2015-02-02 14:58:23.948203', '2015-02-02T14:58:23.948Z'],
  [' 2015-02-02 14:58:23.9 ', '2015-02-02T14:58:23.900Z'],
  ['2026-03-02', undefined],
  ['2026-13-02 11:28:50', undefined],
  ['MM-DD-YYYY', undefined],
  ['yesterday', undefined],
  ['', undefined],
  [undefined, undefined],
])('instantOf(%j) is %j', (text, instant) => {
  expect(instantOf(text)).toBe(instant);
});

test('instantOf reads what it writes', () => {
  const dates = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(dates, (date) => {
      expect(instantOf(date.toISOString())).toBe(date.toISOString());
    }),
  );
});
