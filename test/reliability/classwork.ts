import type { RequestEntry } from '@gradewire/platform-simulator';
import type { Gradewire, ScoreInput } from '@gradewire/sdk';
import { type Classroom, platformId } from '../support/classroom.ts';
import { Ledger } from './ledger.ts';
import { until } from './watch.ts';

const letterPage = 200;

/** One column of a classroom, whose scores are handed in with a ledger kept. */
export class Classwork {
  readonly ledger = new Ledger();
  readonly lineItemUrl: string;
  readonly #room: Classroom;

  constructor(room: Classroom, label = 'Quiz') {
    this.#room = room;
    this.lineItemUrl = room.simulator.addLineItem(room.course.id, { label, scoreMaximum: 100 });
  }

  userId(number: number): string {
    return this.#room.course.students[number]!.userId;
  }

  score(number: number, scoreGiven = number % 101): ScoreInput {
    return {
      platformId,
      userId: this.userId(number),
      target: { lineItemUrl: this.lineItemUrl },
      scoreGiven,
      scoreMaximum: 100,
      timestamp: new Date().toISOString(),
    };
  }

  /** Hands in the scores of these students; all must be accepted. */
  async handIn(from: number, to: number): Promise<void> {
    const scores = Array.from({ length: to - from }, (_, i) => this.score(from + i));
    await this.ledger.handIn(this.#room.gradewire.client, scores, this.lineItemUrl);
  }

  /** Waits until the platform has nothing undelivered. */
  async done(timeoutMs: number): Promise<void> {
    const { lanes } = this.#room.gradewire.client;
    const isDone = async () => (await lanes.get(platformId)).undelivered === 0;
    await until(() => 'everything is settled', timeoutMs, isDone);
  }

  /** What is wrong in the end: scores that were not delivered, grades that are not the newest, dead letters, overlaps. */
  async wrongs(): Promise<string[]> {
    const { simulator, gradewire } = this.#room;
    const overlaps = simulator.state().counters.overlappingPostsPerCell;
    return [
      ...(await this.ledger.unfinished(gradewire.client)),
      ...this.ledger.wrongGrades(simulator),
      ...(await deadLetters(gradewire.client)),
      ...(overlaps > 0 ? [`${overlaps} posts overlapped another one to the same cell`] : []),
    ];
  }
}

/** The dead letters of the classroom's platform. */
async function deadLetters(client: Gradewire): Promise<string[]> {
  const { data } = await client.deadLetters.list({ platformId, limit: letterPage });
  return data.map(({ id, reason }) => `${id} is a dead letter: ${reason}`);
}

export const timesOf = (entries: readonly RequestEntry[]): number[] =>
  entries.map(({ at }) => Date.parse(at));

/**
 * How many requests came beyond a rate: at the worst instant, counted from the first. Times are ms in ascending order;
 * `slackMs` is how far arrivals may be apart from sendings.
 */
export function beyondRate(times: readonly number[], ratePerSecond: number, slackMs: number): number {
  const [first = 0] = times;
  const over = times.map((at, i) => i - ((at - first + slackMs) / 1_000) * ratePerSecond);
  return Math.max(0, Math.ceil(Math.max(0, ...over)));
}
