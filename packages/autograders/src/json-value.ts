export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member as an object; an empty one where it is none. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = own(object, name);
  return isObject(value) ? value : {};
}

/**
 * The member as a text without blanks around it. Ids come as numbers too, but not beyond 2^53: there JSON has made another number of
 * it by now, somebody else's. Undefined when it says nothing.
 */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = own(object, name);
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  return (typeof value === 'string' && value.trim()) || undefined;
}

/** The member as a number, which may be written as a text. Undefined when it is none. */
export function numberIn(object: JsonObject, name: string): number | undefined {
  const value = own(object, name);
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Adds decimals as people do: 0.1 + 0.2 is 0.3. */
export function sum(numbers: readonly number[]): number {
  return Number(numbers.reduce((total, number) => total + number, 0).toFixed(6));
}

function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
