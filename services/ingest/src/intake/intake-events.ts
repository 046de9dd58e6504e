import type { UnmatchedReason, WaitingEntry } from '@gradewire/passback';
import { type Logger, platformLabel } from '@gradewire/telemetry';
import type { Metrics } from '../metrics.ts';

/** What one processing of a delivery came to. */
export interface ProcessedDelivery {
  id: string;
  platformId: string;
  sourceId: string;
  /** Scores accepted now. */
  accepted: number;
  unmatched: readonly WaitingEntry[];
  /** Of those, how many were not unmatched for that reason before. */
  newlyUnmatched: number;
  ignored: boolean;
  /** Something was changed meanwhile, so that it is processed again. */
  again: boolean;
  durationMs: number;
}

/** Writes the log line and the counts of one processing together. Neither says anything of a student. */
export function deliveryProcessed(
  { logger, metrics }: { logger: Logger; metrics: Pick<Metrics, 'webhookEntries'> },
  { id, unmatched, newlyUnmatched, durationMs, ...processed }: ProcessedDelivery,
): void {
  const { platformId, accepted, ignored, again } = processed;
  const platform = platformLabel(platformId);
  const counts = { accepted, unmatched: again ? 0 : newlyUnmatched, ignored: ignored && !again ? 1 : 0 };
  for (const [outcome, count] of Object.entries(counts)) {
    if (count > 0) metrics.webhookEntries.inc({ platform, outcome }, count);
  }
  logger.info(
    {
      event: 'webhook-processed',
      deliveryId: id,
      ...processed,
      unmatched: unmatched.length,
      reasons: countsOf(unmatched),
      durationMs: Math.round(durationMs),
    },
    'webhook delivery processed',
  );
}

function countsOf(unmatched: readonly WaitingEntry[]): Partial<Record<UnmatchedReason, number>> {
  const byReason = Map.groupBy(unmatched, ({ reason }) => reason);
  return Object.fromEntries([...byReason].map(([reason, entries]) => [reason, entries.length]));
}
