import {
  comparableIdentity,
  type IdentityKind,
  identityRowSchema,
  identitySchema,
  userSelectorSchema,
} from '@gradewire/passback';
import { z } from 'zod';
import { instant, platformIdSchema } from './common.ts';
import { isOneGiven } from './place.ts';

const MOST_ROWS = 1_000;

/** The body of `PUT /v1/identities`: whom each row means has to be said once. */
export const identitiesInput = z
  .strictObject({
    platformId: platformIdSchema,
    identities: z
      .array(identityRowSchema)
      .min(1, 'must hold at least one row')
      .max(MOST_ROWS, `must hold at most ${MOST_ROWS} rows`),
  })
  .superRefine(({ identities }, context) => {
    const seen = new Map<string, number>();
    for (const [i, { identity }] of identities.entries()) {
      const name = comparableIdentity(identity);
      const first = seen.get(name);
      if (first === undefined) seen.set(name, i);
      else {
        const message = `means the same student as that of /identities/${first}`;
        context.addIssue({ code: 'custom', path: ['identities', i, 'identity'], message });
      }
    }
  })
  .meta({ id: 'IdentitiesInput', description: "Who senders' students are on a platform." });

/** A row of the table as it is listed. */
export const storedIdentity = z
  .object({
    identity: identitySchema,
    userId: z.string().optional(),
    user: userSelectorSchema.optional(),
    updatedAt: instant,
  })
  .meta({
    id: 'StoredIdentity',
    description: 'Who a student of a sender is: `userId`, or `user` in the roster.',
  });

const text = () => z.string().optional();

const kinds: Record<IdentityKind, z.ZodType<string | undefined>> = {
  github: text(),
  email: text(),
  sourcedId: text(),
  name: text(),
  senderId: text(),
};

/** A row named in a query: `?platformId&github=...`. The text itself is checked as that of any identity. */
export const identityQuery = z
  .strictObject({ platformId: platformIdSchema, ...kinds })
  .refine(({ platformId: _, ...identity }) => isOneGiven(Object.values(identity)), {
    path: ['github'],
    error: 'or exactly one of email, sourcedId, name and senderId must be given',
  });
