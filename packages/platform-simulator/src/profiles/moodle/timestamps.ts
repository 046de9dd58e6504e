const CALENDAR = /^(\d{4})-?(\d{2})-?(\d{2})$/;
const ORDINAL = /^(\d{4})-?(\d{3})$/;
const WEEK = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/;
const TIME = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

const DAY_MS = 86_400_000;

/**
 * Reads every ISO 8601 form that Moodle takes: extended, basic, week and ordinal dates, date only, a space for the T, no zone (read as UTC).
 * @returns ms since the epoch in whole seconds, or undefined (epoch numbers and anything else)
 */
export function parseIso8601(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const [datePart = '', timePart, ...rest] = value.split(/[T ]/);
  if (rest.length > 0) return undefined;
  const day = parseDate(datePart);
  if (day === undefined || timePart === undefined) return day;
  const time = TIME.exec(timePart);
  if (!time) return undefined;
  const [hours, minutes, seconds] = [time[1], time[2] ?? '0', time[3] ?? '0'].map(Number) as [
    number,
    number,
    number,
  ];
  if (hours > 24 || minutes > 59 || seconds > 60) return undefined;
  return day + ((hours * 60 + minutes) * 60 + seconds) * 1000 - zoneMs(time[4]);
}

function parseDate(value: string): number | undefined {
  const calendar = CALENDAR.exec(value);
  if (calendar) {
    const [year, month, day] = calendar.slice(1).map(Number) as [number, number, number];
    return month >= 1 && month <= 12 && day >= 1 && day <= 31 ? Date.UTC(year, month - 1, day) : undefined;
  }
  const ordinal = ORDINAL.exec(value);
  if (ordinal) return Date.UTC(Number(ordinal[1]), 0, 1) + (Number(ordinal[2]) - 1) * DAY_MS;
  const week = WEEK.exec(value);
  if (!week) return undefined;
  // ISO week 1 holds January 4th.
  const january4 = Date.UTC(Number(week[1]), 0, 4);
  const monday = january4 - ((new Date(january4).getUTCDay() + 6) % 7) * DAY_MS;
  return monday + ((Number(week[2]) - 1) * 7 + Number(week[3] ?? 1) - 1) * DAY_MS;
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
