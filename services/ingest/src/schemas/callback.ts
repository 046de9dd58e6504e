import {
  CALLBACK_DELIVERY_STATUSES,
  CALLBACK_EVENTS,
  CALLBACK_FORMS,
  CALLBACK_STATUSES,
  callbackIdSchema,
  DISABLED_REASONS,
} from '@gradewire/passback';
import { z } from 'zod';
import { instant } from './common.ts';

/** A callback's id as part of a path. */
export const callbackPath = z.object({ callbackId: callbackIdSchema });

/** A callback as it is read back. */
export const callbackSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.enum(CALLBACK_EVENTS)),
    platformIds: z.array(z.string()).optional().meta({ description: 'Absent: all platforms.' }),
    form: z.enum(CALLBACK_FORMS),
    status: z.enum(CALLBACK_STATUSES).meta({
      description:
        'failing: nothing got through since failingSince, and it is tried on. disabled: it is not, until it is put again.',
    }),
    disabledReason: z.enum(DISABLED_REASONS).optional().meta({
      description: 'GONE: it answered 410. FAILING: nothing got through for too long.',
    }),
    disabledAt: instant.optional(),
    failingSince: instant.optional(),
    lastDeliveredAt: instant.optional(),
    pending: z.int().meta({ description: 'What waits to be sent.' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Callback' });

/** One message to a callback, with what came of sending it. */
export const callbackDeliverySchema = z
  .object({
    id: z.string().meta({ description: 'The webhook-id of every attempt.' }),
    type: z.enum([...CALLBACK_EVENTS, 'digest']),
    createdAt: instant,
    status: z.enum(CALLBACK_DELIVERY_STATUSES),
    attempts: z.int(),
    lastAttemptAt: instant.optional(),
    nextAttemptAt: instant.optional(),
    httpStatus: z.int().optional(),
    error: z.string().optional(),
    deliveredAt: instant.optional(),
  })
  .meta({ id: 'CallbackDelivery' });

/** The answer to a wish to send again. */
export const resentSchema = z.object({
  resent: z.int().meta({ description: 'How many messages are sent again. Those under way are left alone.' }),
});
