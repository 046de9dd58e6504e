import { z } from 'zod';
import { instant } from './common.ts';

export const laneSchema = z
  .object({
    platformId: z.string(),
    state: z.enum(['open', 'held', 'paused']),
    reason: z.string().optional().meta({ description: 'Why the lane holds itself; it heals by itself.' }),
    heldUntil: instant.optional().meta({ description: 'When the next probe goes.' }),
    undelivered: z.int(),
    oldestUndeliveredSeconds: z.int(),
    dead: z.int(),
    limits: z.object({
      concurrency: z.int(),
      ratePerSecond: z.number().optional(),
      learnedRatePerSecond: z.number().optional().meta({
        description: 'How fast requests go at present, learnt from refusals. Grows while there are none.',
      }),
    }),
  })
  .meta({ id: 'Lane', description: 'The way to one platform.' });
