import type { ReasonCode } from '../reasons.ts';

/** What an attempt says about its whole lane. `epoch` is the lane's when the attempt began. */
export type LaneSignal =
  | { kind: 'none' }
  | { kind: 'healthy' }
  | {
      kind: 'hold';
      reason: ReasonCode | 'THROTTLED' | 'PLATFORM_DOWN';
      epoch: number;
      retryAfterMs?: number;
      /** Waiting may never heal it: what the scores die of once they have waited long enough. */
      refusal?: { reason: ReasonCode; detail: string };
    };

/** What a look at a cell came to. */
export interface CellDelivery {
  /**
   * Which cell wants another look, and when, ms since 1970; absent when it is up to date or waits for somebody. It is
   * another cell than was asked for when the score turned out to belong there.
   */
  again?: { cell: string; atMs: number };
  /** The lane is shut: nothing was tried. */
  held?: boolean;
  signal: LaneSignal;
}

/**
 * Brings one cell up to date. Whatever the platform answers is a value; it rejects only for bugs and for Redis.
 * A `probe` goes although the lane is held. Once `stopping` is aborted nothing new may be begun.
 */
export type DeliverCell = (input: {
  platformId: string;
  cell: string;
  probe: boolean;
  stopping: AbortSignal;
}) => Promise<CellDelivery>;

/** Settles a cell's score as dead without asking the platform. */
export type BuryCell = (input: {
  platformId: string;
  cell: string;
  reason: ReasonCode;
  detail: string;
}) => Promise<void>;

/** What happens to lanes that somebody may want to log or count. */
export interface LaneEvents {
  opened(platformId: string): void;
  closed(platformId: string): void;
  /** Also each time that a failed probe prolongs a hold; `prolonged` then tells that the reason is still the same. */
  held(event: { platformId: string; reason: string; forMs: number; level: number; prolonged: boolean }): void;
  resumed(event: { platformId: string; reason: string }): void;
  /** Jobs that the queue had lost. */
  swept(event: { platformId: string; added: number }): void;
  /** A job whose worker died or lost its lock. */
  stalled(platformId: string): void;
  failed(event: { platformId: string; error: unknown }): void;
}
