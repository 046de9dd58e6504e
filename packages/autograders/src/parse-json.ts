const MAX_DEPTH = 100;

export type ParsedJson = { ok: true; value: unknown } | { ok: false; detail: string };

/**
 * Parses JSON from a stranger. Whoever reads it may recurse, so it is at most 100 levels deep; and a number too large to be one, which
 * JavaScript takes for infinity and writes as null, is refused: null would clear a grade. The detail quotes nothing of the text.
 */
export function parseJson(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, detail: 'is not JSON' };
  }
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return { ok: false, detail: `is nested deeper than ${MAX_DEPTH} levels` };
    if (level.some(isInfinite)) return { ok: false, detail: 'holds a number that is too large' };
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return { ok: true, value };
}

const isInfinite = (value: unknown) => typeof value === 'number' && !Number.isFinite(value);
