import { commentField, cut, pointsLine } from '../comment.ts';
import { type JsonObject, textIn } from '../json-value.ts';
import type { GradescopeResults, GradescopeTest } from './results.ts';

const MAX_OUTPUT_LENGTH = 200;
/** What reads as it is. HTML and terminal colours would arrive as tags and escape codes. */
const PLAIN_FORMATS: ReadonlySet<unknown> = new Set(['text', 'simple_format', 'md']);

/**
 * What a student may read about a graded submission: its overall output, then a line for each test that is visible now. Nothing of a
 * test that is `hidden`, `after_due_date` or `after_published` gets in, not even its name, because a comment in a gradebook shows
 * at once. Absent when nothing is left.
 */
export function resultsComment(results: GradescopeResults): { comment?: string } {
  const visible = (results.tests ?? []).filter((test) => isVisible(test.visibility ?? results.visibility));
  const overall = isVisible(results.visibility) ? plainText(results, 'output', results.output_format) : '';
  return commentField([overall, ...visible.map((test) => lineOf(test, results))]);
}

const isVisible = (visibility: unknown) => (visibility ?? 'visible') === 'visible';

function lineOf(test: GradescopeTest, results: GradescopeResults): string {
  const nameFormat = test.name_format ?? results.test_name_format;
  const name = [textIn(test, 'number'), plainText(test, 'name', nameFormat)].filter(Boolean).join(' ');
  const points = pointsLine(name || 'test', test.score ?? undefined, test.max_score ?? undefined);
  if (isPassed(test)) return points;
  const outputFormat = test.output_format ?? results.test_output_format;
  const output = plainText(test, 'output', outputFormat).replace(/\s+/g, ' ');
  return output === '' ? points : `${points} (${cut(output, MAX_OUTPUT_LENGTH)})`;
}

function isPassed({ status, score, max_score }: GradescopeTest): boolean {
  if (status !== undefined && status !== null) return status === 'passed';
  return typeof score === 'number' && score >= (max_score ?? score);
}

function plainText(object: JsonObject, name: string, format: unknown): string {
  const readable = format === undefined || format === null || PLAIN_FORMATS.has(format);
  const text = object[name];
  return typeof text === 'string' && readable ? text.trim() : '';
}
