import { type Launch, launchClaimsSchema, platformIdSchema } from '@gradewire/passback';
import { z } from 'zod';
import { instant } from './common.ts';
import { given } from './given.ts';

const MAX_ID_TOKEN_LENGTH = 65_536;

const platformId = platformIdSchema.optional().meta({
  description: 'Default: found by issuer, audience and deployment.',
});

const withIdToken = z
  .strictObject({
    platformId,
    idToken: z
      .string()
      .min(1, 'must not be empty')
      .max(MAX_ID_TOKEN_LENGTH, `must be at most ${MAX_ID_TOKEN_LENGTH} characters`)
      .meta({ description: 'The `id_token` of a launch, as the platform posted it.' }),
  })
  .meta({
    id: 'LaunchByIdToken',
    description: 'A launch that is verified here. The nonce is yours to check.',
  });

const withClaims = z
  .strictObject({ platformId, claims: launchClaimsSchema })
  .meta({ id: 'LaunchByClaims', description: 'A launch that you verified, or took down earlier.' });

/** The body of `POST /v1/launches`. */
export const launchInputSchema = z
  .union([withIdToken, withClaims], { error: 'must be an object with exactly one of idToken and claims' })
  .meta({ id: 'LaunchInput' });

export type LaunchInput = z.output<typeof launchInputSchema>;

/** A launch as it is read back. */
export const launchSchema = z
  .object({
    launchId: z.string(),
    platformId: z.string(),
    resourceLinkId: z.string().optional(),
    contextId: z.string().optional(),
    lineItemUrl: z.string().optional(),
    lineItemsUrl: z.string().optional(),
    membershipsUrl: z.string().optional(),
    scopes: z.array(z.string()).meta({ description: 'What the platform said the tool may ask for.' }),
    title: z.string().optional(),
    updatedAt: instant.meta({ description: 'When it was launched last, as far as is known.' }),
  })
  .meta({ id: 'Launch', description: 'What is known of a resource link, whoever launched it.' });

export function launchView({ id, updatedAt, ...launch }: Launch): z.input<typeof launchSchema> {
  return given({ launchId: id, ...launch, updatedAt: new Date(updatedAt).toISOString() });
}
