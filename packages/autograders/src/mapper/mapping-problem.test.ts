import { expect, test } from 'vitest';
import { mappingProblem } from './mapping-problem.ts';

test.each(['{"userId": id, "scoreGiven": mark}', '$.grades[score > 0].{"userId": who}', '/* nothing */ []'])(
  '%s is a mapping',
  (mapping) => {
    expect(mappingProblem(mapping)).toBeUndefined();
  },
);

test.each([
  {
    mapping: '{"userId": id',
    problem: 'is not JSONata at character 13: Expected "}" before end of expression',
  },
  { mapping: 'grades[', problem: /^is not JSONata/ },
  { mapping: 'a ~~ b', problem: /^is not JSONata at character 3: / },
  { mapping: '/(/', problem: /^is not JSONata|regular expression/ },
  { mapping: '/[/', problem: /regular expression|is not JSONata/ },
  { mapping: '$match(a, /(?<n>/)', problem: /./ },
  { mapping: '  ', problem: 'is empty' },
  { mapping: `"${'x'.repeat(16_384)}"`, problem: 'is longer than 16384 bytes' },
  { mapping: `"${'ü'.repeat(8_192)}"`, problem: 'is longer than 16384 bytes' },
  { mapping: '('.repeat(16_000), problem: 'is nested too deeply' },
])('$problem', ({ mapping, problem }) => {
  const found = mappingProblem(mapping);
  expect(found).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem));
});
