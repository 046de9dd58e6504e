import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { nameField } from './input-fields.ts';

const MAX_EMAIL_LENGTH = 320;

export type SelectorKind = 'email' | 'sourcedId' | 'name';

/** A student by something that the roster of the course knows them by. */
export type UserSelector = { email: string } | { sourcedId: string } | { name: string };

const byEmail = z.strictObject({
  email: nameField(MAX_EMAIL_LENGTH)
    .refine((text) => /^[^@]+@[^@]+$/.test(text.trim()), 'must be an e-mail address')
    .meta({ description: 'In any case.', example: 'ada@school.example' }),
});
const bySourcedId = z.strictObject({
  sourcedId: nameField(255).meta({ description: "The school's own id, `lis_person_sourcedid`." }),
});
const byName = z.strictObject({
  name: nameField(255).meta({
    description: 'In full, in any case, also as "Family, Given".',
    example: 'Ada Lovelace',
  }),
});

/** Instead of `userId`: who the student is in the roster of the launch's course. */
export const userSelectorSchema = z
  .union([byEmail, bySourcedId, byName], {
    error: 'must be an object with exactly one of email, sourcedId and name',
  })
  .meta({
    id: 'UserSelector',
    description:
      'The student by e-mail address, school id or name, looked up in the roster of the launch when the score is delivered.',
  });

/** What kind of selector it is, and its text as it is compared. */
export function comparableSelector(selector: UserSelector): { kind: SelectorKind; text: string } {
  const [kind, text] = Object.entries(selector)[0] as [SelectorKind, string];
  return { kind, text: comparableText(kind, text) };
}

/**
 * A text of a roster or of a selector as the two are compared: Unicode brought to one form, and no case but for the
 * school's ids, whose form is the school's.
 */
export function comparableText(kind: SelectorKind, text: string): string {
  const even = text.normalize('NFKC').trim().replace(/\s+/g, ' ');
  return kind === 'sourcedId' ? even : even.toLowerCase();
}

/** What a selector's alias is made from: two that mean the same in one launch are the same. Tells who it is, so it is to be hashed. */
export function userAliasText(launchId: string, selector: UserSelector): string {
  const { kind, text } = comparableSelector(selector);
  return canonicalJson([launchId, kind, text]);
}
