import { z } from 'zod';
import { nameField, pointsAvailableField, timestampField } from './input-fields.ts';

/** What can be changed of a line item that is there. A date that is null is taken away. */
export const lineItemChanges = {
  label: nameField(255).optional().meta({ description: 'The name of the column.', example: 'Lab 3' }),
  scoreMaximum: pointsAvailableField().optional().meta({
    description: 'The points of the column. Some platforms rescale the grades in it.',
    example: 100,
  }),
  startDateTime: timestampField().nullable().optional().meta({ description: 'From when on work is taken.' }),
  endDateTime: timestampField().nullable().optional().meta({ description: 'Until when work is taken.' }),
  gradesReleased: z.boolean().optional().meta({ description: 'A wish that students see the grades.' }),
};
