import type { NoResponseCode } from '@gradewire/ags';
import type { OutcomeMeaning } from './outcome.ts';
import type { ProfileName } from './profiles.ts';

/** What a line item request was to do. */
export type LineItemOperation = 'list' | 'get' | 'create' | 'update' | 'delete';

/** One row of a table: what an answer looks like, what it means, and who says so. All conditions given must hold. */
export interface AnswerRule {
  /** A status, several, or a range including both ends. */
  status: number | readonly number[] | { from: number; to: number };
  /** One of these is in the body or the reason phrase. Strings in lower case; the case of the answer does not count. */
  text?: readonly (string | RegExp)[];
  /** `markup`: a page instead of JSON; `emptyArray`: `[]`; `nothing`: not a word. */
  body?: 'markup' | 'emptyArray' | 'nothing';
  /** By its `X-Rate-Limit-Remaining` header the platform has nothing left for us. */
  bucketEmpty?: true;
  profiles?: readonly ProfileName[];
  operations?: readonly LineItemOperation[];
  means: OutcomeMeaning;
  source: string;
}

/** One row of the table for requests that got no answer. */
export interface TransportRule {
  codes: readonly NoResponseCode[];
  means: OutcomeMeaning;
  source: string;
}

/** The platform is out of order: everything sent to it meets the same. */
export const DOWN = {
  kind: 'transient',
  reason: 'PLATFORM_DOWN',
  ambiguous: false,
  systemic: true,
  finalReason: 'EXPIRED',
} as const satisfies OutcomeMeaning;

/** Something other than the service answered. */
export const UNREADABLE = {
  ...DOWN,
  reason: 'UNEXPECTED_RESPONSE',
  finalReason: 'UNEXPECTED_RESPONSE',
} as const satisfies OutcomeMeaning;

/** The statuses of success. */
export const SUCCESS = { from: 200, to: 299 } as const;
