import type { ToolKey } from '@gradewire/passback/redis';
import { z } from 'zod';
import { instant } from './common.ts';

const publicJwk = z.looseObject({
  kty: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
  n: z.string(),
  e: z.string(),
});

export const jwksSchema = z.object({ keys: z.array(publicJwk) }).meta({ id: 'JsonWebKeySet' });

export const toolKeySchema = z
  .object({
    kid: z.string(),
    publicJwk,
    publicPem: z.string(),
    createdAt: instant,
    signsFrom: instant.optional().meta({ description: 'Absent: signs only for platforms that pin it.' }),
  })
  .meta({ id: 'ToolKey' });

/** A tool key as the API shows it. */
export function toolKeyAnswer({
  kid,
  publicJwk,
  publicPem,
  createdAtMs,
  signsFromMs,
}: ToolKey): z.input<typeof toolKeySchema> {
  return {
    kid,
    publicJwk: publicJwk as z.input<typeof toolKeySchema>['publicJwk'],
    publicPem,
    createdAt: new Date(createdAtMs).toISOString(),
    ...(signsFromMs !== undefined && { signsFrom: new Date(signsFromMs).toISOString() }),
  };
}
