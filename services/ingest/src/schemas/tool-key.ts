import { z } from 'zod';
import { mayUse, type Principal } from '../auth.ts';
import type { ToolKeyView } from '../tool-keys/view-tool-keys.ts';
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
    state: z.enum(['published', 'signing', 'retired']).meta({
      description:
        'published: in the key set, and signs nothing yet. signing: some platform gets assertions signed with it. retired: still in the key set, and signs nothing any more.',
    }),
    platformId: z.string().optional().meta({ description: 'The only platform it signs for. Absent: all.' }),
    pinnedBy: z.array(z.string()).meta({ description: 'The platforms that name it in toolKeyId.' }),
    createdAt: instant,
    signsFrom: instant.optional().meta({ description: 'Absent: signs only for platforms that pin it.' }),
    servedUntil: instant.optional().meta({
      description:
        'From when on it is removed, 14 days after it signed last. Absent while nothing is to take its place.',
    }),
    publicJwk,
    publicPem: z.string(),
  })
  .meta({ id: 'ToolKey' });

/** A tool key as the API shows it, with the platforms that the caller may know of. */
export function toolKeyAnswer(key: ToolKeyView, principal: Principal): z.input<typeof toolKeySchema> {
  const { kid, state, platformId, pinnedBy, createdAtMs, signsFromMs, servedUntilMs } = key;
  return {
    kid,
    state,
    ...(platformId !== undefined && { platformId }),
    pinnedBy: pinnedBy.filter((id) => mayUse(principal, id)),
    createdAt: timeOf(createdAtMs),
    ...(signsFromMs !== undefined && { signsFrom: timeOf(signsFromMs) }),
    ...(servedUntilMs !== undefined && { servedUntil: timeOf(servedUntilMs) }),
    publicJwk: key.publicJwk as z.input<typeof toolKeySchema>['publicJwk'],
    publicPem: key.publicPem,
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
