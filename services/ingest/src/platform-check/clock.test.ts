import { describe, expect, it } from 'vitest';
import { compareClocks } from './clock.ts';

const ours = Date.parse('2027-01-31T12:00:00.000Z');
const at = (offsetMs: number) => new Date(ours + offsetMs).toUTCString();

describe('compareClocks', () => {
  it.each([
    ['the same second', at(0), true, 'agree'],
    ['a little behind us', at(-3_000), true, 'no harm'],
    ['we are far ahead', at(-20_000), false, '19 s ahead'],
    ['a minute before us is harmless', at(60_000), true, 'no harm'],
    ['we are far behind', at(600_000), false, '600 s behind'],
    ['no date', undefined, true, 'does not tell'],
    ['a broken date', 'yesterday', true, 'does not tell'],
  ])('%s', (_, date, ok, words) => {
    const finding = compareClocks(date, ours, ours + 200);
    expect(finding.ok).toBe(ok);
    expect(finding.detail).toContain(words);
  });
});
