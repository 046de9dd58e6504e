import type { UnmatchedEntry } from './unmatched.ts';

/** An unmatched part of a delivery with what it is told by when the delivery is read again: whoever gives it up gives it up for good. */
export interface WaitingEntry extends UnmatchedEntry {
  /** The same each time the delivery is read, as far as can be; as in `accepted`. Holds no space. */
  fingerprint: string;
}

/** `ignored`: it was no matter of grades. `unmatched`: some of it, or all, came to no score yet. */
export const WEBHOOK_STATUSES = ['pending', 'done', 'ignored', 'unmatched'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** A webhook that was verified and kept, and what became of it so far. */
export interface WebhookDelivery {
  /** Names its platform. */
  id: string;
  platformId: string;
  sourceId: string;
  /** By Redis's clock; later than that of every delivery of the source before it. */
  receivedAtMs: number;
  contentType?: string;
  /** The sender's word for what happened (`X-GitHub-Event`). */
  event?: string;
  status: WebhookStatus;
  /** Why it was ignored. */
  ignored?: string;
  /** The scores it came to, by the fingerprints of what they were read from. */
  accepted: Readonly<Record<string, string>>;
  /** Fingerprints of what somebody gave up: not to be accepted, and not to be unmatched again. */
  discarded: readonly string[];
  /** Why, by the indices that it had. */
  notes: ReadonlyArray<{ index: number; note: string }>;
  /** How many of its parts are unmatched. */
  unmatched: number;
  /** How often it was worked through. */
  tries: number;
  /** When it is tried again by itself. */
  nextAttemptAtMs?: number;
}

/** A delivery with what was sent, which is kept while something may still come of it. */
export interface WebhookDeliveryWithBody extends WebhookDelivery {
  /** The very bytes. Absent when nothing is left to do, and when they do not open: the encryption key was changed. */
  body?: Buffer;
}
