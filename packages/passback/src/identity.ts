import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { nameField } from './input-fields.ts';
import { comparableText, type UserSelector, userSelectorSchema } from './user-selector.ts';

/** How a sender can know a student. `sourcedId` is the school's own id, `senderId` one of the sender's. */
export type IdentityKind = 'github' | 'email' | 'sourcedId' | 'name' | 'senderId';

/** A student as a sender knows them, by one member. */
export type Identity =
  | { github: string }
  | { email: string }
  | { sourcedId: string }
  | { name: string }
  | { senderId: string };

/** Who an identity means: a user of the platform, or somebody to be looked up in the roster of a course. */
export type Person = { userId: string } | { user: UserSelector };

/** One row of a platform's identity table. */
export type IdentityRow = { identity: Identity } & Person;

/** What a GitHub login is made of; those of a school's own users hold an underscore. */
const LOGIN = /^[a-z\d][a-z\d_-]{0,99}$/i;

const byGithub = z.strictObject({
  github: z
    .string()
    .regex(LOGIN, 'must be a GitHub login, without @')
    .meta({ description: 'In any case.', example: 'ada-l' }),
});
const bySenderId = z.strictObject({
  senderId: nameField(255).meta({
    description: "The sender's own id of the student, as it sends it, but for blanks around it.",
  }),
});

/** Who a sender's student is, by exactly one thing that the sender knows of them. */
export const identitySchema = z
  .union([byGithub, ...userSelectorSchema.options, bySenderId], {
    error: 'must be an object with exactly one of github, email, sourcedId, name and senderId',
  })
  .meta({ id: 'Identity', description: 'A student as a sender knows them.' });

/** A row of the identity table as it is put. */
export const identityRowSchema = z
  .strictObject({
    identity: identitySchema,
    userId: nameField(255)
      .optional()
      .meta({ description: "The platform's id of the student. Either this or `user`.", example: '42' }),
    user: userSelectorSchema.optional(),
  })
  .superRefine(({ userId, user }, context) => {
    if ((userId === undefined) !== (user === undefined)) return;
    const message = user ? 'must not be given together with user' : 'is required, or else user';
    context.addIssue({ code: 'custom', path: ['userId'], message });
  })
  .meta({ id: 'IdentityRow', description: 'Who a student of a sender is on the platform.' });

/** The row of a parsed input. */
export function identityRowOf({ identity, userId, user }: z.output<typeof identityRowSchema>): IdentityRow {
  return userId === undefined ? { identity, user: user! } : { identity, userId };
}

/** Whether a sender's word for a student can be one at all: nothing else is looked up or kept. */
export function isIdentity(value: unknown): value is Identity {
  return identitySchema.safeParse(value).success;
}

/**
 * A text that two identities share when they mean the same student: the case of GitHub logins, e-mail addresses and names does
 * not count, that of ids does. Names a person, so it is to be hashed before it is kept.
 */
export function comparableIdentity(identity: Identity): string {
  const [kind, text] = Object.entries(identity)[0] as [IdentityKind, string];
  return canonicalJson([kind, comparable[kind](text)]);
}

const comparable: Record<IdentityKind, (text: string) => string> = {
  github: (text) => text.trim().toLowerCase(),
  email: (text) => comparableText('email', text),
  sourcedId: (text) => comparableText('sourcedId', text),
  name: (text) => comparableText('name', text),
  senderId: (text) => text.trim(),
};

/** The identity as a roster can be searched by it; undefined for what only senders know. */
export function selectorOf(identity: Identity): UserSelector | undefined {
  return 'github' in identity || 'senderId' in identity ? undefined : identity;
}
