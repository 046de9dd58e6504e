import { UsageError } from './errors.ts';

interface Bounds {
  min?: number;
  integer?: boolean;
}

/** Reads a flag's number; undefined stays undefined. Throws {@link UsageError} that names the flag. */
export function numberFlag(
  name: string,
  text: string | undefined,
  { min, integer }: Bounds = {},
): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (
    !Number.isFinite(value) ||
    (integer && !Number.isInteger(value)) ||
    (min !== undefined && value < min)
  ) {
    const wanted = `${integer ? 'a whole number' : 'a number'}${min === undefined ? '' : ` of at least ${min}`}`;
    throw new UsageError(`--${name} must be ${wanted}, not "${text}"`);
  }
  return value;
}
