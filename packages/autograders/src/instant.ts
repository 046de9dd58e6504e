/**
 * A time as graders write it (`2026-03-02T11:28:50.471064-08:00`, `2026-03-02 23:59:59 UTC`, nbgrader's `2026-03-02 11:28:50.471064`,
 * which is UTC), as RFC 3339 in UTC with milliseconds. Undefined when it is none.
 */
export function instantOf(text: string | undefined): string | undefined {
  const match = WRITTEN.exec(text?.trim() ?? '');
  if (!match) return undefined;
  const [, day, time, fraction = '', zone = 'Z'] = match;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const date = new Date(`${day}T${time}.${milliseconds}${offsetOf(zone)}`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

const WRITTEN = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?$/i;

function offsetOf(zone: string): string {
  return /^[+-]/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(-2)}` : 'Z';
}
