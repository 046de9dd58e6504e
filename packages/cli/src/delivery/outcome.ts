import type { ScoreInput, ScoreStatus } from '@gradewire/sdk';

/** What became of one score of an import. `rejected` ones were never accepted. */
export interface Outcome {
  source: string;
  userId: string;
  assignment?: string;
  scoreGiven?: number | null;
  scoreMaximum?: number;
  status: ScoreStatus | 'rejected';
  scoreId?: string;
  reason?: string;
  detail?: string;
  hint?: string;
}

export function outcomeOf(from: { source: string; assignment?: string; score: ScoreInput }) {
  const { source, assignment, score } = from;
  return {
    source,
    userId: score.userId,
    ...(assignment === undefined ? {} : { assignment }),
    ...(score.scoreGiven === undefined ? {} : { scoreGiven: score.scoreGiven }),
    ...(score.scoreMaximum === undefined ? {} : { scoreMaximum: score.scoreMaximum }),
  };
}

/** Where a score has to be looked after: it is neither in the gradebook nor overtaken by a newer one. */
export function needsAttention({ status, reason }: Pick<Outcome, 'status' | 'reason'>): boolean {
  return status !== 'delivered' && !(status === 'superseded' && reason !== 'WOULD_CLEAR_GRADE');
}
