/** Of one column, by its URL or by a launch whose scores go to it; without either, of every column that was delivered to. */
export interface ReconciliationInput {
  platformId: string;
  lineItemUrl?: string;
  launchId?: string;
  /** Send again what is missing or shows an older grade of ours. What a teacher changed is left alone. @default false */
  repair?: boolean;
}

/**
 * `missing`: the gradebook shows no grade. `different`: it shows the grade of ours before the last one. `changedByTeacher`: it
 * shows a grade that is none of ours. `droppedInSilence`: the platform took the grade and is known not to show its like.
 */
export type DriftKind = 'missing' | 'different' | 'changedByTeacher' | 'droppedInSilence';

/** A grade that the gradebook does not show as it was delivered. Points are of `maximum`; null is no grade. */
export interface Drift {
  userId: string;
  lineItemUrl: string;
  scoreId: string;
  kind: DriftKind;
  delivered: number | null;
  observed: number | null;
  maximum: number;
  /** With `repair`: what became of it. */
  repair?: 'sent' | 'notKept' | 'noGrade' | 'changed';
}

/** A reconciliation in numbers. */
export interface ReconciliationSummary {
  id: string;
  platformId: string;
  /** `failed`: no column could be compared. */
  status: 'running' | 'done' | 'failed' | 'cancelled';
  lineItemUrl?: string;
  repair: boolean;
  /** The service began it by itself. */
  scheduled: boolean;
  columns?: number;
  columnsDone: number;
  checked: number;
  matching: number;
  driftedCount: number;
  driftedByKind: Record<DriftKind, number>;
  /** Not compared: a newer score is on its way. */
  underWay: number;
  /** Not compared: the list of results could not be read to its end. */
  unseen: number;
  /** Scores in doubt that turned out to be delivered. */
  settled: number;
  repaired: number;
  createdAt: string;
  endedAt?: string;
}

export interface Reconciliation extends ReconciliationSummary {
  /** At most 10,000. */
  drifted: Drift[];
  /** Columns that could not be compared. */
  unread: { lineItemUrl: string; reason: string; detail: string; hint: string }[];
  /** What cannot be told on this platform, for people. */
  notes: string[];
}
