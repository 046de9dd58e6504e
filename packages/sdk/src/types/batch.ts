import type { Problem } from './problem.ts';
import type { ScoreStatus } from './score.ts';

/** What became of one score of a batch at the door; `status` is what a single request would have been answered. */
export interface BatchResult {
  index: number;
  status: number;
  id?: string;
  problem?: Problem;
}

export interface BatchAccepted {
  batchId: string;
  accepted: number;
  rejected: number;
  results: BatchResult[];
}

/** How far a batch is: how many of its accepted scores have each status. `done` once all are settled. */
export interface Batch {
  batchId: string;
  /** Accepted scores. */
  total: number;
  done: boolean;
  counts: Partial<Record<ScoreStatus, number>>;
}
