import type { DeliveredFacts } from '../post.ts';
import type { ReasonCode } from '../reasons.ts';
import type { Score, ScoreContent, Target, UnmatchedScore } from '../score.ts';
import type { UserSelector } from '../user-selector.ts';

/** A score on its way into the record. `id` comes from {@link newScoreId}; accepting the same id twice changes nothing. */
export interface AcceptItem {
  id: string;
  score: Score | UnmatchedScore;
  /** `key` is already scoped to the caller and route; `fingerprint` is a hash of the body without white space. */
  idempotency?: { key: string; fingerprint: string };
}

export type AcceptRefusal =
  | 'UNKNOWN_PLATFORM'
  | 'TIMESTAMP_IN_FUTURE'
  | 'TIMESTAMP_TOO_OLD'
  | 'IDEMPOTENCY_MISMATCH';

/** `enqueue`: the cell wants work. False when the score was superseded at once or had been accepted before (`replayed`). */
export type AcceptResult =
  | { ok: true; id: string; acceptedAtMs: number; cell: string; replayed: boolean; enqueue: boolean }
  | { ok: false; code: AcceptRefusal };

export interface BeginInput {
  platformId: string;
  cell: string;
  /** Go on with the lease that an earlier `begin` gave. */
  fence?: string;
  /** The column that the cell's target has turned out to be. */
  column?: { key: string; lineItemUrl: string };
  /** The platform's id of the user whom the cell's alias has turned out to be. */
  userId?: string;
  /** Smallest distance of two wire timestamps, ms (the profile's). */
  wireStepMs: number;
  /** A held lane's single attempt: goes although the lane is held and the cell is backing off. */
  probe?: boolean;
}

/** What `begin` hands to the one who may act on the cell until `leaseMs` from now. */
export interface Lease {
  cell: string;
  scoreId: string;
  score: ScoreContent;
  fence: string;
  leaseMs: number;
  /** Redis's clock at the beginning, ms. */
  nowMs: number;
  /** Counted from 1; a replay or a newer score starts again. */
  attempt: number;
  /** This very score was sent before and its answer is unknown. */
  inDoubt: boolean;
  /** Something was sent to the cell, this score or an earlier one, whose end is unknown. */
  uncertain: boolean;
  /** "Older" was answered before and the results had nothing of ours. */
  rechecked: boolean;
  /** Older scores of the cell that were sent and may have landed without our knowing. */
  earlier: ScoreContent[];
  /** What the platform was last known to hold of ours; `uncertain` tells whether that may be out of date. */
  delivered?: DeliveredFacts;
  /** The lane's epoch: a failure may only raise the hold of the epoch in which it began. */
  epoch: number;
  firstFailureAtMs?: number;
  /** How long the lane was held or paused since the first failure, ms. */
  heldMs: number;
  /** Since when the score is wanted, by Redis's clock: it was accepted then, or replayed. */
  wantedSinceMs: number;
  /** The platform refused requests for their number of late: the budget paces them. */
  paced: boolean;
}

export type Begun =
  | { kind: 'nothing' }
  | { kind: 'lost' }
  | { kind: 'held' }
  | { kind: 'crashed'; scoreId: string }
  /** `waitMs` by Redis's clock, which hosts' clocks need not agree with; `cell` is where the score is by now. */
  | { kind: 'busy'; waitMs: number; cell: string }
  | { kind: 'early'; waitMs: number; cell: string }
  /** The roster is to tell who the user is. Without `user` nobody can: the encryption key was changed. */
  | ({ kind: 'identify'; user?: UserSelector; launchId: string } & Lease)
  | ({ kind: 'resolve'; target: Target; score: Score } & Lease)
  | ({ kind: 'post'; lineItemUrl: string; wireTimestampMs: number; score: Score } & Lease);

/** One try at one request, as reading a score back shows it. */
export interface AttemptEntry {
  number: number;
  stage: 'token' | 'lineItem' | 'membership' | 'score' | 'result';
  httpStatus?: number;
  outcome: string;
  reason?: string;
  durationMs: number;
  excerpt?: string;
}

export type Settlement =
  | { kind: 'delivered'; facts: DeliveredFacts; reason?: ReasonCode; detail?: string }
  /** `facts`: what the cell has of ours from now on, if that is another than before. */
  | { kind: 'superseded'; reason: ReasonCode; detail?: string; facts?: DeliveredFacts }
  | { kind: 'dead'; reason: ReasonCode; detail?: string }
  /** Try again in `delayMs`. `ambiguous`: the platform may have applied it. `recheck`: the next post takes a new wire timestamp. */
  | { kind: 'later'; delayMs: number; ambiguous: boolean; recheck?: boolean }
  /** No attempt was made (held, stopping, another creates the column): nothing counts. */
  | { kind: 'released'; delayMs?: number };

export interface SettleInput {
  platformId: string;
  cell: string;
  scoreId: string;
  fence: string;
  settlement: Settlement;
  attempt?: AttemptEntry;
  lineItemUrl?: string;
  /** The platform may have stamped the cell with its own clock, up to this instant: later wire timestamps come after it. */
  wireFloorMs?: number;
  /** `end`: the platform works. Else the systemic reason that this cell met. */
  streak?: 'end' | { reason: string };
}

export interface Settled {
  /** What became of the score; `late`: the lease was lost meanwhile, so nothing was written but a correction, if one is due. */
  result: 'delivered' | 'superseded' | 'dead' | 'later' | 'released' | 'nothing' | 'late';
  /** The cell wants work at once: a newer score came, or a correction is due. */
  again: boolean;
  /** Distinct cells in a row that met the same systemic reason, with no success between. */
  streak: number;
  nextAttemptAtMs?: number;
}

export type ScoreStatus =
  | 'queued'
  | 'delivering'
  | 'retrying'
  | 'held'
  | 'delivered'
  | 'superseded'
  | 'dead'
  | 'cancelled';

/** A score as `GET /v1/scores/{id}` shows it. Times are RFC 3339 UTC with milliseconds. */
export interface ScoreView extends Omit<ScoreContent, 'timestamp'> {
  id: string;
  platformId: string;
  /** Absent until the roster has told who `user` is. */
  userId?: string;
  /** Who the score was sent for, until that is known by id or the score is settled otherwise than dead. */
  user?: UserSelector;
  timestamp: string;
  status: ScoreStatus;
  reason?: ReasonCode;
  detail?: string;
  hint?: string;
  acceptedAt: string;
  nextAttemptAt?: string;
  supersededBy?: string;
  deliveredAt?: string;
  settledAt?: string;
  /** When the gradebook was last seen to show it. */
  verifiedAt?: string;
  lineItemUrl?: string;
  attempts: Array<AttemptEntry & { at: string }>;
}

export interface ListQuery {
  platformId: string;
  status?: ScoreStatus;
  userId?: string;
  lineItemUrl?: string;
  externalId?: string;
  /** Accepted (dead letters: died) at or after / before or at, ms. */
  sinceMs?: number;
  untilMs?: number;
  cursor?: string;
  limit: number;
}

export interface Page<T> {
  data: T[];
  nextCursor?: string;
}
