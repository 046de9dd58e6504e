import type { Identity } from './identity.ts';
import type { ProblemItem } from './problem.ts';
import type { ActivityProgress, GradingProgress, LineItemCreate, Overwrite, Score, Target } from './score.ts';

/** How a sender shows that a webhook is its own. */
export type WebhookScheme = 'standard' | 'github' | 'hmac-sha256' | 'bearer';

/** How grades are read from what a sender writes; `custom` takes a mapping. */
export type WebhookAdapter =
  | 'gradewire'
  | 'gradescope'
  | 'github-classroom'
  | 'prairielearn'
  | 'nbgrader'
  | 'custom';

/** Where a signature stands and how it is written; with the scheme `hmac-sha256` only. */
export interface WebhookSignature {
  header: string;
  encoding: 'hex' | 'base64';
  /** What precedes it, such as `sha256=`. */
  prefix?: string;
}

/**
 * A column for each assignment: its name becomes the resource id, and the label of a column that is created. Without a
 * `scoreMaximum` of its own a created column takes the grade's.
 */
export type AssignmentTarget = ({ lineItemsUrl: string } | { launchId: string }) & {
  perAssignment: true;
  tag?: string;
  create?: Partial<Omit<LineItemCreate, 'label'>>;
};

/** What a score has that the sender says nothing of. */
export interface WebhookDefaults {
  scoreMaximum?: number;
  activityProgress?: ActivityProgress;
  gradingProgress?: GradingProgress;
  overwrite?: Overwrite;
  extensions?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  scoringUserId?: string;
}

/**
 * An autograder, or anything else that sends grades by webhook. One or two `secrets`, required at first; those of before stay
 * when a replacement names none.
 */
export interface WebhookSourceInput {
  platformId: string;
  scheme: WebhookScheme;
  secrets?: string[];
  adapter: WebhookAdapter;
  signature?: WebhookSignature;
  /** The header with the sender's own id of a delivery, by which duplicates are told; `hmac-sha256` and `bearer` only. */
  deliveryIdHeader?: string;
  /** JSONata from the sender's body to scores, with the adapter `custom`. */
  mapping?: string;
  target?: Target | AssignmentTarget;
  /** Only grades of this assignment, where a sender sends those of several. */
  assignment?: string;
  defaults?: WebhookDefaults;
}

/** A registered source. `url` is what its sender is to be given. */
export interface WebhookSource extends Omit<WebhookSourceInput, 'secrets'> {
  id: string;
  secretCount: number;
  url: string;
  /** Deliveries of which something could not become a score yet. */
  unmatched: number;
  createdAt: string;
  updatedAt: string;
}

/** What one webhook became. */
export interface WebhookDelivery {
  id: string;
  sourceId: string;
  platformId: string;
  receivedAt: string;
  status: 'pending' | 'done' | 'ignored' | 'unmatched';
  /** Why it is no matter of grades. */
  ignored?: string;
  /** The ids of its scores. */
  scores: string[];
  /** How many of its grades could not become scores yet. */
  unmatched: number;
  /** What was given up of it, and why. */
  discarded?: { index: number; note: string }[];
  nextAttemptAt?: string;
}

/** A sample of what the sender writes, byte for byte. `event` goes as `X-GitHub-Event`. */
export interface WebhookSample {
  body: string | Uint8Array<ArrayBuffer>;
  /** @default 'application/json' */
  contentType?: string;
  event?: string;
}

/** What a sample would become. */
export interface WebhookTest {
  scores: { index: number; score: WebhookTestScore }[];
  unmatched: UnreadyGrade[];
  ignored?: string;
}

/** A score as it would be accepted. */
export type WebhookTestScore = Omit<Score, 'id' | 'status' | 'acceptedAt' | 'attempts'>;

/** A grade that cannot become a score, and what to do about it. */
export interface UnreadyGrade {
  /** Where it stands in the delivery, from 0. */
  index: number;
  reason: string;
  detail: string;
  hint: string;
  /** Who the sender says it is; the first that is known counts. */
  identities?: Identity[];
  /** The fields that are wrong. */
  errors?: ProblemItem[];
}

/** An unready grade that is kept until it is mended or discarded. */
export interface UnmatchedGrade extends UnreadyGrade {
  id: string;
  deliveryId: string;
  receivedAt: string;
  /** When it is tried again by itself. */
  nextAttemptAt?: string;
}
