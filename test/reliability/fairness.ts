import { setTimeout as delay } from 'node:timers/promises';
import type { Gradewire } from '@gradewire/sdk';
import { Redis } from 'ioredis';
import {
  eachAtOnce,
  openSchools,
  registerSchool,
  type School,
  type Schools,
  schoolScore,
} from '../support/schools.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Ledger } from './ledger.ts';
import { seededRandom } from './random.ts';
import { until } from './watch.ts';

const second = 1_000;

/** Longer than any request hangs, so that nothing but fairness keeps a hanging lane from taking everything. */
const patientRequests = (hangMs: number) => ({
  GRADEWIRE_REQUEST_TIMEOUT_MS: String(hangMs + 30 * second),
});

/** Hands over `count` scores of one school in batches, each a cell of its own. */
async function sendMany(client: Gradewire, ledger: Ledger, school: School, count: number): Promise<void> {
  const scores = Array.from({ length: count }, (_, i) => schoolScore(school, i, i % 101));
  await ledger.handIn(client, scores, school.lineItemUrl);
}

async function sendOne(client: Gradewire, ledger: Ledger, school: School, number: number): Promise<string> {
  const score = schoolScore(school, number, number % 101);
  const accepted = await client.scores.send(score);
  ledger.note(score, school.lineItemUrl, accepted);
  return accepted.id;
}

/** From accept to delivered by Redis' clock, ms, in ascending order; a score that is not delivered in time counts as endless. */
async function latencies(client: Gradewire, ids: readonly string[], timeoutMs: number): Promise<number[]> {
  const deadline = performance.now() + timeoutMs;
  const found: number[] = [];
  await eachAtOnce(ids, 4, async (id) => {
    for (;;) {
      const { deliveredAt, acceptedAt } = await client.scores.get(id);
      if (deliveredAt) {
        found.push(Date.parse(deliveredAt) - Date.parse(acceptedAt));
        return;
      }
      if (performance.now() > deadline) {
        found.push(Number.POSITIVE_INFINITY);
        return;
      }
      await delay(50);
    }
  });
  return found.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;

const words = (sorted: readonly number[]): string =>
  `p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms, longest ${sorted.at(-1)} ms`;

/** Waits until so many posts hang. */
async function hanging({ simulator }: Schools, posts: number): Promise<void> {
  const inFlight = () => simulator.state().counters.inFlight;
  await until(
    () => `${posts} posts hang, not ${inFlight()}`,
    60 * second,
    () => inFlight() >= posts,
  );
}

async function allDelivered(client: Gradewire, platformIds: readonly string[]): Promise<boolean> {
  let waiting = 0;
  await eachAtOnce(platformIds, 16, async (id) => {
    const lane = await client.lanes.get(id);
    waiting += lane.undelivered;
  });
  return waiting === 0;
}

/** Ends the hanging, waits until all is delivered and compares every score with the gradebook. */
async function settleAll(
  schools: Schools,
  ledger: Ledger,
  platformIds: readonly string[],
  timeoutMs: number,
): Promise<string[]> {
  const { client } = schools.gradewire;
  schools.simulator.clearFaults();
  await until(
    () => 'all is delivered',
    timeoutMs,
    () => allDelivered(client, platformIds),
    500,
  );
  return [...ledger.wrongGrades(schools.simulator), ...(await ledger.unfinished(client))];
}

/** Beside other tests the processors are theirs as well; what the short form shows is that nobody waits for a hanging request. */
const bound = (long: boolean, hangMs: number) => (long ? second : hangMs * 0.6);

async function hangingNeighbour({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const hangMs = long ? 30 * second : 8 * second;
  const scores = long ? 10_000 : 400;
  const tries = long ? 200 : 30;
  const others = long ? 500 : 20;
  const budget = 256;
  const random = seededRandom(seed);
  await using schools = await openSchools({
    profile,
    courses: [
      { id: 'hanging', students: scores },
      { id: 'quiet', students: tries },
      ...Array.from({ length: others }, (_, i) => ({ id: `other-${i}`, students: 1 })),
    ],
    gradewire: { env: { ...patientRequests(hangMs), GRADEWIRE_CONCURRENCY: String(budget) } },
  });
  const { simulator, gradewire } = schools;
  const { client } = gradewire;
  const hangingSchool = await registerSchool(schools, 'hanging', { concurrency: Math.min(256, budget) });
  const quiet = await registerSchool(schools, 'quiet');
  const small: School[] = [];
  for (let i = 0; i < others; i += 1) small.push(await registerSchool(schools, `other-${i}`));

  simulator.addFault({
    match: { endpoint: 'scores', courseId: 'hanging' },
    action: { kind: 'delay', ms: hangMs },
  });
  const ledger = new Ledger();
  await sendMany(client, ledger, hangingSchool, scores);
  await hanging(schools, Math.ceil(budget / 2));
  say(`${scores} scores wait, ${simulator.state().counters.inFlight} posts hang`);

  const tryIds: string[] = [];
  const otherIds: string[] = [];
  await Promise.all([
    (async () => {
      for (let i = 0; i < tries; i += 1) {
        tryIds.push(await sendOne(client, ledger, quiet, i));
        await delay(random.between(20, 80));
      }
    })(),
    eachAtOnce(random.shuffle(small), 4, async (school) => {
      otherIds.push(await sendOne(client, ledger, school, 0));
    }),
  ]);
  const tried = await latencies(client, tryIds, hangMs);
  const first = await latencies(client, otherIds, hangMs);
  say(`tries: ${words(tried)}; first scores of ${others} platforms: ${words(first)}`);
  const hung = simulator.state().counters.inFlight;

  const broken: string[] = [];
  if (hung < budget / 2 - 1) broken.push(`only ${hung} posts hung meanwhile`);
  for (const [what, times] of [
    [`${tries} tries`, tried],
    [`first scores of ${others} platforms`, first],
  ] as const) {
    const p99 = quantile(times, 0.99);
    if (!(p99 < bound(long, hangMs))) broken.push(`p99 of ${what} is ${p99} ms`);
  }
  const ids = [hangingSchool, quiet, ...small].map(({ platformId }) => platformId);
  broken.push(...(await settleAll(schools, ledger, ids, hangMs + 120 * second)));
  const { maxInFlight } = simulator.state().counters;
  if (maxInFlight > budget) broken.push(`${maxInFlight} requests in flight, the budget is ${budget}`);
  return {
    figure:
      `${scores.toLocaleString('en')} scores behind ${hangMs / second} s requests; ${tries} tries beside them: ${words(tried)}; ` +
      `the first scores of ${others} platforms at once: ${words(first)}; at most ${maxInFlight} of ${budget} in flight`,
    broken,
  };
}

async function hangingLanes({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const lanes = long ? 64 : 16;
  const budget = 2 * lanes;
  const each = 8;
  const tries = long ? 200 : 20;
  const hangMs = long ? 30 * second : 8 * second;
  const random = seededRandom(seed);
  await using schools = await openSchools({
    profile,
    courses: [
      ...Array.from({ length: lanes }, (_, i) => ({ id: `hanging-${i}`, students: each })),
      { id: 'quiet', students: tries },
    ],
    gradewire: { env: { ...patientRequests(hangMs), GRADEWIRE_CONCURRENCY: String(budget) } },
  });
  const { simulator, gradewire } = schools;
  const { client } = gradewire;
  const stuck: School[] = [];
  for (let i = 0; i < lanes; i += 1)
    stuck.push(await registerSchool(schools, `hanging-${i}`, { concurrency: each }));
  const quiet = await registerSchool(schools, 'quiet');
  for (const { courseId } of stuck)
    simulator.addFault({ match: { endpoint: 'scores', courseId }, action: { kind: 'delay', ms: hangMs } });

  const ledger = new Ledger();
  await eachAtOnce(random.shuffle(stuck), 4, (school) => sendMany(client, ledger, school, each));
  await hanging(schools, lanes);
  const ids: string[] = [];
  for (let i = 0; i < tries; i += 1) {
    ids.push(await sendOne(client, ledger, quiet, i));
    await delay(random.between(20, 80));
  }
  const tried = await latencies(client, ids, hangMs);
  say(`tries: ${words(tried)}`);
  const broken: string[] = [];
  const p99 = quantile(tried, 0.99);
  if (!(p99 < bound(long, hangMs))) broken.push(`p99 of ${tries} tries is ${p99} ms`);
  const all = [...stuck, quiet].map(({ platformId }) => platformId);
  broken.push(...(await settleAll(schools, ledger, all, hangMs + 60 * second)));
  const { maxInFlight } = simulator.state().counters;
  if (maxInFlight > budget) broken.push(`${maxInFlight} requests in flight, the budget is ${budget}`);
  return {
    figure: `${lanes} lanes hang with ${each} scores each, budget ${budget}: at most ${maxInFlight} in flight; ${tries} tries of a quiet lane: ${words(tried)}`,
    broken,
  };
}

interface IdleCost {
  platforms: number;
  commandsPerSecond: number;
  connections: number;
  deliveryBytes: number;
  ingestBytes: number;
  redisBytes: number;
}

/** Memory that the operating system gave a service, by its own account. */
async function residentBytes(
  { metrics }: Schools['gradewire'],
  service: 'ingest' | 'delivery',
): Promise<number> {
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await metrics(service))?.[1]);
}

async function idleCost({ long, say }: AttackContext): Promise<Finding> {
  const sizes = long ? [10, 500, 5_000] : [10, 100];
  // Several in the short form: what a busy machine puts off is still done in the first.
  const [windows, windowMs] = long ? [1, 30 * second] : [3, second];
  await using schools = await openSchools({ courses: [{ id: 'any', students: 1 }] });
  const { simulator, gradewire } = schools;
  const { client } = gradewire;
  const redis = new Redis(schools.redis.url);
  const number = async (section: string, field: string) =>
    Number(new RegExp(`${field}:(\\d+)`).exec(await redis.info(section))?.[1]);

  const costs: IdleCost[] = [];
  let registered = 0;
  try {
    for (const platforms of sizes) {
      const numbers = Array.from({ length: platforms - registered }, (_, i) => registered + i);
      await eachAtOnce(numbers, 16, async (i) => {
        const { registration } = simulator;
        const issuer = `${registration.issuer}/idle-${i}`;
        await client.platforms.put(`idle-${i}`, { ...registration, issuer } as never);
      });
      registered = platforms;
      // A new process, so that only the platforms make the difference; it looks at all that are active as it starts.
      await gradewire.deliveries[0]!.stop();
      await gradewire.deliveries[0]!.restart();
      await delay(second);
      let commandsPerSecond = Number.POSITIVE_INFINITY;
      for (let window = 0; window < windows; window += 1) {
        const from = await number('stats', 'total_commands_processed');
        const began = performance.now();
        await delay(windowMs);
        const commands = (await number('stats', 'total_commands_processed')) - from - 1;
        commandsPerSecond = Math.min(commandsPerSecond, commands / ((performance.now() - began) / second));
      }
      costs.push({
        platforms,
        commandsPerSecond,
        connections: (await number('clients', 'connected_clients')) - 1,
        deliveryBytes: await residentBytes(gradewire, 'delivery'),
        ingestBytes: await residentBytes(gradewire, 'ingest'),
        redisBytes: await number('memory', 'used_memory'),
      });
      say(JSON.stringify(costs.at(-1)));
    }
    // What a scrape has read is shown to others for a second.
    await delay(1.5 * second);
    const began = performance.now();
    const scrape = await gradewire.metrics('ingest');
    const scrapeMs = Math.round(performance.now() - began);

    const [least, most] = [costs[0]!, costs.at(-1)!];
    const more = most.platforms - least.platforms;
    const perPlatform = {
      delivery: (most.deliveryBytes - least.deliveryBytes) / more,
      redis: (most.redisBytes - least.redisBytes) / more,
    };
    const broken: string[] = [];
    if (most.commandsPerSecond > least.commandsPerSecond + 5)
      broken.push(
        `${most.commandsPerSecond.toFixed(1)} commands/s with ${most.platforms} platforms, ${least.commandsPerSecond.toFixed(1)} with ${least.platforms}`,
      );
    if (most.connections !== least.connections)
      broken.push(
        `${most.connections} connections with ${most.platforms} platforms, ${least.connections} with ${least.platforms}`,
      );
    // A young process still grows by itself: a few megabytes are not the platforms'.
    if (most.deliveryBytes - least.deliveryBytes > 10_000 * more + 20_000_000)
      broken.push(`delivery grew by ${Math.round(perPlatform.delivery)} bytes a platform`);
    if (perPlatform.redis > 4_000)
      broken.push(`Redis holds ${Math.round(perPlatform.redis)} bytes a platform`);
    if (!scrape.includes('gradewire_undelivered{platform="idle-0"} 0'))
      broken.push('the scrape is incomplete');
    if (scrapeMs > (long ? 10 : 60) * second) broken.push(`a scrape took ${scrapeMs} ms`);
    const megabytes = (bytes: number) => Math.round(bytes / 1_000_000);
    return {
      figure: `${costs
        .map(
          (cost) =>
            `${cost.platforms.toLocaleString('en')} platforms: ${cost.commandsPerSecond.toFixed(1)} Redis commands/s, ${cost.connections} connections, ` +
            `delivery ${megabytes(cost.deliveryBytes)} MB, ingest ${megabytes(cost.ingestBytes)} MB, Redis ${megabytes(cost.redisBytes)} MB`,
        )
        .join('; ')}; a scrape of all ${scrapeMs} ms`,
      broken,
    };
  } finally {
    redis.disconnect();
  }
}

export const fairnessAttacks: readonly Attack[] = [
  {
    name: 'hanging-neighbour',
    profile: 'generic',
    promise: 'A platform that hangs does not make another one wait',
    how: '10,000 scores wait for a platform that takes 30 s a request; another gets 200 scores one by one, 500 more get one each at the same time',
    run: hangingNeighbour,
  },
  {
    name: 'hanging-lanes',
    profile: 'generic',
    promise:
      'The budget of requests in flight is never exceeded, and a quiet lane is served while others hang',
    how: '64 lanes want 8 slots each and hang for 30 s, the budget being 128; a 65th lane gets 200 scores one by one',
    run: hangingLanes,
  },
  {
    name: 'idle-cost',
    promise: 'A registered platform without work costs nothing but its registration',
    how: '10, 500 and 5,000 platforms are registered and left alone',
    run: idleCost,
  },
];
