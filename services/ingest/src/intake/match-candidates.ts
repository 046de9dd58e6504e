import type { Member } from '@gradewire/ags';
import { matchMember, rosterMatcher, type SelectorKind, type UserSelector } from '@gradewire/passback';

/** Whom several marks of one student mean in a roster. `shared`: the kinds of marks that it tells of anybody. */
export type CandidatesMatch =
  | { kind: 'found'; userId: string }
  /** `differ`: the marks are those of different people; else one mark is that of several. */
  | { kind: 'ambiguous'; differ: boolean }
  | { kind: 'none'; shared: SelectorKind[] };

/**
 * Finds the one member whom a student's marks mean, for many students of one roster. Marks that nobody has count for nothing;
 * those that somebody has must all be of one and the same, else nobody is guessed.
 */
export function candidatesMatcher(
  members: readonly Member[],
): (candidates: readonly UserSelector[]) => CandidatesMatch {
  const matchOne = rosterMatcher(members);
  const byUserId = Map.groupBy(members, ({ userId }) => userId);
  return (candidates) => {
    const matches = candidates.map((candidate) => ({ candidate, match: matchOne(candidate) }));
    const fitting = matches.filter(({ match }) => match.kind !== 'none');
    if (fitting.length === 0) {
      const shared = matches.filter(({ match }) => match.kind === 'none' && match.shared);
      return { kind: 'none', shared: shared.map(({ candidate }) => kindOf(candidate)) };
    }
    const found = new Set(fitting.flatMap(({ match }) => (match.kind === 'found' ? [match.userId] : [])));
    const [userId] = found;
    if (userId === undefined) return { kind: 'ambiguous', differ: false };
    const themselves = byUserId.get(userId) ?? [];
    const fitsAll = fitting.every(({ candidate }) => matchMember(themselves, candidate).kind === 'found');
    return found.size === 1 && fitsAll ? { kind: 'found', userId } : { kind: 'ambiguous', differ: true };
  };
}

function kindOf(selector: UserSelector): SelectorKind {
  return Object.keys(selector)[0] as SelectorKind;
}
