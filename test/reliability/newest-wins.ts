import { setTimeout as delay } from 'node:timers/promises';
import { startTestRedis } from '@gradewire/local-redis/testing';
import { connectRedis, newScoreId, platformKey, ScoreRecord } from '@gradewire/passback/redis';
import type { ScoreInput } from '@gradewire/sdk';
import {
  type Classroom,
  type ClassroomOptions,
  impatientRetries,
  openClassroom,
  platformId,
} from '../support/classroom.ts';
import { createSteppedClock } from '../support/stepped-clock.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Ledger } from './ledger.ts';
import { type Random, seededRandom } from './random.ts';

const minute = 60_000;
const hour = 60 * minute;
const requestTimeoutMs = 1_000;
// What services/delivery adds to the time of a request for the time of a lease.
const leaseMarginMs = 10_000;
const settled = { timeoutMs: 90_000, minPollMs: 20, maxPollMs: 200 };
const scoresPerBatch = 100;
const burstsAtOnce = 10;
// A process can be stopped between its last look at the clock and the write that follows; no look can be one with the write.
const beingWritten = 1;

const impatient = { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: String(requestTimeoutMs) };

interface Lesson extends Classroom {
  readonly lineItemUrl: string;
  readonly ledger: Ledger;
}

/** A classroom with one column of 100 points and an empty ledger. */
async function openLesson(
  profile: 'moodle' | 'canvas' | 'generic',
  students: number,
  gradewire: ClassroomOptions['gradewire'] = { env: impatient },
  concurrency = 16,
): Promise<Lesson> {
  const room = await openClassroom({
    simulator: { profile, courses: [{ students }], throttle: false, requestLogSize: 100_000 },
    gradewire,
    registration: { limits: { concurrency } },
  });
  const lineItemUrl = room.simulator.addLineItem(room.course.id, { label: 'Quiz', scoreMaximum: 100 });
  return { ...room, lineItemUrl, ledger: new Ledger() };
}

const studentOf = (lesson: Lesson, i: number) => lesson.course.students[i]!.userId;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const shownOf = (lesson: Lesson, i: number) =>
  lesson.simulator.cell(lesson.lineItemUrl, studentOf(lesson, i))?.score ?? null;
const postsOf = (lesson: Lesson, i: number) =>
  lesson.simulator.requests({ endpoint: 'scores', userId: studentOf(lesson, i) });

function scoreOf(lesson: Lesson, i: number, fields: Partial<ScoreInput>): ScoreInput {
  const target = { lineItemUrl: lesson.lineItemUrl };
  return { platformId, userId: studentOf(lesson, i), target, scoreMaximum: 100, ...fields };
}

async function send(lesson: Lesson, i: number, fields: Partial<ScoreInput>): Promise<string> {
  return (await lesson.gradewire.client.scores.send(scoreOf(lesson, i, fields))).id;
}

async function deliver(lesson: Lesson, i: number, fields: Partial<ScoreInput>) {
  return lesson.gradewire.client.scores.waitForSettlement(await send(lesson, i, fields), settled);
}

/** Hands over scores in batches, notes those accepted, and returns a wait for all of them to be settled. */
async function sendAll(lesson: Lesson, scores: readonly ScoreInput[], between: () => Promise<void>) {
  const { batches } = lesson.gradewire.client;
  const sent: string[] = [];
  for (let i = 0; i < scores.length; i += scoresPerBatch) {
    const part = scores.slice(i, i + scoresPerBatch);
    const { batchId, results } = await batches.send(part);
    for (const result of results) {
      if (result.id === undefined) throw new Error('a good score was refused');
      lesson.ledger.note(part[result.index]!, lesson.lineItemUrl, { id: result.id });
    }
    sent.push(batchId);
    await between();
  }
  return async () => {
    for (const batchId of sent) await batches.waitForSettlement(batchId, settled);
  };
}

async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(5);
  }
}

/**
 * What must hold of every lesson in the end.
 * @param unanswered posts that the platform keeps for longer than a lease: the next one has to begin beside them
 */
async function verdict(lesson: Lesson, unanswered = 0): Promise<string[]> {
  return [
    ...lesson.ledger.wrongGrades(lesson.simulator),
    ...(await lesson.ledger.unfinished(lesson.gradewire.client)),
    ...overlaps(lesson, unanswered),
  ];
}

function overlaps({ simulator }: Lesson, unanswered = 0): string[] {
  const { overlappingPostsPerCell: count } = simulator.state().counters;
  return count > unanswered ? [`${count} overlapping posts in a cell`] : [];
}

/** `each` scores for each student, of different timestamps, all shuffled. */
function resubmissions(lesson: Lesson, students: number, each: number, random: Random): ScoreInput[] {
  const base = Date.now() - hour;
  const scores = Array.from({ length: students * each }, (_, n) => {
    const [i, turn] = [Math.floor(n / each), n % each];
    const timestamp = new Date(base + turn * 1_500 + random.between(0, 1_000)).toISOString();
    return scoreOf(lesson, i, { scoreGiven: turn * 20 + (i % 20), timestamp });
  });
  return random.shuffle(scores);
}

function addTrouble({ simulator }: Lesson): void {
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

async function shuffled({ long, seed, say }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const [students, kills] = long ? [1_000, 10] : [60, 2];
  await using lesson = await openLesson('moodle', students, { env: impatient, deliveries: 4 });
  const { simulator, gradewire } = lesson;
  simulator.setLatency(20);
  addTrouble(lesson);
  const scores = resubmissions(lesson, students, 5, random);
  const perKill = Math.ceil(scores.length / scoresPerBatch / kills);
  let killed = 0;
  let batches = 0;
  const killInMidPost = async () => {
    await until('a post in flight', () => simulator.state().counters.inFlight > 0);
    const victim = random.pick(gradewire.deliveries);
    await victim.kill();
    killed += 1;
    await victim.restart();
  };
  const all = await sendAll(lesson, scores, async () => {
    batches += 1;
    if (batches % perKill === 0) await killInMidPost();
  });
  say(`${scores.length} scores accepted, ${killed} kills`);
  await all();
  const posts = simulator.requests({ endpoint: 'scores', limit: 100_000 }).length;
  const broken = await verdict(lesson);
  const wrong = lesson.ledger.wrongGrades(simulator).length;
  return {
    figure: `${scores.length} scores, ${students} students, 4 workers, ${killed} kills, ${posts} posts: ${wrong} wrong grades`,
    broken,
  };
}

async function stoppedWorker({ long, say }: AttackContext): Promise<Finding> {
  const students = long ? 400 : 80;
  const held = 8;
  await using lesson = await openLesson('moodle', students, { env: impatient }, 64);
  const { simulator, gradewire, ledger } = lesson;
  const [sleeper] = gradewire.deliveries;
  const at = Date.now() - hour;
  const version = (i: number, n: number) =>
    scoreOf(lesson, i, { scoreGiven: n, timestamp: new Date(at + n * 1_000).toISOString() });
  const everybody = Array.from({ length: students }, (_, i) => i);
  const sendVersion = async (who: number[], n: number) =>
    sendAll(
      lesson,
      who.map((i) => version(i, n)),
      async () => undefined,
    );

  // The token is there by then, and each slow cell has a row: Moodle refuses the second of two first grades.
  for (const wait of [await sendVersion(everybody.slice(0, held), 0)]) await wait();
  // Checked when it comes and written much later: what Moodle does when its database is slow.
  const landsAfterMs = requestTimeoutMs + leaseMarginMs + 4_000;
  simulator.setLatency(landsAfterMs);
  const slow = everybody.slice(0, held);
  const waits = [await sendVersion(slow, 1)];
  await until('the slow posts under way', () => slow.every((i) => postsOf(lesson, i).length > 1));
  simulator.setLatency(3);
  const others = everybody.slice(held);
  const seenBefore = simulator.requests({ endpoint: 'scores', limit: 100_000 }).length;
  const posting = sendVersion(others, 1);
  await until(
    'posts under way',
    () => simulator.requests({ endpoint: 'scores', limit: 100_000 }).length > seenBefore + 5,
  );
  sleeper!.signal('SIGSTOP');
  const stoppedAt = performance.now();
  waits.push(await posting);
  waits.push(await sendVersion(everybody, 2));
  await gradewire.addDelivery();
  const allNewest = () => everybody.every((i) => shownOf(lesson, i) === 2);
  await until('the other worker to bring everything up to date', allNewest, 40_000);
  const correctAt = Math.round((performance.now() - stoppedAt) / 100) / 10;
  say(`all up to date ${correctAt} s after the worker was stopped`);
  const landed = () => slow.every((i) => postsOf(lesson, i)[1]?.status === 200);
  await until('the old posts to land', landed, 20_000);
  const { regressions } = simulator.state().counters;

  const lastSeq = simulator.requests({ endpoint: 'scores', limit: 100_000 }).at(-1)?.seq ?? 0;
  sleeper!.signal('SIGCONT');
  await until('the correction', allNewest, 20_000).catch(() => undefined);
  for (const wait of waits) await wait();
  const after = simulator.requests({ endpoint: 'scores', since: lastSeq, limit: 100_000 });
  const stale = after.filter(({ seq, scoreGiven }) => seq > lastSeq && scoreGiven !== 2);
  return {
    figure: `a worker stopped among ${students} posts for longer than its leases: ${stale.length} sent on waking, ${regressions} old posts landed late, ${ledger.wrongGrades(simulator).length} wrong grades`,
    broken: [
      ...(stale.length > beingWritten
        ? stale.map(({ userId, scoreGiven }) => `${userId}: ${scoreGiven} was sent after the lease`)
        : []),
      ...(regressions === 0 ? ['no old post landed late, so that nothing was tried'] : []),
      ...(await verdict(lesson, slow.length)),
    ],
  };
}

async function clockSteps({ long, seed }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 300 : 30;
  const rounds = long ? 8 : 3;
  await using ingestClock = await createSteppedClock();
  await using one = await createSteppedClock();
  await using other = await createSteppedClock();
  await using lesson = await openLesson('moodle', students, {
    env: { ...impatient, ...ingestClock.env },
    deliveries: 0,
  });
  const { gradewire } = lesson;
  await gradewire.addDelivery(one.env);
  await gradewire.addDelivery(other.env);
  // Signed while the clocks are right: no platform takes an assertion from another time.
  await deliver(lesson, 0, { scoreGiven: 1 });
  addTrouble(lesson);
  const newest = new Map<number, number>();
  const ids: string[] = [];
  let slowestMs = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await Promise.all([
      ingestClock.step(random.between(-20, 20) * minute),
      // Both behind, both ahead, one of each.
      one.step(random.between(1, 20) * minute * (round % 3 === 1 ? -1 : 1)),
      other.step(random.between(1, 20) * minute * (round % 3 === 2 ? 1 : -1)),
    ]);
    await delay(100);
    // Without a timestamp the order is that of acceptance, whatever any host believes the time to be.
    const began = performance.now();
    for (const half of [0, 50]) {
      await Promise.all(
        Array.from({ length: students }, async (_, i) => {
          const scoreGiven = half + round;
          ids.push(await send(lesson, i, { scoreGiven }));
          newest.set(i, scoreGiven);
        }),
      );
    }
    await until(
      'this round',
      () => [...newest].every(([i, points]) => shownOf(lesson, i) === points),
      60_000,
    );
    slowestMs = Math.max(slowestMs, performance.now() - began);
  }
  const wrong = [...newest].filter(([i, points]) => shownOf(lesson, i) !== points);
  return {
    figure: `${ids.length} scores while three hosts' clocks stepped by up to 20 minutes ${rounds} times: ${wrong.length} wrong grades, slowest round ${(slowestMs / 1_000).toFixed(1)} s`,
    broken: [
      ...wrong.map(([i, points]) => `student ${i} shows ${shownOf(lesson, i)} instead of ${points}`),
      ...overlaps(lesson),
    ],
  };
}

/** Redis's clock is the one that counts. A process cannot be given another, so the record is told to shift it. */
async function redisClock({ long, seed }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const [users, steps] = long ? [50, 5_000] : [10, 300];
  await using server = await testRedis();
  let shift = 0;
  const record = new ScoreRecord({
    redis: server.redis,
    retentionMs: 24 * hour,
    cellRetentionMs: 24 * hour,
    clockShiftMs: () => shift,
  });
  await server.redis.set(platformKey(platformId, 'platform'), '{}');
  const broken: string[] = [];
  const cells = new Map<string, { newest: number; shown: number; wireMs: number }>();
  const accept = async (user: number, points: number) => {
    const target = { lineItemUrl: 'https://lms.example/items/1' };
    const progress = { activityProgress: 'Completed', gradingProgress: 'FullyGraded' } as const;
    const score = { userId: `u${user}`, target, scoreGiven: points, scoreMaximum: steps, ...progress };
    const [accepted] = await record.accept(platformId, [{ id: newScoreId(platformId, Date.now()), score }]);
    if (!accepted?.ok) throw new Error('a good score was refused');
    const known = cells.get(accepted.cell) ?? { shown: -1, wireMs: 0 };
    cells.set(accepted.cell, { ...known, newest: points });
  };
  /** Returns for how long the cell has to wait, or undefined when it wants nothing. */
  const work = async (cell: string): Promise<number | undefined> => {
    const begun = await record.begin({ platformId, cell, wireStepMs: 1_000 });
    if (begun.kind === 'busy' || begun.kind === 'early') return begun.waitMs;
    if (begun.kind !== 'post') return undefined;
    // One in ten never comes back.
    if (random.next() < 0.1) return 0;
    const state = cells.get(cell)!;
    if (begun.wireTimestampMs < state.wireMs) broken.push(`a wire timestamp went back in ${cell}`);
    state.wireMs = begun.wireTimestampMs;
    state.shown = begun.score.scoreGiven ?? -1;
    const facts = { contentHash: String(state.shown), hasGrade: true };
    const { scoreId, fence } = begun;
    await record.settle({ platformId, cell, scoreId, fence, settlement: { kind: 'delivered', facts } });
    return 0;
  };
  for (let step = 0; step < steps; step += 1) {
    if (random.next() < 0.2) shift = random.between(-20, 20) * minute;
    await accept(random.between(1, users), step);
    await work(random.pick([...cells.keys()]));
  }
  let longestMs = 0;
  for (const cell of cells.keys()) {
    for (let waitMs = await work(cell); waitMs !== undefined; waitMs = await work(cell)) {
      longestMs = Math.max(longestMs, waitMs);
      shift += waitMs;
    }
  }
  const wrong = [...cells].filter(([, { newest, shown }]) => newest !== shown);
  return {
    figure: `${steps} scores while Redis’s clock stepped by up to 40 minutes (in the test’s process): ${wrong.length} wrong grades, longest wait ${Math.round(longestMs / minute)} min`,
    broken: [...broken, ...wrong.map(([cell, { newest, shown }]) => `${cell}: ${shown}, not ${newest}`)],
  };
}

async function testRedis() {
  const server = await startTestRedis();
  const redis = connectRedis(server.url, 'patient');
  return {
    redis,
    [Symbol.asyncDispose]: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
}

async function bursts({ long }: AttackContext): Promise<Finding> {
  const students = long ? 100 : 20;
  // No whole seconds here, whose wire timestamps would space the posts by themselves.
  await using lesson = await openLesson('generic', students);
  await deliver(lesson, 0, { scoreGiven: 99, timestamp: ago(minute) });
  const broken: string[] = [];
  let posts = 0;
  let most = 0;
  let slowestMs = 0;
  const burst = async (i: number) => {
    const began = performance.now();
    let last = '';
    for (let points = 1; points <= 10; points += 1) last = await send(lesson, i, { scoreGiven: points });
    const tookMs = performance.now() - began;
    await lesson.gradewire.client.scores.waitForSettlement(last, settled);
    const count = postsOf(lesson, i).length - (i === 0 ? 1 : 0);
    // What did not fit into a second on a busy machine is more than one burst.
    if (count > 1 + Math.ceil(tookMs / 1_000)) broken.push(`burst ${i} cost ${count} posts`);
    if (shownOf(lesson, i) !== 10) broken.push(`burst ${i} ended with ${shownOf(lesson, i)}`);
    posts += count;
    most = Math.max(most, count);
    slowestMs = Math.max(slowestMs, tookMs);
  };
  for (let i = 0; i < students; i += burstsAtOnce) {
    await Promise.all(Array.from({ length: burstsAtOnce }, (_, n) => burst(i + n)));
  }
  return {
    figure: `${students} bursts of 10 updates, each sent within ${(slowestMs / 1_000).toFixed(1)} s: ${(posts / students).toFixed(2)} posts each, at most ${most}`,
    broken,
  };
}

async function backoffs({ long }: AttackContext): Promise<Finding> {
  const students = long ? 20 : 4;
  await using lesson = await openLesson('generic', 2 * students, {});
  const { simulator, gradewire } = lesson;
  await deliver(lesson, 0, { scoreGiven: 0.5 });
  const tooLate: string[] = [];
  let slowestMs = 0;
  const refused = { kind: 'status', status: 500, headers: { 'retry-after': '600' } } as const;
  const took = async (name: string, i: number, sinceMs: number) => {
    await until(`${name} ${i}`, () => shownOf(lesson, i) === 2, 10_000).catch(() => undefined);
    const ms = performance.now() - sinceMs;
    slowestMs = Math.max(slowestMs, ms);
    if (ms > 2_000) tooLate.push(`${name}, student ${i}: ${Math.round(ms)} ms`);
  };
  // One after the other: several cells in trouble together are the platform's trouble, and hold the lane.
  for (let n = 0; n < students; n += 1) {
    const [waiting, trying] = [2 * n, 2 * n + 1];
    simulator.addFault({
      match: { endpoint: 'scores', userId: studentOf(lesson, waiting) },
      count: 1,
      action: refused,
    });
    const old = await send(lesson, waiting, { scoreGiven: 1 });
    await until('a backoff', async () => (await gradewire.client.scores.get(old)).status === 'retrying');
    const sentAt = performance.now();
    await send(lesson, waiting, { scoreGiven: 2 });
    await took('behind a backoff of 10 minutes', waiting, sentAt);

    const match = { endpoint: 'scores', userId: studentOf(lesson, trying) } as const;
    simulator.addFault({ match, count: 1, action: { kind: 'delay', ms: 600 } });
    simulator.addFault({ match, count: 1, action: refused });
    await send(lesson, trying, { scoreGiven: 1 });
    await until('an attempt', () => postsOf(lesson, trying).length > 0);
    await send(lesson, trying, { scoreGiven: 2 });
    await until('its end', () => postsOf(lesson, trying)[0]?.status === 500);
    await took('during the attempt that then backed off', trying, performance.now());
  }
  return {
    figure: `${2 * students} newer scores behind or during attempts that back off for 10 minutes: shown within ${Math.round(slowestMs)} ms`,
    broken: tooLate,
  };
}

async function sameSecond({ long, seed }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 100 : 12;
  await using lesson = await openLesson('moodle', 2 * students);
  const second = Math.floor((Date.now() - hour) / 1_000) * 1_000;
  const { scores } = lesson.gradewire.client;
  await Promise.all(
    Array.from({ length: 2 * students }, async (_, i) => {
      // Half of them: other milliseconds of one second; the others: the very same timestamp again, a regrade.
      const regrade = i >= students;
      const instants = random.shuffle([100, 300, 500, 700]).map((ms) => second + (regrade ? 500 : ms));
      for (const [n, instant] of instants.entries()) {
        const score = scoreOf(lesson, i, {
          scoreGiven: 10 * n + 5,
          timestamp: new Date(instant).toISOString(),
        });
        const { id } = await scores.send(score);
        lesson.ledger.note(score, lesson.lineItemUrl, { id });
        // Some meet the earlier one delivered, some under way, some waiting.
        if (random.next() < 0.7) await scores.waitForSettlement(id, settled);
      }
    }),
  );
  const { ledger } = lesson;
  for (const id of ledger.ids) await scores.waitForSettlement(id, settled);
  return {
    figure: `${ledger.entries.length} scores of one second for ${2 * students} students, half of them with one timestamp: ${ledger.wrongGrades(lesson.simulator).length} wrong grades`,
    broken: await verdict(lesson),
  };
}

async function afterClear({ long }: AttackContext): Promise<Finding> {
  const each = long ? 25 : 3;
  const cleared = [
    'by a score of ours',
    'by a progress report',
    'by the teacher',
    'before its clock',
  ] as const;
  await using lesson = await openLesson('moodle', each * cleared.length);
  const { simulator } = lesson;
  const itemId = simulator.state().lineItems.find(({ url }) => url === lesson.lineItemUrl)!.id;
  const broken: string[] = [];
  const work = async (i: number, how: (typeof cleared)[number]) => {
    await deliver(lesson, i, { scoreGiven: 80, timestamp: ago(10 * minute) });
    const at = { timestamp: ago(8 * minute) };
    if (how === 'by a progress report') {
      await deliver(lesson, i, {
        ...at,
        activityProgress: 'InProgress',
        gradingProgress: 'NotReady',
        force: true,
      });
    } else if (how === 'by the teacher') {
      simulator.teacher.editGrade(itemId, studentOf(lesson, i), null);
    } else await deliver(lesson, i, { ...at, scoreGiven: null });
    if (shownOf(lesson, i) !== null) broken.push(`${how}: it was not cleared`);
    // Older than the clear by the platform's clock, newer by ours.
    const { status, reason } = await deliver(lesson, i, { scoreGiven: 90, timestamp: ago(5 * minute) });
    if (status !== 'delivered' || shownOf(lesson, i) !== 90)
      broken.push(`${how}: ${status} ${reason ?? ''}, shown ${shownOf(lesson, i)}`);
  };
  const run = (k: number) =>
    Promise.all(Array.from({ length: each }, (_, n) => work(k * each + n, cleared[k]!)));
  await Promise.all([run(0), run(1), run(2)]);
  simulator.setClockSkew(1_500);
  await run(3);
  return {
    figure: `${each * cleared.length} scores of earlier timestamps after a clear, 4 ways: ${broken.length} missing`,
    broken,
  };
}

async function twoNames({ long, seed }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 500 : 30;
  await using lesson = await openLesson('generic', students, { env: impatient, deliveries: 2 });
  const { simulator, course, ledger } = lesson;
  const resource = { label: 'Project', scoreMaximum: 100, resourceId: 'project' };
  const lineItemUrl = simulator.addLineItem(course.id, resource);
  simulator.setLatency(20);
  addTrouble(lesson);
  const byUrl = { lineItemUrl };
  const byResource = { lineItemsUrl: course.lineItemsUrl, resourceId: 'project' };
  const scores = resubmissions(lesson, students, 4, random).map((score) => ({
    ...score,
    target: random.pick([byUrl, byResource]),
  }));
  const { batches } = lesson.gradewire.client;
  // Two apps at once, each with its own name for the column, and each with some of each student's scores.
  const apps = [byUrl, byResource].map((name) => scores.filter(({ target }) => target === name));
  await Promise.all(
    apps.map(async (mine) => {
      for (let i = 0; i < mine.length; i += scoresPerBatch) {
        const part = mine.slice(i, i + scoresPerBatch);
        const { batchId, results } = await batches.send(part);
        for (const { id, index } of results) ledger.note(part[index]!, lineItemUrl, { id: id! });
        await batches.waitForSettlement(batchId, settled);
      }
    }),
  );
  const columns = simulator.state().lineItems.filter(({ resourceId }) => resourceId === 'project').length;
  return {
    figure: `${scores.length} scores for one column by its URL and by its resource: ${ledger.wrongGrades(simulator).length} wrong grades`,
    broken: [...(await verdict(lesson)), ...(columns === 1 ? [] : [`${columns} columns`])],
  };
}

/** Whatever happens on the way, a gradebook cell ends with the newest score. */
export const newestWinsAttacks: readonly Attack[] = [
  {
    name: 'newest-wins',
    promise: 'The newest score wins, however arrivals, failures and crashes interleave',
    how: 'students resubmit five times, shuffled, to 4 workers; 5xx, lost and cut answers; kill -9 in mid-post',
    run: shuffled,
  },
  {
    name: 'newest-wins-stopped-worker',
    promise:
      'A worker that wakes past its lease sends nothing (but the one request that it was writing when it stopped), and an old post that lands late is corrected',
    how: 'SIGSTOP among posts, some of which the platform checks at once and writes 15 s later; newer scores by another worker; SIGCONT',
    run: stoppedWorker,
  },
  {
    name: 'newest-wins-clock-steps',
    promise: 'Order does not depend on any host’s clock',
    how: 'the clocks of ingest and two workers step back and forth by up to 20 minutes between scores without timestamps',
    run: clockSteps,
  },
  {
    name: 'newest-wins-redis-clock',
    promise: 'Order survives a Redis whose clock steps: what it goes back by is waited for, never skipped',
    how: 'the record’s clock steps between accept, begin and settle; one attempt in ten never comes back',
    run: redisClock,
  },
  {
    name: 'newest-wins-burst',
    promise: 'A burst of updates within a second costs at most two posts',
    how: 'ten updates to each cell, as fast as the API takes them',
    run: bursts,
  },
  {
    name: 'newest-wins-backoff',
    promise: 'A newer score does not wait out the backoff of an older one: it is tried within 2 s',
    how: 'the platform asks for 10 minutes; a newer score comes behind the backoff, or during the attempt that then backs off',
    run: backoffs,
  },
  {
    name: 'newest-wins-same-second',
    promise: 'The newest wins within one second too, and a regrade with its old timestamp arrives',
    how: 'scores within one second, or with one timestamp, on a platform that compares whole seconds',
    run: sameSecond,
  },
  {
    name: 'newest-wins-after-clear',
    promise: 'A score after a clear arrives, whatever instant the platform gave the clear',
    how: 'clears by score, by progress report and by teacher on a platform that stamps them by its own clock, also one that is fast',
    run: afterClear,
  },
  {
    name: 'newest-wins-two-names',
    promise: 'A column addressed by URL and by resource is one column: one order per cell',
    how: 'two apps send to the same cells, one by URL, one by resource, with faults, to 2 workers',
    run: twoNames,
  },
];
