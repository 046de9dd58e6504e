import { z } from 'zod';
import { platformIdSchema } from '../schemas/common.ts';
import { launchId, lineItemUrl } from '../schemas/place.ts';

/** The body of `POST /v1/reconciliations`. */
export const reconciliationInput = z
  .strictObject({
    platformId: platformIdSchema,
    lineItemUrl: lineItemUrl.optional().meta({ description: 'This column only.' }),
    launchId: launchId
      .optional()
      .meta({ description: 'Or the column that scores of this registered launch go to.' }),
    repair: z.boolean().default(false).meta({
      description:
        'Send again what is missing or shows an older grade of ours. What a teacher changed is left alone.',
    }),
  })
  .refine((input) => input.lineItemUrl === undefined || input.launchId === undefined, {
    path: ['lineItemUrl'],
    error: 'goes without launchId',
  })
  .meta({ id: 'ReconciliationInput' });

/** What is stored of a reconciliation: all that a process needs to go on with another's. */
export interface ReconciliationRequest {
  /** Absent: every column that was delivered to. */
  lineItemUrl?: string;
  repair: boolean;
  /** Begun by the schedule; of columns that were delivered to since then, ms. */
  scheduledSinceMs?: number;
}
