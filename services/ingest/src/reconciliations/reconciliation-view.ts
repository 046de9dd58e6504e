import { DRIFT_KINDS, PROFILES, type ProfileName, type ReasonCode } from '@gradewire/passback';
import type { Reconciliation, ReconciliationStore } from '@gradewire/passback/redis';
import { z } from 'zod';
import { readHintOf } from '../platform-reads/answered.ts';
import { instant } from '../schemas/common.ts';
import type { ReconciliationRequest } from './reconciliation-request.ts';

/** What one answer lists at most. */
const MOST_DRIFTED = 10_000;

const driftKind = z.enum(DRIFT_KINDS).meta({
  id: 'DriftKind',
  description:
    'missing: the gradebook shows no grade. different: it shows the grade of ours before the last one. changedByTeacher: it shows a grade that is none of ours. droppedInSilence: the platform took the grade and is known not to show its like.',
});

const drifted = z
  .object({
    userId: z.string(),
    lineItemUrl: z.string(),
    scoreId: z.string().meta({ description: 'The score that was delivered last.' }),
    kind: driftKind,
    delivered: z.number().nullable().meta({ description: 'In points of `maximum`; null: cleared.' }),
    observed: z.number().nullable().meta({ description: 'What the gradebook shows; null: no grade.' }),
    maximum: z.number(),
    repair: z.enum(['sent', 'notKept', 'noGrade', 'changed']).optional().meta({
      description:
        'With repair: sent: on its way again. notKept: the score is no longer kept, so send it anew. noGrade: the newest score is a progress report. changed: meanwhile a newer score came, or the gradebook shows something else.',
    }),
  })
  .meta({ id: 'Drift' });

const count = (description: string) => z.int().meta({ description });

/** A reconciliation as lists show it: what it came to, in numbers. */
export const reconciliationSummarySchema = z
  .object({
    id: z.string(),
    platformId: z.string(),
    status: z.enum(['running', 'done', 'failed', 'cancelled']).meta({
      description: 'failed: no column could be compared. done: `unread` names those that could not.',
    }),
    lineItemUrl: z.string().optional().meta({ description: 'Absent: every column that was delivered to.' }),
    repair: z.boolean(),
    scheduled: z.boolean(),
    columns: z.int().optional().meta({ description: 'Known once it runs.' }),
    columnsDone: z.int(),
    checked: count('Delivered grades that were compared.'),
    matching: count('Those that the gradebook shows.'),
    driftedCount: count('Those that it does not.'),
    driftedByKind: z.object(Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, z.int()]))),
    underWay: count('Not compared: a newer score is on its way, or came meanwhile.'),
    unseen: count('Not compared: the list of results could not be read to its end.'),
    settled: count('Scores in doubt that turned out to be delivered.'),
    repaired: count('Sent again.'),
    createdAt: instant,
    endedAt: instant.optional(),
  })
  .meta({ id: 'ReconciliationSummary' });

export const reconciliationSchema = reconciliationSummarySchema
  .extend({
    drifted: z.array(drifted).meta({ description: `At most ${MOST_DRIFTED}.` }),
    unread: z
      .array(z.object({ lineItemUrl: z.string(), reason: z.string(), detail: z.string(), hint: z.string() }))
      .meta({ description: 'Columns that could not be compared.' }),
    notes: z.array(z.string()).meta({ description: 'What cannot be told on this platform, for people.' }),
  })
  .meta({ id: 'Reconciliation' });

export function reconciliationSummary(
  reconciliation: Reconciliation,
): z.input<typeof reconciliationSummarySchema> {
  const { id, platformId, status, createdAtMs, endedAtMs, columns, columnsDone, counts } = reconciliation;
  const { lineItemUrl, repair, scheduledSinceMs } = reconciliation.request as ReconciliationRequest;
  const { checked, matching, underWay, unseen, settled, repaired } = counts;
  return {
    id,
    platformId,
    status,
    ...(lineItemUrl !== undefined && { lineItemUrl }),
    repair,
    scheduled: scheduledSinceMs !== undefined,
    ...(columns !== undefined && { columns }),
    columnsDone,
    checked,
    matching,
    driftedCount: checked - matching,
    driftedByKind: Object.fromEntries(DRIFT_KINDS.map((kind) => [kind, counts[kind]])),
    underWay,
    unseen,
    settled,
    repaired,
    createdAt: new Date(createdAtMs).toISOString(),
    ...(endedAtMs !== undefined && { endedAt: new Date(endedAtMs).toISOString() }),
  };
}

/** A reconciliation with all that it found, and what it could not find on such a platform. */
export async function reconciliationView(
  reconciliation: Reconciliation,
  store: Pick<ReconciliationStore, 'drifts' | 'unread'>,
  profile: ProfileName | undefined,
): Promise<z.input<typeof reconciliationSchema>> {
  const [found, unread] = await Promise.all([
    store.drifts(reconciliation.id, 0, MOST_DRIFTED),
    store.unread(reconciliation.id),
  ]);
  return {
    ...reconciliationSummary(reconciliation),
    drifted: found,
    unread: unread.map((column) => ({ ...column, hint: readHintOf(column.reason as ReasonCode) })),
    notes: notesOn(profile ?? 'generic'),
  };
}

/** What comparing with results cannot tell, by platform. */
export function notesOn(profileName: ProfileName): string[] {
  const { results, dropsZeros } = PROFILES[profileName];
  return [
    'Grades are compared, comments are not.',
    ...(results.echoesPosts
      ? [
          'This platform lists the scores that it was sent, not what its gradebook shows: what a teacher changed there cannot be seen.',
        ]
      : []),
    ...(dropsZeros
      ? [
          'Grades of 0 are reported as droppedInSilence: older versions of this platform take them and show nothing, and its results do not tell.',
        ]
      : []),
  ];
}
