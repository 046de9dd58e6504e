import { describe, expect, test } from 'vitest';
import { readPromql } from './promql.ts';

describe('readPromql', () => {
  test.each([
    ['up == 1', ['up'], []],
    [
      'max by (platform) (gradewire_undelivered{platform=~"$p"})',
      ['gradewire_undelivered{platform}'],
      ['platform'],
    ],
    [
      'sum(rate(a_total{code="x{y}", b!="2"}[5m])) / sum(rate(b_total[5m])) > 0.01',
      ['a_total{code,b}', 'b_total'],
      [],
    ],
    ['a unless on (instance) b', ['a', 'b'], ['instance']],
    ['x offset 1h or x * 0', ['x', 'x'], []],
    ['histogram_quantile(0.95, sum by (le) (rate(t_bucket[$__rate_interval])))', ['t_bucket'], ['le']],
    ['count(a > 0) or vector(0)', ['a'], []],
  ])('%s', (expression, metrics, grouping) => {
    const read = readPromql(expression);
    expect(read.uses.map(({ metric, labels }) => metric + (labels.length ? `{${labels}}` : ''))).toEqual(
      metrics,
    );
    expect(read.grouping).toEqual(grouping);
  });

  test.each(['sum(rate(a[5m])', 'sum(a}', 'a ; b', 'a)'])('refuses %s', (expression) => {
    expect(() => readPromql(expression)).toThrow();
  });
});
