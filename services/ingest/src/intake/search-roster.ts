import type { Platform, Roster, SelectorKind, UserSelector } from '@gradewire/passback';
import type { CourseRosters } from './course-rosters.ts';
import { type CandidatesMatch, candidatesMatcher } from './match-candidates.ts';
import type { Why } from './sieve.ts';

/** Who a student is, or why that cannot be told. */
export type Who = { userId: string } | Why;

/**
 * Looks students up in the roster of a course, each by several marks. One of the last minutes will do for those whom it has;
 * nobody is said to be missing but by one read just now.
 * @returns one answer per student, in order
 */
export async function searchRoster(
  rosters: Pick<CourseRosters, 'read'>,
  course: { platform: Platform; membershipsUrl: string; unhurried?: AbortSignal | undefined },
  students: ReadonlyArray<readonly UserSelector[]>,
): Promise<Who[]> {
  const known = await rosters.read(course);
  if (!known.ok) return students.map(() => known.why);
  const first = whoIn(known.roster, students);
  if (first.every((who) => 'userId' in who)) return first;
  const newer = await rosters.read({ ...course, fresh: true });
  const second = newer.ok ? whoIn(newer.roster, students) : students.map(() => newer.why);
  return first.map((who, i) => ('userId' in who ? who : second[i]!));
}

const WORDS: Record<SelectorKind, string> = {
  email: 'e-mail address',
  sourcedId: 'school id',
  name: 'name',
};

function whoIn(roster: Roster, students: ReadonlyArray<readonly UserSelector[]>): Who[] {
  const match = candidatesMatcher(roster.members);
  return students.map((marks) => whoOf(match(marks), roster, marks));
}

/** Says how many members there are and by what they were searched, never who. */
function whoOf(match: CandidatesMatch, { members, complete }: Roster, marks: readonly UserSelector[]): Who {
  if (match.kind === 'found') return { userId: match.userId };
  const what = [...new Set(marks.flatMap((mark) => Object.keys(mark) as SelectorKind[]))]
    .map((kind) => WORDS[kind])
    .join(' or ');
  if (match.kind === 'ambiguous') {
    const detail = match.differ
      ? 'what the sender says of the student fits different members of the course'
      : `several members of the course have this ${what}`;
    return { reason: 'USER_AMBIGUOUS', detail };
  }
  const count = members.length;
  if (match.shared.length === 0 && count > 0) {
    const detail = `the platform does not share any ${what} of the ${count} members`;
    return { reason: 'ROSTER_UNREADABLE', detail };
  }
  const cut = complete ? '' : ', and the list is too long to be read whole';
  return {
    reason: 'USER_NOT_FOUND',
    detail: `none of the ${count} members of the course has this ${what}${cut}`,
  };
}
