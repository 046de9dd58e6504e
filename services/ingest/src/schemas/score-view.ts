import { z } from 'zod';
import { instant } from './common.ts';

export const SCORE_STATUSES = [
  'queued',
  'delivering',
  'retrying',
  'held',
  'delivered',
  'superseded',
  'dead',
  'cancelled',
] as const;

export const scoreStatus = z.enum(SCORE_STATUSES).meta({ id: 'ScoreStatus' });

export const acceptedScore = z
  .object({ id: z.string(), status: scoreStatus, platformId: z.string(), acceptedAt: instant })
  .meta({ id: 'AcceptedScore' });

const attempt = z.object({
  number: z.int(),
  at: instant,
  stage: z.enum(['token', 'lineItem', 'membership', 'score', 'result']),
  httpStatus: z.int().optional(),
  outcome: z.string(),
  reason: z.string().optional(),
  durationMs: z.number(),
  excerpt: z.string().optional().meta({ description: "The platform's own words." }),
});

/** A score as reading it back shows it. */
export const scoreView = z
  .object({
    id: z.string(),
    platformId: z.string(),
    userId: z.string().optional().meta({ description: 'Absent until the roster has told who `user` is.' }),
    user: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Whom it was sent for, until that is known by id, or of a dead score.' }),
    target: z.record(z.string(), z.unknown()),
    scoreGiven: z.number().nullable().optional(),
    scoreMaximum: z.number().optional(),
    activityProgress: z.string(),
    gradingProgress: z.string(),
    timestamp: instant,
    comment: z.string().optional(),
    submission: z.record(z.string(), z.unknown()).optional(),
    scoringUserId: z.string().optional(),
    extensions: z.record(z.string(), z.unknown()).optional(),
    force: z.boolean().optional(),
    overwrite: z.string().optional(),
    externalId: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    status: scoreStatus,
    reason: z.string().optional(),
    detail: z.string().optional(),
    hint: z.string().optional().meta({ description: 'What a person can do about it.' }),
    acceptedAt: instant,
    nextAttemptAt: instant.optional(),
    supersededBy: z.string().optional(),
    deliveredAt: instant.optional(),
    settledAt: instant.optional(),
    verifiedAt: instant
      .optional()
      .meta({ description: 'When a reconciliation last saw the gradebook show it.' }),
    lineItemUrl: z.string().optional(),
    attempts: z.array(attempt),
  })
  .meta({ id: 'Score' });
