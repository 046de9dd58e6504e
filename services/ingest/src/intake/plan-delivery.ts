import type { Mapper } from '@gradewire/autograders';
import type { WaitingEntry, WebhookSource } from '@gradewire/passback';
import type { Context } from '../context.ts';
import { directoryOf } from '../scores/directory.ts';
import type { CourseRosters } from './course-rosters.ts';
import { findStudents } from './find-students.ts';
import { fingerprintProblem } from './fingerprint-grade.ts';
import { type JudgedGrade, judgeGrades } from './judge-grades.ts';
import { readSent, type Sent } from './read-sent.ts';
import { waiting } from './sieve.ts';
import { slotOf, tellApart } from './tell-apart.ts';

export interface PlanParts extends Pick<Context, 'platforms' | 'launches' | 'identities'> {
  mapper: Pick<Mapper, 'map'>;
  courseRosters: Pick<CourseRosters, 'read'>;
}

/** What a delivery comes to: scores to accept, and what is in the way of the rest; by their place in the document. */
export interface Plan {
  ready: JudgedGrade[];
  unmatched: WaitingEntry[];
  /** Why it is no matter of grades. */
  ignored?: string;
}

export interface PlanOptions {
  /** By fingerprint: what became a score before, and what somebody gave up. Neither is planned again. */
  accepted?: Readonly<Record<string, string>>;
  discarded?: readonly string[];
  /** Something of it was unmatched before: it is not dropped because it is read otherwise now. */
  waited?: boolean;
  /** Nobody waits for the plan. */
  unhurried?: AbortSignal;
}

/**
 * Reads what a sender sent, makes a score of each grade and finds its student. Accepts nothing.
 * @throws only what Redis throws when it is away
 */
export async function planDelivery(
  parts: PlanParts,
  source: WebhookSource,
  sent: Sent,
  { accepted = {}, discarded = [], waited = false, unhurried }: PlanOptions = {},
): Promise<Plan> {
  const given = new Set(discarded);
  const read = await readSent(parts, source, sent);
  if (read.ignored !== undefined) {
    const whole = passedOver(read.ignored);
    if (waited && !given.has(whole.fingerprint)) return { ready: [], unmatched: [whole] };
    return { ready: [], unmatched: [], ignored: read.ignored };
  }
  const directory = directoryOf(parts);
  const isWanted = ({ fingerprint }: { fingerprint: string }) => !Object.hasOwn(accepted, fingerprint);
  // What says the same is one grade, and what was given up is none.
  const grades = [...new Map(read.grades.map((sent) => [sent.fingerprint, sent])).values()].filter(
    ({ fingerprint }) => !given.has(fingerprint),
  );
  const judged = await judgeGrades(directory, source, grades, sent);
  const found = await findStudents(parts, directory, source.platformId, judged.passed, {
    isWanted,
    unhurried,
  });
  const told = tellApart(found.passed);
  const unmatched = [...read.problems, ...judged.unmatched, ...found.unmatched, ...told.unmatched];
  return {
    ready: told.passed
      .filter((judged) => isWanted(judged) && !Object.hasOwn(accepted, slotOf(judged)))
      .toSorted(byIndex),
    unmatched: unmatched
      .filter((entry) => isWanted(entry) && !given.has(entry.fingerprint))
      .toSorted(byIndex),
  };
}

/** A delivery that the source would ignore by now, though something of it waits: whether that is right a person has to say. */
function passedOver(ignored: string): WaitingEntry {
  const fingerprint = fingerprintProblem({ index: 0, detail: 'passed over' });
  return waiting(
    { index: 0, fingerprint },
    {
      reason: 'NO_GRADE',
      detail: `something of it waited, and as the source is now it would be passed over: ${ignored}`,
      hint: 'If that is right, discard it. If not, change the source back, or mend it; it is read again then.',
    },
  );
}

function byIndex(a: { index: number }, b: { index: number }): number {
  return a.index - b.index;
}
