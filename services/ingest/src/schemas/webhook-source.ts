import {
  identitySchema,
  SOURCE_ADAPTERS,
  signatureSchema,
  sourceDefaultsSchema,
  sourceIdSchema,
  sourceTargetSchema,
  UNMATCHED,
  type UnmatchedReason,
  WEBHOOK_SCHEMES,
  WEBHOOK_STATUSES,
} from '@gradewire/passback';
import { z } from 'zod';
import { instant } from './common.ts';

/** A source's id as part of a path. */
export const sourcePath = z.object({ sourceId: sourceIdSchema });

/** A source as it is read back: everything but its secrets. */
export const webhookSourceSchema = z
  .object({
    id: z.string(),
    platformId: z.string(),
    scheme: z.enum(WEBHOOK_SCHEMES),
    secretCount: z.int().meta({ description: 'Secrets are never shown.' }),
    adapter: z.enum(SOURCE_ADAPTERS),
    signature: signatureSchema.optional(),
    deliveryIdHeader: z.string().optional(),
    mapping: z.string().optional(),
    target: sourceTargetSchema.optional(),
    assignment: z.string().optional(),
    defaults: sourceDefaultsSchema,
    url: z.string().meta({ description: 'Where its webhooks are to be sent.' }),
    unmatched: z.int().meta({ description: 'Deliveries of which something came to no score.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'WebhookSource' });

/** What became of one webhook. */
export const webhookDeliverySchema = z
  .object({
    id: z.string(),
    sourceId: z.string(),
    platformId: z.string(),
    receivedAt: instant,
    status: z.enum(WEBHOOK_STATUSES).meta({
      description:
        'pending: not read yet. ignored: no matter of grades. unmatched: some of it, or all, came to no score yet.',
    }),
    ignored: z.string().optional().meta({ description: 'Why it is no matter of grades.' }),
    scores: z.array(z.string()).meta({ description: 'The scores it came to.' }),
    unmatched: z.int().meta({ description: 'How many of its parts are unmatched.' }),
    discarded: z
      .array(z.object({ index: z.int(), note: z.string() }))
      .optional()
      .meta({ description: 'What was given up, and why.' }),
    nextAttemptAt: instant.optional().meta({ description: 'When it is tried again by itself.' }),
  })
  .meta({ id: 'WebhookDelivery' });

const unmatchedReason = z
  .enum(Object.keys(UNMATCHED) as [UnmatchedReason, ...UnmatchedReason[]])
  .meta({ id: 'UnmatchedReason' });

/** What is told of a part of a delivery that came to no score. */
export const unmatchedPart = z.object({
  index: z.int().meta({ description: 'Where it stands in the delivery, from 0.' }),
  reason: unmatchedReason,
  detail: z.string(),
  hint: z.string().meta({ description: 'What to do about it.' }),
  identities: z.array(identitySchema).optional().meta({ description: 'Who it is about, as far as is told.' }),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

/** A part of a delivery that waits to be mended. */
export const unmatchedSchema = unmatchedPart
  .extend({
    id: z.string().meta({ description: '`{deliveryId}.{index}`' }),
    deliveryId: z.string(),
    receivedAt: instant,
    nextAttemptAt: instant.optional(),
  })
  .meta({ id: 'Unmatched' });
