import type { ProfileName } from '@gradewire/platform-simulator';
import type { Score, ScoreInput } from '@gradewire/sdk';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';
import type { GradewireOptions } from '../support/gradewire.ts';
import { platformOf } from './attack.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

/** How many scores go together. */
export const perBatch = 100;
export const minute = 60_000;
export const requestTimeoutMs = 1_000;
export const impatient = { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: String(requestTimeoutMs) };
export const settled = { timeoutMs: 90_000, minPollMs: 20, maxPollMs: 200 };

/** A classroom with one column of 100 points and an empty ledger; its students go by number. */
export interface Lesson extends Classroom {
  readonly lineItemUrl: string;
  readonly itemId: string;
  readonly ledger: Ledger;
}

export async function openLesson(options: {
  profile: ProfileName;
  students: number;
  gradewire?: Omit<GradewireOptions, 'redisUrl'>;
  /** @default 16 */
  concurrency?: number;
}): Promise<Lesson> {
  const { profile, students, gradewire = { env: impatient }, concurrency = 16 } = options;
  const room = await openClassroom({
    simulator: { ...platformOf({ profile }), courses: [{ students }], requestLogSize: 100_000 },
    gradewire,
    registration: { limits: { concurrency } },
  });
  const lineItemUrl = room.simulator.addLineItem(room.course.id, { label: 'Quiz', scoreMaximum: 100 });
  const itemId = room.simulator.state().lineItems.find(({ url }) => url === lineItemUrl)!.id;
  return { ...room, lineItemUrl, itemId, ledger: new Ledger() };
}

export const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

export const studentOf = (lesson: Lesson, i: number): string => lesson.course.students[i]!.userId;

export const cellOf = (lesson: Lesson, i: number) =>
  lesson.simulator.cell(lesson.lineItemUrl, studentOf(lesson, i));

export const shownOf = (lesson: Lesson, i: number): number | null => cellOf(lesson, i)?.score ?? null;

export const postsOf = (lesson: Lesson, i: number) =>
  lesson.simulator.requests({ endpoint: 'scores', userId: studentOf(lesson, i) });

export function scoreOf(lesson: Lesson, i: number, fields: Partial<ScoreInput>): ScoreInput {
  const target = { lineItemUrl: lesson.lineItemUrl };
  return { platformId, userId: studentOf(lesson, i), target, scoreMaximum: 100, ...fields };
}

export async function send(lesson: Lesson, i: number, fields: Partial<ScoreInput>): Promise<string> {
  return (await lesson.gradewire.client.scores.send(scoreOf(lesson, i, fields))).id;
}

/** Sends a score and waits until it is settled. */
export async function deliver(lesson: Lesson, i: number, fields: Partial<ScoreInput>): Promise<Score> {
  return lesson.gradewire.client.scores.waitForSettlement(await send(lesson, i, fields), settled);
}

/**
 * Hands over scores in batches, notes those accepted as scores for `lineItemUrl`, and returns a wait for all of them to be
 * settled.
 */
export async function sendAll(
  lesson: Lesson,
  scores: readonly ScoreInput[],
  { lineItemUrl = lesson.lineItemUrl, between = async () => {} } = {},
): Promise<() => Promise<void>> {
  const { batches } = lesson.gradewire.client;
  const sent: string[] = [];
  for (let i = 0; i < scores.length; i += perBatch) {
    const part = scores.slice(i, i + perBatch);
    const { batchId, results } = await batches.send(part);
    for (const { index, id } of results) {
      if (id === undefined) throw new Error('a good score was refused');
      lesson.ledger.note(part[index]!, lineItemUrl, { id });
    }
    sent.push(batchId);
    await between();
  }
  return async () => {
    for (const batchId of sent) await batches.waitForSettlement(batchId, settled);
  };
}

/** `each` scores for each student, of different timestamps, all shuffled. */
export function resubmissions(lesson: Lesson, each: number, random: Random): ScoreInput[] {
  const base = Date.now() - 60 * minute;
  const scores = lesson.course.students.flatMap((_, i) =>
    Array.from({ length: each }, (_, turn) => {
      const timestamp = new Date(base + turn * 1_500 + random.between(0, 1_000)).toISOString();
      return scoreOf(lesson, i, { scoreGiven: turn * 20 + (i % 20), timestamp });
    }),
  );
  return random.shuffle(scores);
}

/** One post in five is refused, lost, or not answered although it was taken. */
export function addTrouble({ simulator }: Pick<Lesson, 'simulator'>): void {
  const actions = [
    { kind: 'status', status: 503 },
    { kind: 'status', status: 500, apply: true },
    { kind: 'drop' },
    { kind: 'drop', apply: true },
    { kind: 'truncate', apply: true },
  ] as const;
  for (const action of actions) {
    simulator.addFault({ match: { endpoint: 'scores' }, probability: 0.04, action });
  }
}

/**
 * What must hold of every lesson in the end.
 * @param unanswered posts that the platform keeps for longer than a lease: the next one has to begin beside them
 */
export async function verdict(lesson: Lesson, unanswered = 0): Promise<string[]> {
  return [
    ...lesson.ledger.wrongGrades(lesson.simulator),
    ...(await lesson.ledger.unfinished(lesson.gradewire.client)),
    ...overlaps(lesson, unanswered),
  ];
}

export function overlaps({ simulator }: Lesson, unanswered = 0): string[] {
  const { overlappingPostsPerCell: count } = simulator.state().counters;
  return count > unanswered ? [`${count} overlapping posts in a cell`] : [];
}
