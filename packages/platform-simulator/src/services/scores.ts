import type { Reply } from '../http/reply.ts';
import { checkMembers } from '../profiles/members.ts';
import type { Dropped, ReadScore, ScoreRules, ServiceRequest } from '../profiles/profile.ts';
import { Refused } from '../profiles/refusals.ts';
import { strangerTo } from '../profiles/users.ts';
import type { Cell, Course, LineItem } from '../world/types.ts';
import type { ServiceDeps } from './line-items.ts';
import { isCoupled, locateCourse, locateLineItem } from './locate.ts';
import { appendPath, withParameter } from './urls.ts';

/** A request that was looked at; `commit` carries it out and answers, or throws `Refused`. */
export interface Prepared {
  commit: () => Reply;
}

/** Counted as scores are written. */
export interface ScoreCounters {
  scoresStored: number;
  /** Stored although a later timestamp was there already. */
  regressions: number;
}

/** Checks a posted score against what is stored now; `commit` writes it. */
export function prepareScore(deps: ServiceDeps, request: ServiceRequest, counters: ScoreCounters): Prepared {
  const { world, profile, urls } = deps;
  const rules = profile.scores;
  const course = locateCourse(world, request);
  const item = locateLineItem(world, profile, request);
  checkMembers(request.body, { known: rules.knownMembers });
  const member = (userId: string) => world.member(course, userId) ?? strangerTo(rules, userId);
  const score = rules.read({ world, course, item, request, member });
  const cell = world.cell(item, score.member.userId);
  const hadRow = cell.stored;
  cell.posts += 1;
  const guarded = <T>(check: () => T): T => {
    try {
      return check();
    } catch (error) {
      if (error instanceof Refused) cell.refused += 1;
      throw error;
    }
  };
  guarded(() => refuseOlder(rules, cell, score, item));
  const answer = (): Reply => {
    if (typeof rules.stored !== 'function') return rules.stored;
    const resultsUrl = appendPath(urls.lineItem(item, course.id), '/results');
    return rules.stored(withParameter(resultsUrl, 'user_id', score.member.userId), request);
  };
  return {
    commit: () =>
      guarded(() => {
        // Two inserts of one row: the database lets the first through.
        if (!hadRow && cell.stored && !rules.atomic) throw new Refused('firstGradeRace');
        if (cell.locked || item.locked) throw new Refused('gradeLocked');
        if (cell.timestamp !== null && score.timestamp < cell.timestamp) {
          if (rules.refuses === 'silently') return answer();
          counters.regressions += 1;
        }
        storeScore(deps, { course, item, cell, score, now: request.now });
        counters.scoresStored += 1;
        return answer();
      }),
  };
}

function refuseOlder(rules: ScoreRules, cell: Cell, score: ReadScore, item: LineItem): void {
  if (cell.timestamp === null || rules.refuses === 'nothing' || rules.refuses === 'silently') return;
  const stored = cut(cell.timestamp, rules.precisionMs);
  const posted = cut(score.timestamp, rules.precisionMs);
  if (posted < stored || (posted === stored && rules.refuses === 'equalOrOlder')) {
    throw new Refused('olderTimestamp', {
      userId: score.member.userId,
      detail: item.id,
      stored: cell.timestamp,
      posted: score.timestamp,
    });
  }
}

interface Posted {
  course: Course;
  item: LineItem;
  cell: Cell;
  score: ReadScore;
  now: number;
}

function storeScore({ world, profile }: ServiceDeps, { course, item, cell, score, now }: Posted): void {
  const rules = profile.scores;
  const effect = effectOf(rules, score);
  if (rules.attempts) countAttempt(item, cell, score, now);
  cell.activityProgress = score.activityProgress;
  cell.gradingProgress = score.gradingProgress;
  cell.posted = { given: score.given, maximum: score.maximum };
  keepComment(rules, cell, score);
  if (effect === 'cleared') {
    clearGrade(rules, world, item, cell, score, now);
    return;
  }
  cell.timestamp = cut(score.timestamp, rules.precisionMs);
  let shown: 'graded' | 'kept' = effect;
  if (effect === 'graded') {
    cell.rawScore = gradeOf(rules, item, score);
    if (staysAsItIs(rules, item, cell, score) || isDropped(rules, course, item, score)) shown = 'kept';
    else {
      const capped = rules.outOfRange === 'shownCapped';
      cell.score = capped ? Math.min(cell.rawScore, item.scoreMaximum) : cell.rawScore;
      cell.editedByTeacher = false;
    }
  }
  world.record(cell, {
    at: now,
    by: 'tool',
    effect: shown,
    score: cell.score,
    timestamp: cell.timestamp,
    ...(score.comment ? { comment: score.comment } : {}),
  });
}

function effectOf(rules: ScoreRules, score: ReadScore): 'graded' | 'cleared' | 'kept' {
  const final = rules.final.includes(score.gradingProgress);
  if (score.given !== null && final) return 'graded';
  if (score.preserveScore) return 'kept';
  if (score.given !== null) return rules.notFinal === 'clears' ? 'cleared' : 'kept';
  const wished = score.activityProgress === 'Initialized' && score.gradingProgress === 'NotReady';
  const clears = rules.noScore === 'clears' || (rules.noScore === 'clearsIfNotReady' && wished);
  return clears ? 'cleared' : 'kept';
}

/** Whether a grade stays out of the gradebook without a word. */
function isDropped({ dropped = [] }: ScoreRules, course: Course, item: LineItem, score: ReadScore): boolean {
  const met: Record<Dropped, boolean> = {
    zero: score.given === 0,
    unlinkedColumn: item.resourceLinkId === undefined,
    pastDue: !item.published,
    unknownUser: course.members.get(score.member.userId)?.status !== 'active',
  };
  return dropped.some((cause) => met[cause]);
}

/** On the column's scale, to five decimals as platforms keep it. */
function gradeOf(rules: ScoreRules, item: LineItem, score: ReadScore): number {
  const given = score.given ?? 0;
  const scaled = score.maximum === 0 ? given : (given * item.scoreMaximum) / score.maximum;
  const rounded = Math.round(scaled * 1e5) / 1e5;
  // -0 would show as "-0" in a result.
  const grade = rounded === 0 ? 0 : rounded;
  if (rules.outOfRange !== 'capped') return grade;
  const floored = grade < 0 && !isCoupled(item) ? 0 : grade;
  return Math.min(floored, item.scoreMaximum);
}

function staysAsItIs(rules: ScoreRules, item: LineItem, cell: Cell, score: ReadScore): boolean {
  // In spite of its name Canvas asks whether there is any score (`submission_has_score?`).
  if (score.prioritizeNonToolGrade && cell.score !== null) return true;
  return cell.editedByTeacher && rules.teacherEdit === 'staysOnCoupled' && isCoupled(item);
}

function clearGrade(
  rules: ScoreRules,
  world: ServiceDeps['world'],
  item: LineItem,
  cell: Cell,
  score: ReadScore,
  now: number,
): void {
  const platformClock = rules.clearedAt === 'platformClock';
  if (platformClock && !isCoupled(item) && cell.stored && cell.score === null && cell.rawScore === null) {
    // Moodle leaves an empty row as it is, its timestamp too.
    world.record(cell, {
      at: now,
      by: 'tool',
      effect: 'kept',
      score: null,
      timestamp: cell.timestamp,
    });
    return;
  }
  const cleared = !(cell.editedByTeacher && rules.teacherEdit === 'staysOnCoupled' && isCoupled(item));
  cell.rawScore = null;
  if (cleared) cell.score = null;
  if (!platformClock) cell.timestamp = cut(score.timestamp, rules.precisionMs);
  else cell.timestamp = isCoupled(item) ? null : cut(now, rules.precisionMs);
  world.record(cell, {
    at: now,
    by: 'tool',
    effect: cleared ? 'cleared' : 'kept',
    score: cell.score,
    timestamp: cell.timestamp,
  });
}

function keepComment(rules: ScoreRules, cell: Cell, score: ReadScore): void {
  if (rules.comments === 'appended') {
    if (score.comment) cell.comments.push(score.comment);
    return;
  }
  const erased = !score.comment || effectOf(rules, score) === 'cleared';
  cell.comments = erased || score.comment === undefined ? [] : [score.comment];
}

/** Canvas: a post is an attempt, unless it says that it is none or repeats the attempt's `submittedAt`. */
function countAttempt(item: LineItem, cell: Cell, score: ReadScore, now: number): void {
  const same = score.submittedAt !== undefined && score.submittedAt === cell.submittedAt;
  if (score.newSubmission === false || same) return;
  if (item.allowedAttempts !== undefined && cell.attempts >= item.allowedAttempts) {
    throw new Refused('attemptsExhausted');
  }
  cell.attempts += 1;
  cell.submittedAt = score.submittedAt ?? now;
  if (score.files) cell.files = score.files;
}

function cut(timestamp: number, precisionMs: number): number {
  return Math.floor(timestamp / precisionMs) * precisionMs;
}
