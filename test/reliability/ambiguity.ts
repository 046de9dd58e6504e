import type { Fault } from '@gradewire/platform-simulator';
import type { Score, ScoreInput } from '@gradewire/sdk';
import { platformId } from '../support/classroom.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import {
  ago,
  cellOf,
  deliver,
  impatient,
  type Lesson,
  minute,
  openLesson,
  scoreOf,
  studentOf,
} from './lesson.ts';
import { until } from './watch.ts';

type Action = Fault['action'];

/** Ways in which a post is applied and its answer is not had. */
const lostAnswers: readonly Action[] = [
  { kind: 'drop', apply: true },
  { kind: 'truncate', apply: true },
  { kind: 'html', apply: true },
  { kind: 'status', status: 502, apply: true },
  { kind: 'hang', apply: true },
];

const openAmbiguous = (profile: 'moodle' | 'canvas', students: number): Promise<Lesson> =>
  openLesson({ profile, students, gradewire: { env: impatient, deliveries: 2 } });
const wordsOf = ({ status, reason }: Score) => `${status} ${reason ?? ''}`.trim();

/** The next post of each student is met by one of the actions, in turn. */
function meetNextPosts({ simulator, course }: Lesson, actions: readonly Action[]): void {
  for (const [i, { userId }] of course.students.entries()) {
    simulator.addFault({
      match: { endpoint: 'scores', userId },
      count: 1,
      action: actions[i % actions.length]!,
    });
  }
}

const allOf = <T>(lesson: Lesson, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(lesson.course.students.map((_, i) => work(i)));

async function onMoodle({ long }: AttackContext): Promise<Finding> {
  await using lesson = await openAmbiguous('moodle', long ? 500 : 40);
  meetNextPosts(lesson, lostAnswers);
  const landed = await allOf(lesson, (i) =>
    deliver(lesson, i, { scoreGiven: i % 100, timestamp: ago(minute) }),
  );
  const broken = landed.flatMap((score, i) =>
    score.status === 'delivered' && cellOf(lesson, i)?.score === i % 100
      ? []
      : [`landed: ${wordsOf(score)}, shown ${cellOf(lesson, i)?.score}`],
  );

  // Nothing of the next ones lands, and every other student is given a grade by the teacher meanwhile.
  lesson.simulator.clearFaults();
  meetNextPosts(lesson, [{ kind: 'drop' }]);
  const edited = (i: number) => i % 2 === 0;
  for (const [i, { userId }] of lesson.course.students.entries()) {
    if (edited(i)) lesson.simulator.teacher.editGrade(lesson.itemId, userId, 12.5);
  }
  const dropped = await allOf(lesson, (i) =>
    deliver(lesson, i, { scoreGiven: 99.5, timestamp: ago(minute / 2) }),
  );
  let teachers = 0;
  for (const [i, score] of dropped.entries()) {
    const shown = cellOf(lesson, i)?.score;
    const truth = edited(i) ? 'superseded NEWER_ON_PLATFORM' : 'delivered';
    if (wordsOf(score) === 'superseded NEWER_ON_PLATFORM') teachers += 1;
    if (wordsOf(score) !== truth || shown !== (edited(i) ? 12.5 : 99.5))
      broken.push(`lost: ${wordsOf(score)} instead of ${truth}, shown ${shown}`);
  }
  const dead = [...landed, ...dropped].filter(({ status }) => status === 'dead').length;
  return {
    figure: `${landed.length} posts applied unanswered, ${dropped.length} lost: ${dead} dead, ${broken.length} untrue statuses, ${teachers} left to the teacher’s grade`,
    broken,
  };
}

async function onCanvas({ long }: AttackContext): Promise<Finding> {
  await using lesson = await openAmbiguous('canvas', long ? 500 : 40);
  const { simulator } = lesson;
  const broken: string[] = [];
  let scores = 0;
  const round = async (name: string, expected: number, fields: (i: number) => Partial<ScoreInput>) => {
    simulator.clearFaults();
    meetNextPosts(lesson, lostAnswers);
    const ended = await allOf(lesson, (i) => deliver(lesson, i, fields(i)));
    scores += ended.length;
    for (const [i, score] of ended.entries()) {
      const { attempts = 0, comments = [], score: shown } = cellOf(lesson, i) ?? {};
      if (score.status !== 'delivered' || shown !== fields(i).scoreGiven)
        broken.push(`${name}: ${wordsOf(score)}, shown ${shown}`);
      if (attempts !== expected || comments.length !== expected)
        broken.push(`${name}: ${attempts} attempts, ${comments.length} comments instead of ${expected}`);
    }
  };
  const handedIn = (minutes: number) => ({ submission: { submittedAt: ago(minutes * minute) } });
  const [first, second] = [handedIn(20), handedIn(10)];
  await round('first', 1, (i) => ({ ...first, scoreGiven: i % 50, comment: `first of ${i}` }));
  await round('handed in again', 2, (i) => ({
    ...second,
    scoreGiven: 50 + (i % 50),
    comment: `second of ${i}`,
  }));
  const { attempts, comments } = lesson.course.students.reduce(
    (sum, _, i) => ({
      attempts: sum.attempts + (cellOf(lesson, i)?.attempts ?? 0),
      comments: sum.comments + (cellOf(lesson, i)?.comments.length ?? 0),
    }),
    { attempts: 0, comments: 0 },
  );
  return {
    figure: `${scores} scores, each first post applied unanswered: ${attempts} attempts, ${comments} comments`,
    broken,
  };
}

/** A newer score comes while an older one, of the same grade, has landed unanswered: the grade cannot tell them apart. */
async function newerInDoubt({ long }: AttackContext): Promise<Finding> {
  await using lesson = await openAmbiguous('canvas', long ? 100 : 20);
  const { simulator, gradewire } = lesson;
  const { scores } = gradewire.client;
  // Long enough for the newer one to be there before the older one is tried again.
  meetNextPosts(lesson, [{ kind: 'status', status: 502, headers: { 'retry-after': '20' }, apply: true }]);
  const broken: string[] = [];
  // One after the other: many in trouble together would hold the lane.
  for (const i of lesson.course.students.keys()) {
    const submission = { submittedAt: ago(20 * minute) };
    const old = await scores.send(scoreOf(lesson, i, { scoreGiven: 70, comment: 'old', submission }));
    const tried = async () => (await scores.get(old.id)).status === 'retrying';
    await until('the older score was not tried', 2 * minute, tried, 5);
    const newer = await deliver(lesson, i, { scoreGiven: 70, comment: 'new', submission });
    const { attempts, comments = [], score } = cellOf(lesson, i) ?? {};
    if (newer.status !== 'delivered' || score !== 70 || attempts !== 1 || comments.join() !== 'old,new')
      broken.push(`${wordsOf(newer)}, ${score} in ${attempts} attempts with comments ${comments.join()}`);
  }
  const posts = simulator.requests({ endpoint: 'scores', limit: 100_000 }).length;
  return {
    figure: `${lesson.course.students.length} corrected comments behind an unanswered post of the same grade: ${broken.length} lost or doubled, ${posts} posts`,
    broken,
  };
}

async function older({ long }: AttackContext): Promise<Finding> {
  const students = long ? 120 : 24;
  const broken: string[] = [];
  await using lesson = await openAmbiguous('moodle', students);
  const { simulator, itemId } = lesson;
  /** What the platform shows by a hand that is not ours, and what must become of our older score of 60. */
  const cases = [
    { edit: 60, words: 'delivered', shown: 60 },
    { edit: 41, words: 'superseded NEWER_ON_PLATFORM', shown: 41 },
    { edit: null, words: 'delivered', shown: 60 },
  ] as const;
  const before = simulator.requests({ endpoint: 'results', limit: 100_000 }).length;
  await allOf(lesson, async (i) => {
    const { edit, words, shown } = cases[i % cases.length]!;
    simulator.teacher.editGrade(itemId, studentOf(lesson, i), edit);
    const score = await deliver(lesson, i, { scoreGiven: 60, timestamp: ago(5 * minute) });
    const seen = cellOf(lesson, i)?.score;
    if (wordsOf(score) !== words || seen !== shown)
      broken.push(`with ${edit} there: ${wordsOf(score)}, shown ${seen}`);
  });
  const read = simulator.requests({ endpoint: 'results', limit: 100_000 }).length - before;
  const dead = (await lesson.gradewire.client.deadLetters.summary())
    .filter((row) => row.platformId === platformId)
    .reduce((sum, { count }) => sum + count, 0);
  if (dead > 0) broken.push(`${dead} dead letters`);
  return {
    figure: `${students} scores answered “older” (a third each: ours there, the teacher’s, none): ${broken.length} untrue, ${read} results read, ${dead} dead`,
    broken,
  };
}

/** What the end of a request that nobody answered is taken for. */
export const ambiguityAttacks: readonly Attack[] = [
  {
    name: 'ambiguity-moodle',
    promise: 'An unanswered post is not a failure, and statuses tell what the gradebook shows (Moodle)',
    how: 'each first post is applied and its answer lost in one of five ways; then each is lost unapplied, half of them behind a teacher’s newer grade',
    run: onMoodle,
  },
  {
    name: 'ambiguity-canvas',
    promise: 'An unanswered post costs no second attempt and no second comment (Canvas)',
    how: 'each first post is applied and its answer lost in one of five ways; then the same with work handed in again',
    run: onCanvas,
  },
  {
    name: 'ambiguity-newer',
    promise: 'A newer score behind an unanswered one of the same grade is not taken for it (Canvas)',
    how: 'the older one is applied, its answer lost; the newer one differs in its comment only',
    run: newerInDoubt,
  },
  {
    name: 'ambiguity-older',
    promise: 'An unambiguous “older” with nothing of ours newer is settled by the results',
    how: 'the platform stamps a teacher’s edit with its own clock: our grade, another, or none is there when an older score of ours comes',
    run: older,
  },
];
