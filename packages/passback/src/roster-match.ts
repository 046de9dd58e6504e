import type { Member } from '@gradewire/ags';
import { hasLearnerRole, isActiveMember } from './roster.ts';
import { comparableSelector, comparableText, type SelectorKind, type UserSelector } from './user-selector.ts';

/** Who a selector means in a roster. `shared` is false when nobody in it has such a mark: the platform does not tell it. */
export type RosterMatch =
  | { kind: 'found'; userId: string }
  | { kind: 'none'; shared: boolean }
  | { kind: 'several'; count: number };

/**
 * Finds who a selector means. Of several, those who are active go before those who have left, and then learners before
 * others: a teacher may have an account as a student too. Two that are as near are `several`; nobody is guessed.
 */
export function matchMember(members: readonly Member[], selector: UserSelector): RosterMatch {
  const { kind, text } = comparableSelector(selector);
  const marked = members.map((member) => ({ member, marks: marksOf(member, kind) }));
  const fitting = marked.filter(({ marks }) => marks.has(text)).map(({ member }) => member);
  const nearest = preferred(preferred(fitting, isActiveMember), hasLearnerRole);
  const userIds = new Set(nearest.map(({ userId }) => userId));
  const [userId] = userIds;
  if (userId === undefined) return { kind: 'none', shared: marked.some(({ marks }) => marks.size > 0) };
  return userIds.size === 1 ? { kind: 'found', userId } : { kind: 'several', count: userIds.size };
}

function preferred(members: readonly Member[], is: (member: Member) => boolean): readonly Member[] {
  const those = members.filter(is);
  return those.length > 0 ? those : members;
}

function marksOf(member: Member, kind: SelectorKind): Set<string> {
  const { email, sourcedId, name, givenName, familyName } = member;
  const texts = { email: [email], sourcedId: [sourcedId], name: [name, ...namesOf(givenName, familyName)] };
  return new Set(texts[kind].filter((text) => text !== undefined).map((text) => comparableText(kind, text)));
}

function namesOf(given: string | undefined, family: string | undefined): string[] {
  return given && family ? [`${given} ${family}`, `${family}, ${given}`, `${family} ${given}`] : [];
}
