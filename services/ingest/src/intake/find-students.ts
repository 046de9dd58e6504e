import {
  comparableIdentity,
  type Identity,
  type LaunchTarget,
  type Person,
  selectorOf,
  type UserSelector,
} from '@gradewire/passback';
import type { Context } from '../context.ts';
import type { Directory } from '../scores/admit-score.ts';
import type { CourseRosters } from './course-rosters.ts';
import type { JudgedGrade } from './judge-grades.ts';
import { searchRoster, type Who } from './search-roster.ts';
import { type Sieved, type Why, waiting } from './sieve.ts';

/** How long the rosters of one delivery may take together; of most there is one. */
const ROSTERS_MS = 20_000;

/** A student to be looked up in a roster. */
interface Sought {
  judged: JudgedGrade;
  marks: UserSelector[];
}

/**
 * Puts the student into each score: as the grade has them, else as the identity table says, else as the roster of the launch
 * says. One look-up in the table and one roster per launch serve all grades of a delivery.
 * @param isWanted false for what was accepted before: for its sake alone no platform is asked
 */
export async function findStudents(
  { identities, courseRosters }: Pick<Context, 'identities'> & { courseRosters: Pick<CourseRosters, 'read'> },
  directory: Directory,
  platformId: string,
  grades: readonly JudgedGrade[],
  { isWanted, unhurried }: { isWanted: (grade: JudgedGrade) => boolean; unhurried?: AbortSignal | undefined },
): Promise<Sieved<JudgedGrade>> {
  const found: Sieved<JudgedGrade> = { passed: [], unmatched: [] };
  const tell = (judged: JudgedGrade, who: Who) => {
    if (!('userId' in who)) found.unmatched.push(waiting(judged, who, judged.grade));
    else found.passed.push({ ...judged, score: { ...judged.score, userId: who.userId } });
  };
  const nameless = grades.filter(({ grade }) => grade.userId === undefined);
  const table = await identities.find(
    platformId,
    nameless.flatMap(({ grade }) => grade.identities),
  );
  const sought: Sought[] = [];
  for (const judged of grades) {
    const { userId, identities: candidates } = judged.grade;
    const person = userId === undefined ? rowOf(candidates, table) : { userId };
    if (person && 'userId' in person) tell(judged, person);
    else sought.push({ judged, marks: person ? [person.user] : marksOf(candidates) });
  }
  const untilMs = performance.now() + ROSTERS_MS;
  const byLaunch = Map.groupBy(sought, ({ judged, marks }) => (marks.length === 0 ? '' : launchOf(judged)));
  for (const [launchId, those] of byLaunch) {
    const { membershipsUrl } = (launchId && (await directory.launch(platformId, launchId))) || {};
    const platform = await directory.platform(platformId);
    if (!platform || membershipsUrl === undefined) {
      for (const { judged, marks } of those) tell(judged, marks.length === 0 ? unknown : unlisted);
    } else if (performance.now() > untilMs) {
      for (const { judged } of those) tell(judged, later);
    } else if (those.some(({ judged }) => isWanted(judged))) {
      const course = { platform, membershipsUrl, unhurried };
      const answers = await searchRoster(
        courseRosters,
        course,
        those.map(({ marks }) => marks),
      );
      for (const [i, { judged }] of those.entries()) tell(judged, answers[i]!);
    }
  }
  return found;
}

/** What the table says of the first candidate that it has. */
function rowOf(candidates: readonly Identity[], table: ReadonlyMap<string, Person>): Person | undefined {
  return candidates
    .map((candidate) => table.get(comparableIdentity(candidate)))
    .find((row) => row !== undefined);
}

function marksOf(candidates: readonly Identity[]): UserSelector[] {
  return candidates.map(selectorOf).filter((selector) => selector !== undefined);
}

/** Only a launch tells where a roster is. */
function launchOf({ score }: JudgedGrade): string {
  return (score.target as Partial<LaunchTarget>).launchId ?? '';
}

const unknown: Why = {
  reason: 'UNKNOWN_IDENTITY',
  detail:
    'none of the identities that are known is theirs, and no member list knows what the sender calls them',
};

const unlisted: Why = {
  reason: 'UNKNOWN_IDENTITY',
  detail:
    'none of the identities that are known is theirs, and there is no member list in which they could be looked up',
};

const later: Why = {
  reason: 'PLATFORM_UNAVAILABLE',
  detail: 'other member lists of the platform took so long that this one was not asked for yet',
};
