/**
 * How a sender proves that a webhook is its own: by a signature as Standard Webhooks 1.0 has it, as GitHub has it, by an
 * HMAC-SHA256 of the body in a header of its choice, or by nothing more than a shared token.
 */
export type Scheme = 'standard' | 'github' | 'hmac-sha256' | 'bearer';

/** Where the signature is with the scheme hmac-sha256. */
export interface SignatureSettings {
  header: string;
  encoding: 'hex' | 'base64';
  /** What stands before it, such as `sha256=`. */
  prefix?: string;
}

/** What webhooks of one source are verified by. */
export interface Verifier {
  scheme: Scheme;
  /** One, or two while one is changed: either is good. */
  secrets: readonly string[];
  /** With hmac-sha256 only. @default header X-Signature, hex, no prefix */
  signature?: SignatureSettings;
  /** With hmac-sha256 and bearer: the header with the sender's own id of a delivery. @default webhook-id */
  deliveryIdHeader?: string;
}

/** Names in lower case, as Node's HTTP server gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A webhook as it came. */
export interface WebhookRequest {
  headers: Headers;
  /** The very bytes: a body that was parsed and written anew is another one. */
  body: Buffer;
}

/** `deliveryKey` is the same for the same delivery of a source. The reason is for its owner, never for the sender. */
export type Verification =
  | { ok: true; deliveryKey: string }
  | { ok: false; reason: 'MISSING' | 'SIGNATURE' | 'TIMESTAMP' };

/** A header that came once, with a text in it. */
export function headerOf(headers: Headers, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
