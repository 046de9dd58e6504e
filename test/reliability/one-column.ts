import { PROFILES, type SimulatorOptions } from '@gradewire/platform-simulator';
import type { ScoreInput } from '@gradewire/sdk';
import {
  type Classroom,
  type ClassroomOptions,
  impatientRetries,
  openClassroom,
  platformId,
} from '../support/classroom.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Ledger } from './ledger.ts';
import { seededRandom } from './random.ts';
import { until } from './watch.ts';

const requestTimeoutMs = 500;
/** What the resolver adds to the request's time-out, for a platform that goes on after it. */
const marginMs = 10_000;
const lockLifeMs = requestTimeoutMs + marginMs;
const scoresPerBatch = 1_000;
const create = { label: 'Project', scoreMaximum: 100 };
const promise = 'One resource gets one column';
const impatient = { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: String(requestTimeoutMs) };

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
class Workshop {
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
    await until(() => 'not every creation was carried out', 20_000, carriedOut);
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

async function openWorkshop(options: {
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

const named = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);

/** Rounds of scores for new resources, among more and more processes. */
async function race({ long, seed, say }: AttackContext): Promise<Finding> {
  const [students, crews, perCrew] = long ? [1_000, [2, 3, 4, 5, 6, 7, 8], 15] : [40, [2, 3], 4];
  await using workshop = await openWorkshop({
    // Every request is remembered, so that creations can be counted among them.
    simulator: { profile: 'generic', courses: [{ students }], requestLogSize: 250_000 },
    deliveries: crews[0]!,
    // The simulator shares the processors with eight processes: its slowness is not what is attacked here.
    env: { ...impatient, GRADEWIRE_REQUEST_TIMEOUT_MS: '10000' },
  });
  const broken: string[] = [];
  // Long enough for everybody to come while the first one is at it.
  const slow = { kind: 'delay', ms: 50, jitterMs: 100 } as const;
  workshop.room.simulator.addFault({ match: { endpoint: 'lineItems' }, action: slow });
  for (const crew of crews) {
    while (workshop.room.gradewire.deliveries.length < crew) await workshop.room.gradewire.addDelivery();
    await workshop.handIn(named(`crew-${crew}`, perCrew), { seed: seed + crew });
    await workshop.settled(120_000);
    say(`${crew} processes: ${perCrew} resources`);
  }
  const rounds = crews.length * perCrew;
  const posts = workshop.posts();
  if (posts !== rounds) broken.push(`${posts} creations were asked for ${rounds} resources`);
  broken.push(...(await workshop.wrongs()));
  return {
    figure: `${rounds} new resources x ${students} scores, 2 to ${crews.at(-1)} processes: ${posts} creations, ${workshop.room.simulator.state().counters.lineItemsCreated} columns`,
    broken,
  };
}

/** Creations that the platform carries out and answers with nothing that can be used. */
async function answerLost({ long, seed }: AttackContext): Promise<Finding> {
  const [students, count] = long ? [100, 40] : [10, 8];
  const spoilt = [
    { kind: 'drop', apply: true },
    { kind: 'truncate', apply: true },
    { kind: 'html', apply: true },
    { kind: 'status', status: 502, apply: true },
  ] as const;
  await using workshop = await openWorkshop({
    simulator: { profile: 'generic', courses: [{ students }] },
    deliveries: long ? 4 : 2,
  });
  const { simulator } = workshop.room;
  const random = seededRandom(seed);
  for (let i = 0; i < count; i += 1) {
    const match = { endpoint: 'lineItems', method: 'POST' } as const;
    simulator.addFault({ match, count: 1, action: random.pick(spoilt) });
  }
  await workshop.handIn(named('lost', count), { seed });
  await workshop.settled(60_000);
  const broken = await workshop.wrongs();
  const fired = simulator.state().counters.faultsFired;
  if (fired !== count) broken.push(`only ${fired} of ${count} answers were lost`);
  const posts = workshop.posts();
  if (posts !== count) broken.push(`${posts} creations were asked for ${count} resources`);
  return {
    figure: `${count} creations applied, every answer lost or spoilt: ${posts} creations asked for`,
    broken,
  };
}

/** The process that looks for a column is killed: while it lists, before its creation is carried out, and after. */
async function holderKilled({ long, seed, say }: AttackContext): Promise<Finding> {
  const [students, rounds] = long ? [200, 6] : [8, 1];
  const moments = ['listing', 'before', 'after'] as const;
  const broken: string[] = [];
  let slowestMs = 0;
  await using workshop = await openWorkshop({
    simulator: { profile: 'generic', courses: moments.map((id) => ({ id, students })) },
    deliveries: 2,
  });
  const { simulator, gradewire } = workshop.room;
  for (let round = 1; round <= rounds; round += 1) {
    const [holder, other] = [gradewire.deliveries[0]!, gradewire.deliveries[1]!];
    const inFlight = { endpoint: 'lineItems' } as const;
    simulator.clearFaults();
    // Long enough to be killed in; the request's own time-out is shorter, and it must not be over by then.
    simulator.addFault({
      match: { ...inFlight, method: 'GET', courseId: 'listing' },
      count: 1,
      action: { kind: 'hang' },
    });
    simulator.addFault({
      match: { ...inFlight, method: 'POST', courseId: 'before' },
      count: 1,
      action: { kind: 'delay', ms: 2_000 },
    });
    simulator.addFault({
      match: { ...inFlight, method: 'POST', courseId: 'after' },
      count: 1,
      action: { kind: 'delay', ms: 2_000, apply: true },
    });
    const faults = simulator.faults().map(({ id }) => id);
    const caught = () => simulator.faults().every(({ id, fired }) => !faults.includes(id) || fired > 0);
    // Asleep, so that it is certain who has the lock.
    other.signal('SIGSTOP');
    for (const course of simulator.courses)
      await workshop.handIn([`round-${round}-${course.id}`], { seed, course });
    await until(() => 'the holder is not at work', 10_000, caught, 5);
    await holder.kill();
    const killedAt = performance.now();
    other.signal('SIGCONT');
    const resources = moments.map((moment) => `round-${round}-${moment}`);
    const isGraded = (resourceId: string) =>
      workshop.columns(resourceId).some(({ users }) => Object.keys(users).length > 0);
    await until(
      () => 'not every column has a grade',
      lockLifeMs + 30_000,
      () => resources.every(isGraded),
      50,
    );
    const tookMs = Math.round(performance.now() - killedAt);
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > lockLifeMs + 5_000) broken.push(`round ${round}: ${tookMs} ms after the kill`);
    await workshop.settled(60_000);
    broken.push(...(await workshop.wrongs()));
    await holder.restart();
    say(`round ${round}: ${tookMs} ms`);
  }
  return {
    figure: `${3 * rounds} holders killed (lock life ${lockLifeMs / 1_000} s): one column each, first grade in it at most ${(slowestMs / 1_000).toFixed(1)} s after the kill`,
    broken,
  };
}

/** Creations that the platform carries out some time after we gave up on them. */
async function lateCreate({ long, seed }: AttackContext): Promise<Finding> {
  const [students, count, latestMs] = long ? [50, 20, 9_000] : [6, 4, 3_000];
  await using workshop = await openWorkshop({
    simulator: { profile: 'generic', courses: [{ students }], seed },
    deliveries: long ? 4 : 2,
  });
  const { simulator } = workshop.room;
  const soonestMs = requestTimeoutMs + 200;
  const delay = { kind: 'delay', ms: soonestMs, jitterMs: latestMs - soonestMs } as const;
  simulator.addFault({ match: { endpoint: 'lineItems', method: 'POST' }, count, action: delay });
  await workshop.handIn(named('late', count), { seed });
  await workshop.settled(60_000);
  const broken = await workshop.wrongs();
  const posts = workshop.posts();
  if (posts !== count) broken.push(`${posts} creations were asked for ${count} resources`);
  const given = simulator.state().counters.answers['lineItems 201'] ?? 0;
  if (given > 0) broken.push(`${given} creations were answered in time`);
  return {
    figure: `${count} creations carried out up to ${(latestMs - requestTimeoutMs) / 1_000} s after our time-out of ${requestTimeoutMs / 1_000} s: ${posts} creations asked for`,
    broken,
  };
}

/** A platform that ignores filters, pages by 3 and is slow; a part of the columns is there already. */
async function awkwardPlatform({ long, seed }: AttackContext): Promise<Finding> {
  const [students, count, latencyMs, deliveries] = long ? [100, 20, 150, 6] : [8, 3, 20, 2];
  const { generic } = PROFILES;
  const paging = { ...generic.lineItems.paging, defaultLimit: 3, maxLimit: 3 };
  const lineItems = { ...generic.lineItems, ignoresFilters: true, paging };
  await using workshop = await openWorkshop({
    simulator: {
      profile: { ...generic, lineItems },
      latencyMs,
      courses: [
        { students, lineItems: named('old', 20).map((resourceId) => ({ resourceId, label: resourceId })) },
      ],
    },
    deliveries,
    env: { ...impatient, GRADEWIRE_REQUEST_TIMEOUT_MS: '5000' },
  });
  const present = ['old-2', 'old-11', 'old-20'];
  await workshop.handIn([...named('new', count), ...present], { seed });
  await workshop.settled(120_000);
  const broken = await workshop.wrongs();
  const posts = workshop.posts();
  if (posts !== count) broken.push(`${posts} creations were asked for ${count} new resources`);
  const pages = workshop.room.simulator.requests({ endpoint: 'lineItems' }).length - posts;
  if (pages < 7) broken.push('the list was not paged');
  return {
    figure: `filters ignored, pages of 3, ${latencyMs} ms each, ${deliveries} processes: ${posts} creations for ${count} new resources, none for ${present.length} found`,
    broken,
  };
}

/** A teacher deletes columns in the middle of a term: those of scores with `create` and those of scores without. */
async function deletedByTeacher({ long, seed }: AttackContext): Promise<Finding> {
  const [students, count, deliveries] = long ? [200, 20, 6] : [8, 3, 3];
  await using workshop = await openWorkshop({
    simulator: { profile: 'generic', courses: [{ students }] },
    deliveries,
  });
  const { simulator } = workshop.room;
  const [kept, dropped] = [named('kept', count), named('dropped', count)];
  await workshop.handIn([...kept, ...dropped], { seed });
  await workshop.settled(60_000);
  const broken = await workshop.wrongs();
  for (const { id } of simulator.state().lineItems) simulator.teacher.deleteLineItem(id);

  const live = (resourceId: string) => workshop.columns(resourceId).filter(({ deleted }) => !deleted).length;
  await workshop.handIn(kept, { seed: seed + 1, more: 1 });
  await workshop.handIn(dropped, { seed: seed + 2, more: 1, creates: false });
  const after = await workshop.settled(60_000);
  const each = count * students;
  if (after.delivered !== each || after.dead !== each)
    broken.push(`ended ${JSON.stringify(after)}, not ${each} each way`);
  for (const resourceId of kept) {
    const made = workshop.columns(resourceId).length;
    if (live(resourceId) !== 1 || made !== 2)
      broken.push(`${resourceId} was made ${made} times, ${live(resourceId)} stay`);
    const [column] = workshop.columns(resourceId).filter(({ deleted }) => !deleted);
    if (Object.keys(column?.users ?? {}).length !== students) broken.push(`${resourceId} lacks grades`);
  }
  const summary = await workshop.room.gradewire.client.deadLetters.summary();
  const strange = summary.filter(({ reason, count: dead }) => reason !== 'LINE_ITEM_NOT_FOUND' && dead > 0);
  for (const { reason, count: dead } of strange) broken.push(`${dead} scores are dead for ${reason}`);
  for (const resourceId of dropped) {
    const made = workshop.columns(resourceId).length;
    if (made !== 1) broken.push(`${resourceId} was made ${made} times although none was wanted`);
  }
  return {
    figure: `${2 * count} columns deleted, ${deliveries} processes: ${count} made anew, once each; ${count} stay deleted, their scores dead with the reason`,
    broken,
  };
}

/** One resource, one column: under races, lost answers, kills, slowness and deletion. */
export const oneColumnAttacks: readonly Attack[] = [
  {
    name: 'one-column-race',
    promise,
    how: '2 to 8 delivery processes race on 1,000 scores for each of 105 new resources',
    run: race,
  },
  {
    name: 'one-column-answer-lost',
    promise: `${promise} when the creation is applied and its answer lost`,
    how: 'every first creation is applied; its answer is cut, truncated, a web page or a 502',
    run: answerLost,
  },
  {
    name: 'one-column-holder-killed',
    promise: `${promise}, within the lock's life + 5 s, when the process that makes it is killed`,
    how: 'SIGKILL while it lists, before its creation is carried out, and after',
    run: holderKilled,
  },
  {
    name: 'one-column-late-create',
    promise: `${promise} when the platform finishes creating after our time-out`,
    how: 'creations are carried out up to 9 s after they were sent, with a time-out of 0.5 s',
    run: lateCreate,
  },
  {
    name: 'one-column-awkward-platform',
    promise: `${promise} on a platform that ignores filters, pages by 3 and answers slowly`,
    how: 'several processes race there, for columns that are new and for some that a teacher made',
    run: awkwardPlatform,
  },
  {
    name: 'one-column-deleted',
    promise: 'A column that a teacher deletes is made again only if `create` was given, and once',
    how: 'all columns are deleted between two rounds of scores, of which half want a new one',
    run: deletedByTeacher,
  },
];
