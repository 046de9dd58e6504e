import { setTimeout as delay } from 'node:timers/promises';
import { platformKey } from '@gradewire/passback/redis';
import type { Fault } from '@gradewire/platform-simulator';
import { Redis } from 'ioredis';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';
import { ageLane } from './aging.ts';
import { type Attack, type AttackContext, type Finding, platformOf } from './attack.ts';
import { beyondRate, Classwork, timesOf } from './classwork.ts';
import { seededRandom } from './random.ts';
import { until } from './watch.ts';

const second = 1_000;
const laneKey = platformKey(platformId, 'lane');
const everything: Fault = { action: { kind: 'drop' } };

const laneState = async ({ gradewire }: Classroom) => (await gradewire.client.lanes.get(platformId)).state;
const held = (room: Classroom) =>
  until('the lane is not held', 60 * second, async () => (await laneState(room)) === 'held', 10);

/** Waits for what was under way when something began that stops the rest. */
async function underWayEnds({ simulator }: Classroom): Promise<void> {
  await delay(500);
  await until(
    'something is under way all the time',
    60 * second,
    () => simulator.state().counters.inFlight === 0,
    10,
  );
}

/** In the order sent: which students were asked about, and whether one was asked twice running. */
function sameTwice(users: readonly (string | undefined)[]): number {
  return users.filter((user, i) => i > 0 && user === users[i - 1]).length;
}

async function movedHour({ long, say, profile }: AttackContext): Promise<Finding> {
  const [waiting, baseMs, maxMs] = long ? [5_000, 250, 30_000] : [100, 2_000, 1_800_000];
  const hourMs = 3_600 * second;
  await using room = await openClassroom({
    simulator: { ...platformOf({ profile }), courses: [{ students: waiting }], requestLogSize: 50_000 },
    gradewire: {
      deliveries: 2,
      env: {
        ...impatientRetries,
        GRADEWIRE_HOLD_BASE_MS: String(baseMs),
        GRADEWIRE_HOLD_MAX_MS: String(maxMs),
        // Half of the outage: what counted the time held would kill every score that was tried.
        GRADEWIRE_RETRY_MAX_AGE_MS: String(hourMs / 2),
      },
    },
    registration: { limits: { concurrency: 8 } },
  });
  const { simulator, redis: server } = room;
  const work = new Classwork(room);
  simulator.addFault({ match: { endpoint: 'scores' }, action: { kind: 'status', status: 503 } });
  await work.handIn(0, waiting);
  await held(room);
  const redis = new Redis(server.url);
  const posts = () => simulator.requests({ endpoint: 'scores' });
  await underWayEnds(room);
  const first = posts().length;
  let movedMs = 0;
  let moves = 0;
  let epoch = '';
  try {
    const deadline = performance.now() + 170 * second;
    while (movedMs < hourMs && performance.now() < deadline) {
      const [now, holdUntil] = await redis.hmget(laneKey, 'epoch', 'holdUntil');
      const [seconds, micros] = await redis.time();
      const leftMs = Math.floor(Number(holdUntil) - Number(seconds) * 1_000 - Number(micros) / 1_000) - 2;
      if (typeof now === 'string' && now !== epoch && leftMs > 0) {
        epoch = now;
        await ageLane(redis, platformId, leftMs);
        movedMs += leftMs;
        moves += 1;
      }
      await delay(4);
    }
  } finally {
    redis.disconnect();
  }
  const probes = posts().slice(first);
  const twice = sameTwice(probes.map(({ userId }) => userId));
  say(`${moves} moves, ${movedMs} ms, ${probes.length} probes`);
  simulator.clearFaults();
  await work.done(120 * second);
  const broken = await work.wrongs();
  if (movedMs < hourMs) broken.push(`only ${movedMs} ms were moved`);
  if (probes.length > moves + 1) broken.push(`${probes.length} probes in ${moves} intervals`);
  if (twice > 0) broken.push(`the same cell was probed twice running, ${twice} times`);
  const figure = `${waiting} waiting, ${Math.round(movedMs / 60_000)} minutes moved: ${probes.length} probes in ${moves} intervals, ${twice} times the same cell twice, ${broken.length === 0 ? '0 dead, all delivered' : 'not all well'}`;
  return { figure, broken };
}

async function realMinute({ long, say, profile }: AttackContext): Promise<Finding> {
  const [waiting, downMs, baseMs, maxMs] = long
    ? [5_000, 60 * second, 1_000, 4_000]
    : [150, 4 * second, 300, 1_200];
  const limits = { concurrency: 8, ratePerSecond: long ? 100 : 50 };
  // Beside other tests the processors are theirs as well, so that requests arrive late that were sent in time.
  const [lateMs, leastShare] = long ? [150, 0.9] : [second, 0.5];
  await using room = await openClassroom({
    simulator: {
      ...platformOf({ profile }),
      courses: [{ students: waiting }],
      latencyMs: 5,
      requestLogSize: 50_000,
    },
    gradewire: {
      deliveries: 2,
      env: { GRADEWIRE_HOLD_BASE_MS: String(baseMs), GRADEWIRE_HOLD_MAX_MS: String(maxMs) },
    },
    registration: { limits },
  });
  const { simulator } = room;
  const work = new Classwork(room);
  // With a token in hand each probe is a post, so that it shows which cell it was; tokens have an outage of their own.
  await work.handIn(0, 1);
  await work.done(60 * second);
  simulator.addFault(everything);
  await work.handIn(1, waiting);
  await held(room);
  await underWayEnds(room);
  const asked = () => simulator.requests();
  const before = asked().length;
  const beganAt = Date.now();
  await delay(downMs);
  const probing = asked().slice(before);
  const probes = timesOf(probing);
  const twice = sameTwice(probing.map(({ userId }) => userId));
  const closest = Math.min(...probes.slice(1).map((at, i) => at - probes[i]!));
  simulator.clearFaults();
  const last = asked().at(-1)!.seq;
  const backAt = Date.now();
  await work.done(downMs + 120 * second);
  const drained = timesOf(simulator.requests({ since: last }));
  const beyond = beyondRate(drained, limits.ratePerSecond, lateMs);
  const { maxInFlight } = simulator.state().counters;
  const tookMs = drained.at(-1)! - drained[0]!;
  const perSecond = Math.round((drained.length / tookMs) * second);
  say(`${probes.length} probes in ${Date.now() - beganAt} ms; ${drained.length} requests in ${tookMs} ms`);
  const broken = await work.wrongs();
  // The interval doubles from its base; each is counted in full.
  let most = 1;
  for (let level = 0, at = 0; at < downMs; level += 1, most += 1) at += Math.min(maxMs, baseMs * 2 ** level);
  if (probes.length > most) broken.push(`${probes.length} probes, ${most} intervals`);
  if (probes.length < 2) broken.push('there were no probes to look at');
  if (twice > 0) broken.push(`the same cell was probed twice running, ${twice} times`);
  if (closest < baseMs * leastShare) broken.push(`two probes ${closest} ms apart`);
  if (maxInFlight > limits.concurrency)
    broken.push(`${maxInFlight} requests at once, ${limits.concurrency} allowed`);
  if (beyond > drained.length * 0.02)
    broken.push(`${beyond} requests beyond ${limits.ratePerSecond} a second`);
  if (long && perSecond < limits.ratePerSecond * 0.85) broken.push(`drained at ${perSecond} a second only`);
  const figure = `${waiting} waiting, down ${downMs / second} s: ${probes.length} probes (at most ${most} allowed), the closest ${closest} ms apart; first request ${drained[0]! - backAt} ms after its return, then ${perSecond} a second of ${limits.ratePerSecond}, ${beyond} beyond, at most ${maxInFlight} at once; ${broken.length === 0 ? '0 dead' : 'not all well'}`;
  return { figure, broken };
}

async function pauseOutlives({ long, profile }: AttackContext): Promise<Finding> {
  const rounds = long ? 20 : 2;
  const each = 12;
  await using room = await openClassroom({
    simulator: { ...platformOf({ profile }), courses: [{ students: rounds * each }] },
    gradewire: { deliveries: 2, env: impatientRetries },
  });
  const { simulator, gradewire } = room;
  const { lanes } = gradewire.client;
  const work = new Classwork(room);
  const broken: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const fault = simulator.addFault(everything);
    await work.handIn(round * each, (round + 1) * each);
    await held(room);
    await lanes.pause(platformId);
    // A probe may be under way at the moment of pausing; what it says must not open the lane either.
    simulator.removeFault(fault);
    await underWayEnds(room);
    const before = simulator.state().counters.scoresStored;
    await delay(long ? 2_000 : 700);
    const meanwhile = simulator.state().counters.scoresStored - before;
    if (meanwhile > 0) broken.push(`${meanwhile} posts while paused`);
    if ((await laneState(room)) !== 'paused') broken.push(`the lane is ${await laneState(room)}, not paused`);
    await lanes.resume(platformId);
    await work.done(120 * second);
  }
  broken.push(...(await work.wrongs()));
  return {
    figure: `${rounds} outages that ended under a pause: ${broken.length} times it did not last`,
    broken,
  };
}

async function flapping({ long, seed, profile }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const [count, flaps] = long ? [3_000, 60] : [150, 6];
  await using room = await openClassroom({
    simulator: { ...platformOf({ profile }), courses: [{ students: count }], latencyMs: 5 },
    gradewire: { deliveries: 2, env: { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' } },
    registration: { limits: { concurrency: 8 } },
  });
  const { simulator } = room;
  const work = new Classwork(room);
  await work.handIn(0, count);
  for (let flap = 0; flap < flaps; flap += 1) {
    await delay(random.between(20, 300));
    await simulator.goDown();
    await delay(random.between(20, 500));
    await simulator.comeUp();
  }
  await work.done(120 * second);
  const broken = await work.wrongs();
  const { regressions } = simulator.state().counters;
  if (regressions > 0) broken.push(`${regressions} posts went back in time`);
  return { figure: `${count} scores over ${flaps} outages of 20 to 500 ms: ${broken.length} wrong`, broken };
}

interface Strange {
  name: string;
  faults: readonly Fault[];
  /** How many requests with a score may reach the platform while it is so. */
  scorePosts?: number;
  /** It begins when we have a token already, so that scores meet it. */
  later?: boolean;
}

const stranges: readonly Strange[] = [
  { name: 'half-open connections', later: true, faults: [{ action: { kind: 'hang' } }] },
  { name: 'a maintenance page with 200', later: true, faults: [{ action: { kind: 'html' } }] },
  {
    name: 'the token endpoint alone is down',
    faults: [{ match: { endpoint: 'token' }, action: { kind: 'status', status: 503 } }],
    scorePosts: 0,
  },
  {
    name: 'our key set is out of the platform’s reach',
    faults: [{ match: { endpoint: 'jwksFetch' }, action: { kind: 'drop' } }],
    scorePosts: 0,
  },
];

/** A platform of its own for each trouble, so that it knows neither our token nor our keys yet. */
async function strangeOutages({ long, say, profile }: AttackContext): Promise<Finding> {
  const [count, lastsMs] = long ? [500, 15 * second] : [24, 600];
  const figures: string[] = [];
  const broken: string[] = [];
  const attempt = async ({ name, faults, scorePosts, later }: Strange): Promise<void> => {
    await using room = await openClassroom({
      simulator: { ...platformOf({ profile }), courses: [{ students: count }] },
      gradewire: { env: { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '400' } },
      registration: { limits: { concurrency: 8 } },
    });
    const { simulator } = room;
    const work = new Classwork(room, name);
    const known = later ? 1 : 0;
    if (later) {
      await work.handIn(0, known);
      await work.done(60 * second);
    }
    for (const fault of faults) simulator.addFault(fault);
    await work.handIn(known, count);
    await held(room);
    // What was on its way when the lane was shut is no probe.
    await delay(second);
    const before = simulator.requests().length;
    await delay(lastsMs);
    const requests = simulator.requests().length - before;
    const posts = simulator.requests({ endpoint: 'scores' }).length;
    if (scorePosts !== undefined && posts > scorePosts)
      broken.push(`${name}: ${posts} scores were posted without a token`);
    // The interval grows from 100 to 500 ms; a probe that hangs adds its time-out.
    const most = Math.ceil(lastsMs / 100) + 2;
    if (requests > most) broken.push(`${name}: ${requests} requests while held, at most ${most} intervals`);
    simulator.clearFaults();
    await work.done(90 * second);
    broken.push(...(await work.wrongs()).map((wrong) => `${name}: ${wrong}`));
    say(`${name}: ${requests} requests in ${lastsMs} ms, ${posts} posts`);
    figures.push(`${name}: ${requests} requests in ${lastsMs / second} s`);
  };
  if (long) for (const strange of stranges) await attempt(strange);
  else await Promise.all(stranges.map(attempt));
  return { figure: `${count} scores each; ${figures.join('; ')}; ${broken.length} wrong`, broken };
}

/** Platforms that are away, wholly or in part. */
export const outageAttacks: readonly Attack[] = [
  {
    name: 'outage-hour',
    profile: 'generic',
    promise:
      'An hour of outage kills no score, costs one probe per interval and never the same cell twice running',
    how: 'a platform that answers 503 for an hour: at each hold the times that Redis keeps of the lane and its cells are made older by what is left of it, so that the real processes find it over; scores may fail for half an hour only',
    run: movedHour,
  },
  {
    name: 'outage-minute',
    profile: 'generic',
    promise: 'A platform that returns is drained at its limit, without overshoot and without a dead letter',
    how: 'every connection cut for a minute with the scores of a school waiting, by 2 delivery processes',
    run: realMinute,
  },
  {
    name: 'pause-outlives-outage',
    profile: 'generic',
    promise: 'An operator’s pause survives the lane’s own resume',
    how: 'a lane paused while it is held, the platform returning meanwhile; any post under the pause is a breach',
    run: pauseOutlives,
  },
  {
    name: 'flapping',
    profile: 'generic',
    promise: 'A platform that comes and goes loses no score',
    how: 'its port opened and closed at seeded random moments under load',
    run: flapping,
  },
  {
    name: 'strange-outages',
    profile: 'moodle',
    promise: 'An outage of any kind holds the lane instead of killing scores',
    how: 'half-open connections; a maintenance page with 200; the token endpoint down alone; our key set unreachable for the platform',
    run: strangeOutages,
  },
];
