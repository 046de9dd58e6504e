/**
 * Reads `Retry-After` (RFC 9110 section 10.2.3): seconds or an HTTP date in any of its three forms. `now` is
 * in milliseconds. Returns milliseconds to wait, 0 for a date that has passed, undefined for what cannot be
 * read. The header given several times means the longest wait. Not capped.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (SECONDS.test(text)) {
    const seconds = Math.max(...text.split(',').map(Number));
    return Math.min(Math.ceil(seconds * 1000), Number.MAX_SAFE_INTEGER);
  }
  if (!HTTP_DATE.test(text)) return undefined;
  // The asctime form names no zone and means UTC; Date.parse would take it for local time.
  const at = Date.parse(/(?:GMT|UTC|Z|[+-]\d{4})$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const SECONDS = /^\d+(?:\.\d+)?(?:\s*,\s*\d+(?:\.\d+)?)*$/;
const HTTP_DATE = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s.*\d\d:\d\d:\d\d/i;
