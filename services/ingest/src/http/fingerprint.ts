import { createHash } from 'node:crypto';

/**
 * What tells one JSON body from another: a hash that does not depend on the order of members or on white space.
 * Recurses, so only for bodies whose depth was checked.
 */
export function fingerprintOf(body: unknown): string {
  const canonical = JSON.stringify(body, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('base64url');
}
