import { z } from 'zod';
import { platformIdSchema } from './common.ts';

const roleSchema = z
  .enum(['submit', 'operate', 'admin'], 'takes submit, operate or admin')
  .meta({ id: 'Role', description: 'Each includes the ones before it.' });

export const keyInput = z
  .strictObject({
    name: z
      .string('takes text')
      .trim()
      .min(1, 'must not be empty')
      .max(100, 'must be at most 100 characters'),
    role: roleSchema,
    platformIds: z
      .array(platformIdSchema)
      .min(1, 'must name at least one platform')
      .max(1000)
      .optional()
      .meta({
        description: 'Absent: all platforms.',
      }),
  })
  .meta({ id: 'KeyInput' });

export const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: roleSchema,
    platformIds: z.array(z.string()).optional(),
    createdAt: z.string().optional(),
  })
  .meta({ id: 'Key' });
