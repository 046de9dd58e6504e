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
  return rosterMatcher(members)(selector);
}

/** `matchMember` for many selectors of one roster: the marks of its members are gathered once. */
export function rosterMatcher(members: readonly Member[]): (selector: UserSelector) => RosterMatch {
  const byKind = new Map<SelectorKind, Map<string, Member[]>>();
  return (selector) => {
    const { kind, text } = comparableSelector(selector);
    const marked = byKind.get(kind) ?? membersByMark(members, kind);
    byKind.set(kind, marked);
    const nearest = preferred(preferred(marked.get(text) ?? [], isActiveMember), hasLearnerRole);
    const userIds = new Set(nearest.map(({ userId }) => userId));
    const [userId] = userIds;
    if (userId === undefined) return { kind: 'none', shared: marked.size > 0 };
    return userIds.size === 1 ? { kind: 'found', userId } : { kind: 'several', count: userIds.size };
  };
}

function membersByMark(members: readonly Member[], kind: SelectorKind): Map<string, Member[]> {
  const byMark = new Map<string, Member[]>();
  for (const member of members) {
    for (const mark of marksOf(member, kind)) {
      const those = byMark.get(mark);
      if (those) those.push(member);
      else byMark.set(mark, [member]);
    }
  }
  return byMark;
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
