/** The JSON object in a body, or undefined for anything else. */
export function readObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Absent and null are the same to most platforms. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A number, or a string that reads as one. */
export function asNumeric(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** The base of a `Content-Type` or `Accept`, parameters cut off. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim() ?? '';
}
