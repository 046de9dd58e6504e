import { z } from 'zod';

/** A gradebook column as the platform shows it, with what is remembered of it. */
export const lineItemSchema = z
  .object({
    lineItemUrl: z.string(),
    label: z.string(),
    scoreMaximum: z.number(),
    resourceId: z.string().optional(),
    resourceLinkId: z.string().optional(),
    tag: z.string().optional(),
    startDateTime: z.string().optional(),
    endDateTime: z.string().optional(),
    gradesReleased: z.boolean().optional(),
    vendorMembers: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: "The platform's own members; a change keeps them." }),
    created: z.boolean().meta({ description: 'Gradewire made it.' }),
    delivered: z.int().meta({ description: 'To how many students of it Gradewire delivered scores.' }),
    replacedBy: z.string().optional().meta({
      description: 'The column that was adopted in its place, and gets the scores of its resource.',
    }),
    drift: z.object({ label: z.string().optional(), scoreMaximum: z.number().optional() }).optional().meta({
      description: 'What it was when Gradewire found, made or changed it, where it is something else by now.',
    }),
  })
  .meta({ id: 'LineItem', description: 'A gradebook column.' });

export type LineItemView = z.output<typeof lineItemSchema>;
