import { z } from 'zod';

const MAX_URL_LENGTH = 2048;
const MAX_DEPTH = 20;
const MAX_EXTENSIONS_BYTES = 16_384;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** An identifier or a name: not blank, no control characters, and what it is stored as. */
export function nameField(maxLength: number) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(maxLength, `must be at most ${maxLength} characters`)
    .refine((text) => text.trim() !== '' || text === '', 'must not be blank')
    .refine((text) => !CONTROL_CHARACTER.test(text), 'must not hold control characters')
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
}

/** A text for people. */
export function textField(maxLength: number) {
  return z
    .string()
    .max(maxLength, `must be at most ${maxLength} characters`)
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
}

/** An absolute http or https URL without a user name or password. Which hosts are allowed is the platform's to say. */
export function urlField() {
  return z
    .string()
    .max(MAX_URL_LENGTH, `must be at most ${MAX_URL_LENGTH} characters`)
    .refine(isWebUrl, 'must be an absolute http or https URL without a user name')
    .meta({ format: 'uri' });
}

/** A point in time with a zone, brought to UTC with milliseconds. */
export function timestampField() {
  return z.iso
    .datetime({
      offset: true,
      error: 'must be a date and time with a zone, such as 2026-11-20T16:04:05.123Z',
    })
    .refine((text) => !(Date.parse(text) < 0), 'must not be before 1970')
    .overwrite(utcMilliseconds);
}

/** An object of the caller's, of at most so many bytes as JSON. */
export function jsonObjectField<Key extends z.core.$ZodRecordKey>(key: Key, maxBytes: number) {
  return z.record(key, z.unknown()).superRefine((value, context) => {
    const message = tooDeep(value)
      ? `must not be nested deeper than ${MAX_DEPTH} levels`
      : Buffer.byteLength(JSON.stringify(value)) > maxBytes && `must be at most ${maxBytes} bytes as JSON`;
    if (message) context.addIssue({ code: 'custom', message });
  });
}

/** Vendors' members, each named by a URL. */
export function extensionsField() {
  const name = z
    .string()
    .refine((text) => /^https:/.test(text) && URL.canParse(text), 'must be named by an https URL');
  return jsonObjectField(name, MAX_EXTENSIONS_BYTES);
}

/** The scale of points. */
export function pointsAvailableField() {
  return z.number().positive('must be greater than 0');
}

function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  // The parser drops or escapes these; kept as written, the text would not be the address.
  const isClean = !/\s/.test(text) && !CONTROL_CHARACTER.test(text) && text.isWellFormed();
  return isClean && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

function utcMilliseconds(text: string): string {
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? text : new Date(instant).toISOString();
}

// Not by recursion, and before any JSON.stringify: a megabyte of brackets would overflow the stack.
function tooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}
