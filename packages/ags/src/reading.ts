import type { PlatformAnswer, PlatformResponse } from './messages.ts';

/** What was read from an answer, or in our words why it could not be; the answer is for the classifier. */
export type Reading<T> = { ok: true; value: T } | { ok: false; answer: PlatformResponse; problem: string };

/** The same for a whole exchange, which may have had no answer at all. */
export type ExchangeReading<T> =
  | { ok: true; value: T }
  | { ok: false; answer: PlatformAnswer; problem: string };

/** Any 2xx: Open edX says 201 to a score, Sakai 200 to a created line item. */
export function isSuccess(answer: PlatformResponse): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** Reads JSON whatever its content type (Moodle's tokens come as text/html). */
export function readJson(answer: PlatformResponse): Reading<unknown> {
  if (!isSuccess(answer)) return failed(answer, `status ${answer.status}`);
  try {
    return { ok: true, value: JSON.parse(answer.body) };
  } catch {
    return failed(answer, notJson(answer));
  }
}

export function failed(
  answer: PlatformResponse,
  problem: string,
): { ok: false; answer: PlatformResponse; problem: string } {
  return { ok: false, answer, problem };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isHtml(body: string): boolean {
  return /^\s*<(?:!doctype|html|head|body|!--|\?xml|div|p|h\d|title|br|script|b)\b/i.test(body);
}

function notJson(answer: PlatformResponse): string {
  if (answer.truncated) return 'the answer is longer than the limit';
  if (answer.body.trim() === '') return 'the answer is empty';
  return isHtml(answer.body) ? 'the answer is HTML instead of JSON' : 'the answer is not JSON';
}
