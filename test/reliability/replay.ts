import { setTimeout as delay } from 'node:timers/promises';
import type { RequestEntry } from '@gradewire/platform-simulator';
import type { ScoreInput } from '@gradewire/sdk';
import { Redis } from 'ioredis';
import { openSchools, registerSchool, type Schools, schoolScore } from '../support/schools.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Ledger } from './ledger.ts';
import { seededRandom } from './random.ts';
import { until } from './watch.ts';

const second = 1_000;
const ratePerSecond = 50;
/** What a replay puts back at once; the requests of two groups can meet at the platform. */
const group = 10;

/** How far a replay was, at some moment between asking and the answer. */
interface Look {
  askedMs: number;
  answeredMs: number;
  replayed: number;
}

/** By how many scores the rate was exceeded at most between any two looks; a group and one that is late are allowed. */
function overRate(looks: readonly Look[]): number {
  let most = 0;
  for (const [i, from] of looks.entries()) {
    for (const to of looks.slice(i + 1)) {
      const allowed = ((to.answeredMs - from.askedMs) / second) * ratePerSecond + 2 * group;
      most = Math.max(most, Math.ceil(to.replayed - from.replayed - allowed));
    }
  }
  return most;
}

/** A score older than what a test sends later for the same cell. */
const earlier = (score: ScoreInput, byMs: number): ScoreInput => ({
  ...score,
  timestamp: new Date(Date.now() - byMs).toISOString(),
});

const postsSince = ({ simulator }: Schools, seq: number): RequestEntry[] =>
  simulator.requests({ endpoint: 'scores', since: seq });

const lastSeq = ({ simulator }: Schools): number => simulator.requests().at(-1)?.seq ?? 0;

/** The most posts that began within one second. */
function busiestSecond(posts: readonly RequestEntry[]): number {
  const times = posts.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, time] of times.entries()) {
    while (time - times[first]! >= second) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

async function massReplay({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const count = long ? 5_000 : 240;
  const random = seededRandom(seed);
  await using schools = await openSchools({ profile, courses: [{ id: 'replayed', students: count }] });
  const { simulator, gradewire } = schools;
  const { client } = gradewire;
  const school = await registerSchool(schools, 'replayed', { concurrency: 64 });
  const { platformId } = school;
  const ledger = new Ledger();
  const broken: string[] = [];
  const expect = (what: string, is: unknown, wanted: unknown) => {
    if (is !== wanted) broken.push(`${what}: ${is} instead of ${wanted}`);
  };
  const deadCount = async () => (await client.lanes.get(platformId)).dead;
  const allDead = () =>
    until(
      () => 'all are dead',
      120 * second,
      async () => (await deadCount()) === count,
    );
  const filter = { platformId };
  const ended = (id: string, timeoutMs: number) =>
    until(
      () => 'the replay ends',
      timeoutMs,
      async () => (await client.replays.get(id)).status === 'done',
      100,
    );

  // Refused for the score's own sake, so that the lane stays open and each dies by itself.
  const refusal = { kind: 'status', status: 422, body: { error: 'not today' } } as const;
  simulator.addFault({ match: { endpoint: 'scores' }, action: refusal });
  const scores = Array.from({ length: count }, (_, i) =>
    earlier(schoolScore(school, i, i % 50), 60 * second),
  );
  const ids = await ledger.handIn(client, scores, school.lineItemUrl);
  await allDead();
  say(`${count} are dead`);

  // A dry run counts exactly and sends nothing.
  const before = lastSeq(schools);
  const { userId } = scores[7]!;
  expect('a dry run of all', await client.replays.count({ filter }), count);
  expect('a dry run of one student', await client.replays.count({ filter: { ...filter, userId } }), 1);
  const reason = (await client.scores.get(ids[0]!)).reason!;
  expect('a dry run by reason', await client.replays.count({ filter: { ...filter, reason } }), count);
  const past = new Date(Date.now() - 3_600 * second).toISOString();
  expect('a dry run of the past', await client.replays.count({ filter: { ...filter, until: past } }), 0);
  expect('posts by dry runs', postsSince(schools, before).length, 0);

  // What dies again can be replayed again.
  const again = await client.replays.start({ filter });
  await ended(again.id, 120 * second);
  await allDead();
  expect('posts of a replay that fails again', postsSince(schools, before).length, count);
  expect('failed again', (await client.replays.get(again.id)).failed, count);
  simulator.clearFaults();
  say('all died again');

  // Newer grades, sent while a replay is under way, stand.
  const chosen = random.shuffle(scores.map((_, i) => i)).slice(0, Math.floor(count / 5));
  const newer = chosen.map((i) => schoolScore(school, i, 51 + (i % 50)));
  const firstNewer = newer.slice(0, Math.floor(newer.length / 2));
  await ledger.handIn(client, firstNewer, school.lineItemUrl);
  const matched = count - firstNewer.length;
  await until(
    () => 'the newer grades took the dead ones away',
    30 * second,
    async () => (await deadCount()) === matched,
  );
  await until(
    () => 'the newer grades are delivered',
    30 * second,
    async () => {
      return (await client.lanes.get(platformId)).undelivered === 0;
    },
  );
  expect('a dry run after newer grades', await client.replays.count({ filter }), matched);

  const cancelled = await client.replays.start({ filter, ratePerSecond });
  expect('matched', cancelled.matched, matched);
  await until(
    () => 'some are replayed',
    30 * second,
    async () => {
      return (await client.replays.get(cancelled.id)).replayed >= count / 10;
    },
  );
  const cancelledAt = performance.now();
  await client.replays.cancel(cancelled.id);
  // Beside other tests the processors are theirs as well.
  await delay((long ? 2 : 4) * second - (performance.now() - cancelledAt));
  const left = await deadCount();
  const seen = lastSeq(schools);
  await delay(2 * second);
  expect('dead letters 2 s after the cancel and 4 s after', await deadCount(), left);
  expect('posts later than 2 s after a cancel', postsSince(schools, seen).length, 0);
  expect('the cancelled replay', (await client.replays.get(cancelled.id)).status, 'cancelled');
  say(`cancelled with ${left} dead`);

  const began = performance.now();
  const seqBefore = lastSeq(schools);
  const paced = await client.replays.start({ filter, ratePerSecond });
  expect('matched after the cancel', paced.matched, left);
  const late = newer.slice(firstNewer.length);
  const lateUsers = new Set(late.map((score) => score.userId));
  const looks: Look[] = [];
  const sendLate = async () => {
    for (const score of late) {
      await ledger.handIn(client, [{ ...score, timestamp: new Date().toISOString() }], school.lineItemUrl);
      await delay((left / ratePerSecond / late.length / 2) * second);
    }
  };
  const lookOn = () =>
    until(
      () => 'the replay ends',
      300 * second,
      async () => {
        const askedMs = performance.now();
        const seen = await client.replays.get(paced.id);
        looks.push({ askedMs, answeredMs: performance.now(), replayed: seen.replayed });
        return seen.status === 'done';
      },
      100,
    );
  await Promise.all([sendLate(), lookOn()]);
  const seconds = (performance.now() - began) / second;
  await until(
    () => 'nothing is undelivered',
    60 * second,
    async () => {
      return (await client.lanes.get(platformId)).undelivered === 0;
    },
  );
  expect('dead letters in the end', await deadCount(), 0);
  expect('a dry run in the end', await client.replays.count({ filter }), 0);
  const { replayed } = await client.replays.get(paced.id);
  if (replayed > left || replayed < left - late.length) broken.push(`${replayed} of ${left} were replayed`);
  const posts = postsSince(schools, seqBefore).filter((post) => !lateUsers.has(post.userId!));
  const busiest = busiestSecond(posts);
  const rate = replayed / seconds;
  const tooMany = overRate(looks);
  if (tooMany > 0) broken.push(`${tooMany} more were put back in some time than ${ratePerSecond} a second`);
  // Those that a newer grade took away on the way leave gaps; beside other tests the processors are theirs as well.
  if (long && rate < ratePerSecond * 0.8) broken.push(`only ${rate.toFixed(1)} were replayed a second`);
  broken.push(...ledger.wrongGrades(simulator), ...(await ledger.unfinished(client)));
  return {
    figure:
      `${count.toLocaleString('en')} dead: dry runs exact; replayed in vain and again; ${newer.length} newer grades kept; cancel within 2 s; ` +
      `${replayed} at ${rate.toFixed(1)}/s, ${busiest} posts in the busiest second`,
    broken,
  };
}

/** Jobs of one lane that are taken and not finished, as BullMQ keeps them. */
const laneKey = (platformId: string, ...parts: string[]) =>
  [`gw:{${platformId}}`, `lane-${platformId}`, ...parts].join(':');

async function stalledJobs({ long, say, profile }: AttackContext): Promise<Finding> {
  const count = long ? 200 : 16;
  const wornOut = 1_000;
  await using schools = await openSchools({
    profile,
    courses: [{ id: 'stalled', students: count }],
    gradewire: { env: { GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' } },
  });
  const { simulator, gradewire } = schools;
  const school = await registerSchool(schools, 'stalled', { concurrency: count });
  const { platformId } = school;
  const [delivery] = gradewire.deliveries;
  const redis = new Redis(schools.redis.url);
  try {
    await delivery!.stop();
    const ledger = new Ledger();
    const scores = Array.from({ length: count }, (_, i) => schoolScore(school, i, i % 101));
    await ledger.handIn(gradewire.client, scores, school.lineItemUrl);
    // As dead workers leave them: taken, unlocked, and stalled more often than BullMQ puts up with.
    const jobs: string[] = [];
    for (;;) {
      const id = await redis.lmove(
        laneKey(platformId, 'wait'),
        laneKey(platformId, 'active'),
        'RIGHT',
        'LEFT',
      );
      if (id === null) break;
      await redis.hset(laneKey(platformId, id), 'stc', wornOut, 'atm', 1, 'ats', 1);
      jobs.push(id);
    }
    if (jobs.length !== count) throw new Error(`${jobs.length} jobs waited instead of ${count}`);
    say(`${jobs.length} jobs are worn out`);
    const began = performance.now();
    await delivery!.restart();
    const broken: string[] = [];
    await until(
      () => 'all is delivered',
      60 * second,
      async () => (await gradewire.client.lanes.get(platformId)).undelivered === 0,
    ).catch((error: Error) => broken.push(error.message));
    const seconds = (performance.now() - began) / second;
    const kept = await redis.zcard(laneKey(platformId, 'failed'));
    broken.push(...ledger.wrongGrades(simulator), ...(await ledger.unfinished(gradewire.client)));
    if (kept > 0) broken.push(`${kept} failed jobs are kept`);
    return {
      figure: `${count} jobs failed as stalled: all delivered ${seconds.toFixed(1)} s after the start of a worker`,
      broken,
    };
  } finally {
    redis.disconnect();
  }
}

export const replayAttacks: readonly Attack[] = [
  {
    name: 'mass-replay',
    profile: 'generic',
    promise: 'A replay counts exactly, keeps its rate, stops when told, and never brings an older grade back',
    how: '5,000 dead scores: dry runs; a replay that fails again; 1,000 newer grades before and during replays at 50/s; one replay is cancelled on its way',
    run: massReplay,
  },
  {
    name: 'stalled-jobs',
    profile: 'generic',
    promise: 'A score whose job BullMQ gave up as stalled is delivered',
    how: '200 jobs are left taken and unlocked, stalled beyond every limit, and a worker starts',
    run: stalledJobs,
  },
];
