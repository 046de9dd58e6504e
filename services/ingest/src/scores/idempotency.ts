import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../auth.ts';
import { fingerprintOf } from '../http/fingerprint.ts';
import { invalid } from '../http/validate.ts';

const MAX_KEY_LENGTH = 255;

/** What makes a repeated request the same request. */
export interface Idempotency {
  /** The caller's key, scoped to the API key and the route, and hashed. */
  key: string;
  /** Of the body as it was sent, whatever the order of its members. */
  fingerprint: string;
}

/**
 * Reads the Idempotency-Key header; undefined without one.
 * @throws Problem `INVALID` when it is empty, over-long or holds anything but visible ASCII
 */
export function readIdempotency(
  headers: IncomingHttpHeaders,
  principal: Principal,
  route: string,
  body: unknown,
): Idempotency | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^[\x21-\x7e]+$/.test(header) || header.length > MAX_KEY_LENGTH) {
    throw invalid([
      { pointer: 'Idempotency-Key', detail: `takes 1 to ${MAX_KEY_LENGTH} visible ASCII characters` },
    ]);
  }
  const scoped = JSON.stringify([principal.keyId, route, header]);
  return {
    key: createHash('sha256').update(scoped).digest('base64url').slice(0, 32),
    fingerprint: fingerprintOf(body),
  };
}
