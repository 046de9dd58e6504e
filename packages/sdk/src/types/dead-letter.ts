import type { Score } from './score.ts';

/** A score that the platform refused for good, or that was retried past its age. */
export type DeadLetter = Score;

export interface DeadLetterQuery {
  platformId: string;
  reason?: string;
  userId?: string;
  lineItemUrl?: string;
  since?: string;
  until?: string;
}

/** The dead letters of one platform with one reason. */
export interface DeadLetterSummary {
  platformId: string;
  reason: string;
  count: number;
  oldestAt: string;
  hint?: string;
}
