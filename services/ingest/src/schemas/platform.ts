import { PROFILE_NAMES } from '@gradewire/passback';
import { z } from 'zod';
import { instant } from './common.ts';

/** A registered platform as it is read back. */
export const platformSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    issuer: z.string(),
    clientId: z.string(),
    deploymentIds: z.array(z.string()).optional(),
    tokenUrl: z.string(),
    openidConfigurationUrl: z.string().optional(),
    audience: z.string(),
    jwksUrl: z.string().optional(),
    profile: z.enum(PROFILE_NAMES),
    serviceOrigins: z.array(z.string()),
    limits: z.object({ concurrency: z.int(), ratePerSecond: z.number().optional() }),
    limitGroup: z.string(),
    toolKeyId: z.string().optional(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Platform' });
