import { z } from 'zod';

/** The caller's name for a platform: a slug of at most 63 characters. */
export const platformIdSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'must be 1 to 63 lower-case letters, digits and hyphens, not led by a hyphen',
  )
  .meta({ id: 'PlatformId', description: 'The name you gave the platform.', example: 'moodle' });
