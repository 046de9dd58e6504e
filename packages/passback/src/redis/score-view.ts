import { REASONS, type ReasonCode } from '../reasons.ts';
import type { ScoreContent } from '../score.ts';
import type { UserSelector } from '../user-selector.ts';
import type { AttemptEntry, ScoreStatus, ScoreView } from './record-types.ts';
import { platformOfScore } from './score-id.ts';

/** One row of the view script, in its order; absent values are null. */
export type ViewRow = [
  id: string,
  status: string,
  body: string,
  at: string,
  order: string,
  reason: string | null,
  detail: string | null,
  by: string | null,
  settledAt: string | null,
  url: string | null,
  attempts: string | null,
  nextAttemptAt: string | null,
  userId: string | null,
  who: string | null,
  verifiedAt: string | null,
];

function iso(ms: string | number): string {
  return new Date(Number(ms)).toISOString();
}

/** A record's row as callers see it; `open` tells who the user is to be found by. */
export function scoreView(row: ViewRow, open: (who: string) => UserSelector | undefined): ScoreView {
  const [id, status, body, at, order, reason, detail, by, settledAt, url, attempts, nextAttemptAt] = row;
  const [userId, who, verifiedAt] = row.slice(12);
  const user = who ? open(who) : undefined;
  const score = JSON.parse(body) as ScoreContent;
  const entries = JSON.parse(attempts ?? '[]') as Array<AttemptEntry & { at: number }>;
  const hint = reason === null ? undefined : REASONS[reason as ReasonCode]?.hint;
  return {
    id,
    platformId: platformOfScore(id) ?? '',
    ...score,
    ...(userId ? { userId } : {}),
    ...(user ? { user } : {}),
    timestamp: iso(order),
    status: status as ScoreStatus,
    ...(reason ? { reason: reason as ReasonCode } : {}),
    ...(detail ? { detail } : {}),
    ...(hint ? { hint } : {}),
    acceptedAt: iso(at),
    ...(nextAttemptAt ? { nextAttemptAt: iso(nextAttemptAt) } : {}),
    ...(by ? { supersededBy: by } : {}),
    ...(status === 'delivered' && settledAt ? { deliveredAt: iso(settledAt) } : {}),
    ...(settledAt ? { settledAt: iso(settledAt) } : {}),
    ...(status === 'delivered' && verifiedAt ? { verifiedAt: iso(verifiedAt) } : {}),
    ...(url ? { lineItemUrl: url } : {}),
    // Written when the attempt ended.
    attempts: entries.map((entry) => ({ ...entry, at: iso(entry.at - entry.durationMs) })),
  };
}
