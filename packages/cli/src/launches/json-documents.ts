/** One JSON value of a file, and where it was. */
export interface JsonDocument {
  source: string;
  value: unknown;
}

/**
 * The documents of a JSON file: those of a list, a single one, or one a line, as `mongoexport` writes them. Values of MongoDB's
 * Extended JSON become plain ones. A line that is no JSON comes back without a value. Throws when the file is neither.
 */
export function readDocuments(text: string, file: string): JsonDocument[] {
  const plain = text.replace(/^\uFEFF/, '');
  const whole = parsed(plain);
  if (whole.ok) {
    const values = Array.isArray(whole.value) ? whole.value : [whole.value];
    const one = values.length === 1;
    return values.map((value, index) => ({
      source: one ? file : `${file}[${index}]`,
      value: unwrapped(value),
    }));
  }
  const lines = plain.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const one = parsed(line);
    const source = `${file}:${index + 1}`;
    return [one.ok ? { source, value: unwrapped(one.value) } : { source, value: undefined }];
  });
  if (lines.every(({ value }) => value === undefined)) throw new Error('is not JSON');
  return lines;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/** https://www.mongodb.com/docs/manual/reference/mongodb-extended-json, of which exports of launches hold dates and numbers. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (!isObject(value)) return value;
  const { $date: date, $numberLong: long, $numberInt: int, $oid: oid } = value;
  if (date !== undefined) return isObject(date) ? Number(date.$numberLong) : date;
  if (long !== undefined || int !== undefined) return Number(long ?? int);
  if (oid !== undefined) return oid;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unwrapped(member)]));
}
