import type { FaultAction, RequestEntry } from '@gradewire/platform-simulator';
import { Redis } from 'ioredis';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Classwork, timesOf } from './classwork.ts';

const second = 1_000;
/** What the platform lets through: a bucket of so many, and how fast it refills. */
const burst = 40;
const ratePerSecond = 40;
/** Requests under way when a refusal comes may still arrive for so long. */
const underWayMs = 500;
const concurrency = 4;

interface Wall {
  name: string;
  action: FaultAction & { kind: 'throttle' };
}

const bucket = { kind: 'throttle', ratePerSecond, burst } as const;

const tooMany: readonly Wall[] = [
  { name: '429 with seconds', action: { ...bucket, retryAfter: 'seconds', retryAfterSeconds: 1 } },
  { name: '429 with a date', action: { ...bucket, retryAfter: 'date', retryAfterSeconds: 1 } },
  { name: 'a bare 429', action: { ...bucket, retryAfter: 'none' } },
];

// Canvas app/middleware/request_throttle.rb, behind a proxy that keeps what Canvas says is left to itself.
const canvasWall: Wall = {
  name: "Canvas' bare 403",
  action: { ...bucket, retryAfter: 'none', status: 403, body: '403 Forbidden (Rate Limit Exceeded)\n' },
};

/** When the platform may be asked again after this refusal, by what it said; `undefined` if it said nothing. */
function openAgainAt(refusal: RequestEntry, { retryAfter, retryAfterSeconds = 0 }: Wall['action']) {
  const at = Date.parse(refusal.at) + retryAfterSeconds * second;
  if (retryAfter === 'none') return undefined;
  // A date has no milliseconds.
  return retryAfter === 'date' ? Math.floor(at / second) * second : at;
}

/** Posts that came although a refusal had asked for a pause. */
function tooEarly(posts: readonly RequestEntry[], action: Wall['action']): number {
  const times = timesOf(posts);
  const pauses = posts.flatMap((post) => {
    const until = post.status === (action.status ?? 429) ? openAgainAt(post, action) : undefined;
    return until === undefined ? [] : [{ from: Date.parse(post.at) + underWayMs, until: until - 20 }];
  });
  return times.filter((at) => pauses.some(({ from, until }) => from < at && at < until)).length;
}

/** More scores than a platform's bucket takes; what it took against what it would have let through in that time. */
async function run(room: Classroom, { name, action }: Wall, { long, say }: AttackContext): Promise<Finding> {
  const count = room.course.students.length;
  const { simulator } = room;
  simulator.clearFaults();
  simulator.resetCounters();
  simulator.addFault({ match: { endpoint: 'scores' }, action });
  const work = new Classwork(room, name);
  await work.handIn(0, count);
  await work.done(240 * second);
  const posts = simulator.requests({ endpoint: 'scores' });
  const refused = posts.filter(({ status }) => status === (action.status ?? 429)).length;
  const taken = posts.filter(({ status }) => status >= 200 && status < 300);
  const [first = 0] = timesOf(posts);
  const seconds = (timesOf(taken).at(-1)! - first) / second;
  const share = Math.round((taken.length / (burst + ratePerSecond * seconds)) * 100);
  const early = tooEarly(posts, action);
  const { limits } = await room.gradewire.client.lanes.get(platformId);
  const pace = limits?.learnedRatePerSecond;
  say(`${name}: ${taken.length} of ${posts.length} posts taken in ${seconds} s, ${share} %, pace ${pace}`);
  const broken = (await work.wrongs()).map((wrong) => `${name}: ${wrong}`);
  if (long && share < 85) broken.push(`${name}: ${share} % of what is allowed`);
  if (refused > count / (long ? 50 : 5)) broken.push(`${name}: ${refused} refusals for ${count} scores`);
  // Beside other tests the processors are theirs as well: what was under way at a refusal may arrive later.
  const bearable = long ? 0 : refused * concurrency;
  if (early > bearable) broken.push(`${name}: ${early} posts during a pause that was asked for`);
  if (refused > 0 && pace === undefined) broken.push(`${name}: no pace was learnt`);
  const figure = `${name}: ${taken.length} taken in ${Math.round(seconds)} s, ${share} % of what is allowed, ${refused} refused`;
  return { figure, broken };
}

const countOf = ({ long }: AttackContext) => (long ? 2_000 : 120);

async function tooManyRequests(context: AttackContext): Promise<Finding> {
  await using room = await openClassroom({
    simulator: { courses: [{ students: countOf(context) }], requestLogSize: 20_000 },
    gradewire: { deliveries: 2 },
    registration: { limits: { concurrency } },
  });
  const findings: Finding[] = [];
  for (const wall of tooMany) {
    findings.push(await run(room, wall, context));
    // Each begins as if nothing had been learnt.
    const redis = new Redis(room.redis.url);
    await redis.del(`gw:budget:{${platformId}}:bucket`);
    redis.disconnect();
  }
  const figures = findings.map(({ figure }) => figure);
  return { figure: figures.join('; '), broken: findings.flatMap(({ broken }) => broken) };
}

async function canvasForbids(context: AttackContext): Promise<Finding> {
  await using room = await openClassroom({
    simulator: {
      profile: 'canvas',
      courses: [{ students: countOf(context) }],
      throttle: false,
      requestLogSize: 20_000,
    },
    gradewire: { deliveries: 2 },
  });
  // The room is there until the run has ended.
  return await run(room, canvasWall, context);
}

/** Another tool has emptied the bucket, and nothing tells so before the first answer. */
async function canvasCold({ long, say }: AttackContext): Promise<Finding> {
  const rounds = long ? 10 : 1;
  const perRound = 12;
  const [highWater, cost] = [250, 2];
  await using room = await openClassroom({
    simulator: {
      profile: 'canvas',
      courses: [{ students: 1 + rounds * perRound }],
      throttle: { highWater, capacity: highWater + 200, leakPerSecond: 10, upFront: 50, cost },
      latencyMs: 10,
    },
    gradewire: { deliveries: 2, env: impatientRetries },
    registration: { limits: { concurrency: 8 } },
  });
  const { simulator, gradewire } = room;
  const redis = new Redis(room.redis.url);
  const work = new Classwork(room);
  // With the token at hand every worker has nothing but a post to make.
  await work.handIn(0, 1);
  await work.done(60 * second);
  const most: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await gradewire.client.lanes.pause(platformId);
    await work.handIn(1 + round * perRound, 1 + (round + 1) * perRound);
    await redis.del(`gw:budget:{${simulator.registration.clientId}}:bucket`);
    const { tokenUrl } = simulator.registration;
    while ((await fetch(tokenUrl)).status !== 403);
    simulator.resetCounters();
    await gradewire.client.lanes.resume(platformId);
    await work.done(120 * second);
    most.push(simulator.requests({ endpoint: 'scores' }).filter(({ status }) => status === 403).length);
  }
  redis.disconnect();
  say(`refusals: ${most.join(', ')}`);
  const broken = await work.wrongs();
  // In the short form the first answer may take longer than the others wait for it.
  if (Math.max(...most) > (long ? 1 : 3))
    broken.push(`${Math.max(...most)} refusals before it was known how much is left`);
  const figure = `${rounds} cold starts at an empty bucket, 8 requests at once: at most ${Math.max(...most)} refused`;
  return { figure, broken };
}

/** What platforms say when they have had enough, and how we go on then. */
export const wallAttacks: readonly Attack[] = [
  {
    name: 'too-many-requests',
    promise:
      'A platform that throttles is left alone for as long as it asks; then its rate is found and kept to, and no score dies of it',
    how: `a platform that takes ${burst} posts at once and ${ratePerSecond} a second and answers 429 beyond: with seconds, with a date, with nothing; 2 delivery processes, from the first post to the last`,
    run: tooManyRequests,
  },
  {
    name: 'canvas-wall',
    promise: 'So is a Canvas that forbids in plain text and tells nothing else',
    how: `403 "Rate Limit Exceeded" beyond ${burst} posts at once and ${ratePerSecond} a second, without Retry-After and without what is left; 2 delivery processes, from the first post to the last`,
    run: canvasForbids,
  },
  {
    name: 'canvas-cold',
    promise: "Where nothing is known yet of Canvas' bucket, one request finds out",
    how: 'the bucket emptied by another tool, and every score of a class due at that moment',
    run: canvasCold,
  },
];
