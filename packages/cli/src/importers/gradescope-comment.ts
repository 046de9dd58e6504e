import type { GradescopeResults, GradescopeTest } from './gradescope.ts';

const MAX_OUTPUT_LENGTH = 200;
const MAX_COMMENT_LENGTH = 2_000;
/** What reads as it is. HTML and terminal colours would arrive as tags and escape codes. */
const PLAIN_FORMATS = new Set(['text', 'simple_format', 'md']);

/**
 * What a student may read about a graded submission: its overall output, then a line for each test that is visible now. Nothing of a
 * test that is `hidden`, `after_due_date` or `after_published` gets in, not even its name, because a comment in a gradebook shows
 * at once. Undefined when nothing is left.
 */
export function commentOf(results: GradescopeResults): string | undefined {
  const visible = (results.tests ?? []).filter((test) => isVisible(test.visibility ?? results.visibility));
  const overall = isVisible(results.visibility) ? plainText(results.output, results.output_format) : '';
  const lines = [overall, ...visible.map((test) => lineOf(test, results.test_output_format))].filter(Boolean);
  return lines.length === 0 ? undefined : cut(lines.join('\n'), MAX_COMMENT_LENGTH);
}

const isVisible = (visibility: unknown) => visibility === undefined || visibility === 'visible';

function lineOf(test: GradescopeTest, outputFormat: unknown): string {
  const name = [test.number, test.name].filter(Boolean).join(' ') || 'test';
  const points =
    test.score === undefined ? '' : `: ${test.score}${test.max_score ? `/${test.max_score}` : ''}`;
  const output = isPassed(test)
    ? ''
    : plainText(test.output, test.output_format ?? outputFormat).replace(/\s+/g, ' ');
  return `${name}${points}${output && ` (${cut(output, MAX_OUTPUT_LENGTH)})`}`;
}

function isPassed({ status, score, max_score }: GradescopeTest): boolean {
  return (
    status === 'passed' || (status === undefined && score !== undefined && score >= (max_score ?? score))
  );
}

function plainText(output: unknown, format: unknown): string {
  const readable = format === undefined || PLAIN_FORMATS.has(String(format));
  return typeof output === 'string' && readable ? output.trim() : '';
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
