import type { Profile } from '../profile.ts';
import { ANSWER_QUIRKS } from './answer-quirks.ts';
import { LINE_ITEM_QUIRKS } from './line-item-quirks.ts';
import type { Quirk } from './quirk.ts';
import { READING_QUIRKS } from './reading-quirks.ts';
import { SCORE_QUIRKS } from './score-quirks.ts';
import { TOKEN_QUIRKS } from './token-quirks.ts';

/**
 * The ways of real platforms, one by one, for any profile. The vendors' tables have theirs already; with a single one on
 * top of `generic` a test sees what that one does. A platform that acts and never answers is a fault (`apply: true`).
 */
export const QUIRKS = {
  ...TOKEN_QUIRKS,
  ...ANSWER_QUIRKS,
  ...LINE_ITEM_QUIRKS,
  ...SCORE_QUIRKS,
  ...READING_QUIRKS,
};

export type QuirkName = keyof typeof QUIRKS;

/** Which value of which quirks. */
export type Quirks = { [Name in QuirkName]?: keyof (typeof QUIRKS)[Name]['values'] };

export function isQuirk(name: string, value: string): boolean {
  return Object.hasOwn(QUIRKS, name) && Object.hasOwn(QUIRKS[name as QuirkName].values, value);
}

/** The profile with single quirks more; throws a TypeError for one that there is not. */
export function withQuirks(profile: Profile, quirks: Quirks): Profile {
  return Object.entries(quirks).reduce((changed, [name, value]) => {
    if (!isQuirk(name, String(value))) throw new TypeError(`there is no quirk ${name}=${value}`);
    const { values } = QUIRKS[name as QuirkName] as Quirk;
    return values[String(value)]?.(changed) ?? changed;
  }, profile);
}
