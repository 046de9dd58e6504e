import { z } from 'zod';

/** A member of a course as the platform lists them. */
export const memberSchema = z
  .object({
    userId: z.string().meta({ description: 'What a score names the student by.' }),
    status: z.string().meta({ description: '`Active`, or else they have left or are suspended.' }),
    roles: z.array(z.string()).meta({ description: 'As the platform writes them: URIs, or short names.' }),
    name: z.string().optional(),
    givenName: z.string().optional(),
    familyName: z.string().optional(),
    email: z.string().optional(),
    sourcedId: z.string().optional().meta({ description: "The school's own id." }),
  })
  .meta({
    id: 'Member',
    description:
      'Somebody in a course. Names, e-mail address and school id only where the platform shares them.',
  });
