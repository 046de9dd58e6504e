import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Claims, readClaims } from './claims.ts';
import { keyOf } from './secret.ts';
import type { Verification, Verifier, WebhookRequest } from './verifier.ts';

const MINUTE = 60_000;
/** Either way, as Standard Webhooks' own libraries have it: what was recorded cannot be sent again for long. */
const TIMESTAMP_TOLERANCE_MS = 5 * MINUTE;

/**
 * To verify against when there is no such source: it takes as long, and fails, since nobody has the secret.
 */
export const NO_SOURCE: Verifier = {
  scheme: 'hmac-sha256',
  secrets: [createHash('sha256').update(crypto.randomUUID()).digest('hex')],
};

/**
 * Whether a webhook is its source's own, over its very bytes. Which of the secrets signed it, and where a wrong signature
 * begins to be wrong, cannot be told from the time it takes; nor, but for what reading the headers takes, can the scheme.
 */
export function verifyWebhook(
  verifier: Verifier,
  request: WebhookRequest,
  now: () => number = Date.now,
): Verification {
  const claims = readClaims(verifier, request);
  // Without a secret, an empty one must not do.
  const secrets = verifier.secrets.length > 0 ? verifier.secrets : NO_SOURCE.secrets;
  const keys = twice(secrets).map((secret) => keyOf(verifier.scheme, secret));
  // Also for a token and without any claim: the body is what takes time.
  const macs = keys.map((key) =>
    createHmac('sha256', key)
      .update(claims?.signedBefore ?? '')
      .update(request.body)
      .digest(),
  );
  const isTrue = proves(claims, keys, macs);
  if (!claims) return { ok: false, reason: 'MISSING' };
  if (!isTrue) return { ok: false, reason: 'SIGNATURE' };
  if (claims.sentAtMs !== undefined && Math.abs(now() - claims.sentAtMs) > TIMESTAMP_TOLERANCE_MS) {
    return { ok: false, reason: 'TIMESTAMP' };
  }
  return { ok: true, deliveryKey: deliveryKeyOf(claims, request.body) };
}

/** Always two, so that a source with one secret takes as long as one with two. */
function twice(secrets: readonly string[]): [string, string] {
  const [first = '', second = first] = secrets;
  return [first, second];
}

function proves(claims: Claims | undefined, keys: readonly Buffer[], macs: readonly Buffer[]): boolean {
  const given = claims?.token === undefined ? (claims?.signatures ?? []) : [claims.token];
  const wanted =
    claims?.token === undefined ? macs.map((mac) => mac.toString(claims?.encoding ?? 'hex')) : keys;
  let found = false;
  // No early end: every one is compared with every other.
  for (const one of given) for (const other of wanted) found = isSame(one, other) || found;
  return found;
}

/** Compares hashes, so that texts of any length take the same time. */
function isSame(one: string | Buffer, other: string | Buffer): boolean {
  const digest = (text: string | Buffer) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function deliveryKeyOf({ deliveryId }: Claims, body: Buffer): string {
  if (deliveryId !== undefined) return `id:${deliveryId}`;
  return `body:${createHash('sha256').update(body).digest('hex')}`;
}
