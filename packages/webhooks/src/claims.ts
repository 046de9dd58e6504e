import { headerOf, type SignatureSettings, type Verifier, type WebhookRequest } from './verifier.ts';

/** What a webhook claims about itself, as its scheme spells it. Nothing of it is believed yet. */
export interface Claims {
  /** What is put before the body when it is signed. */
  signedBefore: string;
  encoding: 'hex' | 'base64';
  /** The signatures it brings, as they are written, without version or prefix. */
  signatures: readonly string[];
  /** Instead of signatures, with the scheme bearer. */
  token?: string;
  /** The sender's own id of the delivery. */
  deliveryId?: string;
  /** When it was sent, in ms. */
  sentAtMs?: number;
}

/** A sender that changes its secret signs twice, or a few times more if it changes it often. */
const MOST_SIGNATURES = 16;
const DEFAULT_SIGNATURE: SignatureSettings = { header: 'X-Signature', encoding: 'hex' };
const DEFAULT_ID_HEADER = 'webhook-id';

/** Undefined when what the scheme needs is not there, or not in its form. */
export function readClaims(verifier: Verifier, request: WebhookRequest): Claims | undefined {
  return readers[verifier.scheme](verifier, request);
}

const readers: Record<
  Verifier['scheme'],
  (verifier: Verifier, request: WebhookRequest) => Claims | undefined
> = {
  // Standard Webhooks 1.0, "Signature scheme" and "Webhook headers".
  standard(_verifier, { headers }) {
    const id = headerOf(headers, 'webhook-id');
    const timestamp = headerOf(headers, 'webhook-timestamp');
    const entries = headerOf(headers, 'webhook-signature')?.split(' ');
    // With a full stop in the id, part of it could be passed off as the timestamp, and the timestamp as part of the body.
    if (!id || !/^[\x21-\x2d\x2f-\x7e]{1,256}$/.test(id) || !timestamp || !/^\d{1,12}$/.test(timestamp))
      return;
    if (!entries || entries.length > MOST_SIGNATURES) return;
    // A header that came twice was joined with commas, and which of the two is meant nobody knows.
    if (!entries.every((entry) => /^\w+,[\w+/=-]+$/.test(entry))) return;
    return {
      signedBefore: `${id}.${timestamp}.`,
      encoding: 'base64',
      signatures: entries.filter((entry) => entry.startsWith('v1,')).map((entry) => entry.slice(3)),
      deliveryId: id,
      sentAtMs: Number(timestamp) * 1000,
    };
  },

  // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
  github(_verifier, request) {
    const signature = { header: 'X-Hub-Signature-256', encoding: 'hex', prefix: 'sha256=' } as const;
    return readSignature(signature, 'X-GitHub-Delivery', request);
  },

  'hmac-sha256'({ signature = DEFAULT_SIGNATURE, deliveryIdHeader = DEFAULT_ID_HEADER }, request) {
    return readSignature(signature, deliveryIdHeader, request);
  },

  // RFC 6750 section 2.1.
  bearer({ deliveryIdHeader = DEFAULT_ID_HEADER }, { headers }) {
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1];
    if (token === undefined) return;
    const deliveryId = headerOf(headers, deliveryIdHeader);
    return { signedBefore: '', encoding: 'hex', signatures: [], token, ...(deliveryId && { deliveryId }) };
  },
};

function readSignature(
  { header, encoding, prefix = '' }: SignatureSettings,
  deliveryIdHeader: string,
  { headers }: WebhookRequest,
): Claims | undefined {
  const text = headerOf(headers, header);
  // Where no prefix is asked for, the common one may be there all the same.
  const written = prefix === '' ? text?.replace(/^sha256=/, '') : afterPrefix(text, prefix);
  if (written === undefined) return;
  const deliveryId = headerOf(headers, deliveryIdHeader);
  return {
    signedBefore: '',
    encoding,
    signatures: [encoding === 'hex' ? written.toLowerCase() : written],
    ...(deliveryId && { deliveryId }),
  };
}

function afterPrefix(text: string | undefined, prefix: string): string | undefined {
  return text?.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
