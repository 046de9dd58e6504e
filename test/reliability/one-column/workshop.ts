import type { SimulatorOptions } from '@gradewire/platform-simulator';
import type { ScoreInput } from '@gradewire/sdk';
import {
  type Classroom,
  type ClassroomOptions,
  impatientRetries,
  openClassroom,
  platformId,
} from '../../support/classroom.ts';
import { Ledger } from '../ledger.ts';
import { seededRandom } from '../random.ts';
import { until } from '../watch.ts';

const scoresPerBatch = 1_000;
const create = { label: 'Project', scoreMaximum: 100 };

export const promise = 'One resource gets one column';
export const requestTimeoutMs = 500;
export const impatient = { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: String(requestTimeoutMs) };

interface HandIn {
  /** Of who comes when. */
  seed: number;
  course?: Classroom['course'];
  /** Whether the column may be made. */
  creates?: boolean;
  /** Points on top of what the students had. */
  more?: number;
}

/** A classroom where scores name their column by a resource, and the columns are counted afterwards. */
export class Workshop {
  readonly room: Classroom;
  readonly #batches: string[] = [];
  /** How what was handed in has ended, by status. */
  readonly ended: Partial<Record<string, number>> = {};
  readonly #handedIn: { resourceId: string; score: ScoreInput; id: string }[] = [];

  constructor(room: Classroom) {
    this.room = room;
  }

  /** Hands in a score of each student for each resource; chance decides who comes when. */
  async handIn(
    resourceIds: readonly string[],
    { seed, course = this.room.course, creates = true, more = 0 }: HandIn,
  ): Promise<void> {
    const scores = resourceIds.flatMap((resourceId) =>
      course.students.map(({ userId }, i): ScoreInput => {
        const target = { lineItemsUrl: course.lineItemsUrl, resourceId, ...(creates && { create }) };
        const timestamp = new Date().toISOString();
        return { platformId, userId, target, scoreGiven: (i % 101) + more, scoreMaximum: 100, timestamp };
      }),
    );
    const shuffled = seededRandom(seed).shuffle(scores);
    for (let i = 0; i < shuffled.length; i += scoresPerBatch) {
      const part = shuffled.slice(i, i + scoresPerBatch);
      const { batchId, results } = await this.room.gradewire.client.batches.send(part);
      for (const { index, id } of results) {
        if (id === undefined) throw new Error('a good score was refused');
        const score = part[index]!;
        this.#handedIn.push({ resourceId: (score.target as { resourceId: string }).resourceId, score, id });
      }
      this.#batches.push(batchId);
    }
  }

  columns(resourceId: string) {
    return this.room.simulator.state().lineItems.filter((item) => item.resourceId === resourceId);
  }

  /** Waits until all that was handed in is settled; returns how what came since the last time ended, by status. */
  async settled(timeoutMs: number): Promise<Partial<Record<string, number>>> {
    const counts: Partial<Record<string, number>> = {};
    const deadline = performance.now() + timeoutMs;
    for (const batchId of this.#batches.splice(0)) {
      const left = Math.max(1, deadline - performance.now());
      const options = { timeoutMs: left, minPollMs: 50, maxPollMs: 500 };
      const batch = await this.room.gradewire.client.batches.waitForSettlement(batchId, options);
      for (const [status, count] of Object.entries(batch.counts))
        counts[status] = (counts[status] ?? 0) + count;
    }
    for (const [status, count = 0] of Object.entries(counts))
      this.ended[status] = (this.ended[status] ?? 0) + count;
    return counts;
  }

  /** Resources without exactly one column, grades that are not in it, and scores that did not end delivered. */
  async wrongs(): Promise<string[]> {
    // Scores can be delivered while a creation that nobody waits for any more is still to come.
    const { simulator } = this.room;
    const carriedOut = () => simulator.state().counters.lineItemsCreated >= this.posts();
    await until('not every creation was carried out', 60_000, carriedOut);
    const ledger = new Ledger();
    const urls = new Map(
      this.room.simulator.state().lineItems.map(({ resourceId, url }) => [resourceId, url]),
    );
    const resourceIds = new Set(this.#handedIn.map(({ resourceId }) => resourceId));
    for (const { resourceId, score, id } of this.#handedIn) {
      const url = urls.get(resourceId);
      if (url) ledger.note(score, url, { id });
    }
    const lost = this.#handedIn.length - (this.ended.delivered ?? 0);
    return [
      ...this.notOne([...resourceIds]),
      ...(lost === 0 ? [] : [`${lost} scores did not end delivered: ${JSON.stringify(this.ended)}`]),
      ...ledger.wrongGrades(this.room.simulator),
    ];
  }

  notOne(resourceIds: readonly string[]): string[] {
    const items = this.room.simulator.state().lineItems;
    return resourceIds.flatMap((resourceId) => {
      const count = items.filter((item) => item.resourceId === resourceId).length;
      return count === 1 ? [] : [`${resourceId} has ${count} columns`];
    });
  }

  posts(): number {
    return this.room.simulator.requests({ endpoint: 'lineItems' }).filter(({ method }) => method === 'POST')
      .length;
  }
}

export async function openWorkshop(options: {
  simulator: SimulatorOptions;
  deliveries: number;
  env?: Record<string, string>;
}): Promise<Workshop & AsyncDisposable> {
  const { simulator, deliveries, env = impatient } = options;
  const classroom: ClassroomOptions = {
    simulator: { throttle: false, history: 1, requestLogSize: 50_000, ...simulator },
    gradewire: { deliveries, env },
    registration: { limits: { concurrency: 64 } },
  };
  const room = await openClassroom(classroom);
  return Object.assign(new Workshop(room), {
    [Symbol.asyncDispose]: () => room[Symbol.asyncDispose](),
  });
}

export const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);
