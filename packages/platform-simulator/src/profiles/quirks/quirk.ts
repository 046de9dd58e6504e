import type { Dropped, Profile } from '../profile.ts';

/** What a quirk makes of a profile. */
export type Change = (profile: Profile) => Profile;

/** One way in which platforms differ: who says so, and what each of its values does. */
export interface Quirk<Value extends string | number = string> {
  source: string;
  values: Record<Value, Change>;
}

export function quirk<Value extends string | number>(
  source: string,
  values: Record<Value, Change>,
): Quirk<Value> {
  return { source, values };
}

type Section = 'token' | 'lineItems' | 'scores' | 'results' | 'memberships' | 'launch';

/** Replaces members of one section of the table. */
export function rules<Name extends Section>(section: Name, change: Partial<Profile[Name]>): Change {
  return (profile) => ({ ...profile, [section]: { ...profile[section], ...change } });
}

/** Scores of this kind are kept and never shown. */
export function dropping(cause: Dropped): Change {
  return (profile) => rules('scores', { dropped: [...(profile.scores.dropped ?? []), cause] })(profile);
}
