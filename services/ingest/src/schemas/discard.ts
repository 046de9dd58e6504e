import { z } from 'zod';

/** The body of giving something up. */
export const discardSchema = z
  .strictObject({
    note: z
      .string('takes text')
      .trim()
      .min(1, 'says why, in at least one character')
      .max(300, 'takes at most 300 characters'),
  })
  .meta({ id: 'Discard' });
