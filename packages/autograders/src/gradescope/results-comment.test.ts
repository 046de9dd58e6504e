import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GradescopeResults } from './results.ts';
import { resultsComment } from './results-comment.ts';

const commentOf = (results: GradescopeResults) => resultsComment(results).comment;

test('nothing of a test that students cannot see yet gets into the comment', () => {
  const secret = (visibility: string) => ({
    name: `SECRET name of ${visibility}`,
    number: 'SECRET 9',
    score: 1,
    max_score: 7,
    output: 'SECRET expected 42',
    visibility,
  });
  const comment = commentOf({
    tests: [
      {
        number: '1',
        name: 'insert',
        score: 2,
        max_score: 5,
        output: 'expected [1]\n got []',
        status: 'failed',
      },
      { number: '2', name: 'remove', score: 5, max_score: 5, output: 'fine', status: 'passed' },
      secret('hidden'),
      secret('after_due_date'),
      secret('after_published'),
      secret('something new'),
    ],
  });
  expect(comment).toBe('1 insert: 2/5 (expected [1] got [])\n2 remove: 5/5');
});

test('a visibility at the top is that of the output and of every test without its own', () => {
  const tests = [
    { name: 'a', score: 1, max_score: 1 },
    { name: 'b', score: 1, max_score: 1, visibility: 'visible' },
  ];
  expect(commentOf({ visibility: 'after_due_date', output: 'SECRET', tests })).toBe('b: 1/1');
  expect(commentOf({ visibility: 'hidden', output: 'SECRET', tests: tests.slice(0, 1) })).toBeUndefined();
});

test('the comment begins with the overall output, leaves markup out and has an end', () => {
  const output = 'Late by a day.';
  const html = { name: 'h', score: 0, max_score: 1, output: '<b>no</b>', output_format: 'html' };
  const marked = { name: '<i>m</i>', name_format: 'html', number: '7', score: 1, max_score: 1 };
  const long = { name: 'l', score: 0, max_score: 1, output: 'x'.repeat(5_000) };
  expect(commentOf({ output, tests: [html, marked, long] })).toMatch(
    /^Late by a day\.\nh: 0\/1\n7: 1\/1\nl: 0\/1 \(x{199}…\)$/,
  );
  const many = Array.from({ length: 200 }, () => ({ ...long }));
  expect(commentOf({ tests: many })).toHaveLength(2_000);
});

test('the comment is text that a score may hold: no half characters, no control characters', () => {
  expect(commentOf({ output: 'red \u001b[31m\u0000\ud800 end', tests: [] })).toBe('red [31m\ufffd end');
  expect(commentOf({ output: '😀'.repeat(3_000), tests: [] })?.isWellFormed()).toBe(true);
});

test('whatever is in a file, no hidden test is in the comment', () => {
  const texts = fc.oneof(fc.string(), fc.jsonValue());
  const test = fc.record(
    {
      name: texts,
      number: texts,
      output: texts,
      score: fc.nat(100),
      max_score: fc.nat(100),
      status: fc.constantFrom('passed', 'failed', undefined, null),
      visibility: fc.constantFrom('visible', undefined, null),
      name_format: fc.constantFrom('text', 'html', undefined),
      output_format: fc.constantFrom('text', 'ansi', undefined),
    },
    { requiredKeys: [] },
  );
  const hiding = fc.oneof(
    fc.constantFrom('hidden', 'after_due_date', 'after_published', 'Visible', ''),
    fc.jsonValue().filter((value) => value !== null && value !== 'visible'),
  );
  const secret = fc.record({
    name: fc.constant('secret-name'),
    number: fc.constant('secret-number'),
    output: fc.constant('secret-output'),
    score: fc.nat(100),
    max_score: fc.nat(100),
    visibility: hiding,
  });
  const results = fc.record(
    {
      output: texts,
      visibility: fc.oneof(hiding, fc.constantFrom('visible', undefined)),
      tests: fc.array(fc.oneof(test, secret)),
      test_output_format: texts,
    },
    { requiredKeys: ['tests'] },
  );
  fc.assert(
    fc.property(results, (value) => {
      expect(commentOf(value as GradescopeResults) ?? '').not.toMatch(/secret-(name|number|output)/);
    }),
  );
});
