import { z } from 'zod';
import { instant } from './common.ts';

/** A grade as the platform shows it. */
export const resultSchema = z
  .object({
    userId: z.string(),
    resultScore: z.number().optional().meta({ description: 'Absent: there is no grade.' }),
    resultMaximum: z.number().optional().meta({ description: 'The scale of resultScore. Absent: 1.' }),
    comment: z.string().optional(),
    scoringUserId: z.string().optional(),
    timestamp: instant
      .optional()
      .meta({ description: 'Only from platforms that tell it, as they write it.' }),
  })
  .meta({
    id: 'Result',
    description: "A grade as the platform shows it: a teacher's counts, not what was sent.",
  });

export const truncated = z.literal(true).optional().meta({
  description: 'The platform has more than could be read, or its pages lead in a circle.',
});
