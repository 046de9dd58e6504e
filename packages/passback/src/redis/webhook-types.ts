import type { WaitingEntry, WebhookDelivery } from '../webhook-delivery.ts';

/** A verified webhook, to be kept. */
export interface IncomingWebhook {
  platformId: string;
  sourceId: string;
  /** The same for the same delivery of the source. */
  deliveryKey: string;
  body: Buffer;
  contentType?: string;
  event?: string;
}

/** What became of it. A duplicate has the id of the delivery that it is one of. */
export interface Received {
  id: string;
  duplicate: boolean;
  receivedAtMs: number;
}

/** A delivery that is the caller's to work through, for a minute; `claim` is handed back with what came of it. */
export interface Claimed {
  id: string;
  claim: string;
}

/** What working a delivery through came to. */
export interface WebhookSettlement {
  claim: string;
  /** As `versionOf` told it before source, identities and roster were read. */
  version: string;
  /** Scores by the fingerprints of what they were read from; those known from before may be left out. */
  accepted: Readonly<Record<string, string>>;
  /** One for each index. */
  unmatched: readonly WaitingEntry[];
  /** Why it is no matter of grades; nothing is accepted and nothing unmatched then. */
  ignored?: string;
  /** When to try again what is unmatched, if waiting alone may mend it. */
  retryAtMs?: number;
}

/** An unmatched part with the delivery that it is of. */
export type UnmatchedPart = WaitingEntry & { delivery: WebhookDelivery };

/** Unmatched deliveries: those named, or all of the source, or of the platform. */
export interface WhichUnmatched {
  platformId: string;
  sourceId?: string;
  deliveryIds?: readonly string[];
}

export interface UnmatchedQuery {
  platformId: string;
  sourceId: string;
  cursor?: string;
  limit: number;
}
