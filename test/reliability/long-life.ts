import { setTimeout as delay } from 'node:timers/promises';
import type { ScoreInput } from '@gradewire/sdk';
import { Redis } from 'ioredis';
import { impatientRetries } from '../support/classroom.ts';
import { openSchools, registerSchool, type School, type Schools, schoolScore } from '../support/schools.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Ledger } from './ledger.ts';
import { type Random, seededRandom } from './random.ts';
import { until } from './watch.ts';

const second = 1_000;
const minute = 60 * second;
/** The least that the services accept. */
const retentionMs = minute;
const services = ['ingest', 'delivery'] as const;

/** How large everything is at one moment. */
interface Sample {
  atMs: number;
  heap: Record<(typeof services)[number], number>;
  resident: Record<(typeof services)[number], number>;
  timers: Record<(typeof services)[number], number>;
  redisBytes: number;
  redisKeys: number;
  /** Entries of the lists of scores. */
  listed: number;
  connections: number;
}

/** The sum of a metric's values, or of those that a label matches. */
function metric(text: string, name: string, label = ''): number {
  return text
    .split('\n')
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

async function takeSample({ gradewire }: Schools, redis: Redis, beganMs: number): Promise<Sample> {
  const [ingest, delivery, memory, clients, redisKeys, lists] = await Promise.all([
    gradewire.metrics('ingest'),
    gradewire.metrics('delivery'),
    redis.info('memory'),
    redis.info('clients'),
    redis.dbsize(),
    Promise.all((await redis.keys('gw:{*}:scores')).map((key) => redis.zcard(key))),
  ]);
  const both = (name: string, label?: string) => ({
    ingest: metric(ingest, name, label),
    delivery: metric(delivery, name, label),
  });
  const field = (text: string, name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(text)?.[1]);
  return {
    atMs: performance.now() - beganMs,
    heap: both('nodejs_heap_size_used_bytes'),
    resident: both('process_resident_memory_bytes'),
    timers: both('nodejs_active_resources', 'type="Timeout"'),
    redisBytes: field(memory, 'used_memory'),
    redisKeys,
    listed: lists.reduce((sum, count) => sum + count, 0),
    connections: field(clients, 'connected_clients'),
  };
}

/** What goes wrong all the time, and what goes wrong now and then. */
function addFaults({ simulator }: Schools): void {
  const scores = { endpoint: 'scores' } as const;
  simulator.addFault({ match: scores, probability: 0.02, action: { kind: 'status', status: 503 } });
  simulator.addFault({ match: scores, probability: 0.01, action: { kind: 'drop', apply: true } });
  simulator.addFault({ match: scores, probability: 0.01, action: { kind: 'html' } });
  simulator.addFault({ match: scores, probability: 0.01, action: { kind: 'truncate', apply: true } });
  simulator.addFault({ match: scores, probability: 0.02, action: { kind: 'delay', ms: 500, jitterMs: 500 } });
}

/**
 * Tokens revoked, or the platform away, now and then. A score whose token is revoked twice running is dead, so that a short
 * run has one revocation.
 */
async function mishaps(
  { simulator }: Schools,
  random: Random,
  { everyMs, revocations, stop }: { everyMs: number; revocations: number; stop: AbortSignal },
): Promise<void> {
  for (let left = revocations; !stop.aborted; ) {
    await delay(everyMs / 2 + random.between(0, everyMs), undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) break;
    if (left > 0 && random.next() < 0.5) {
      simulator.revokeTokens();
      left -= 1;
    } else {
      await simulator.goDown();
      await delay(random.between(200, 1_500));
      await simulator.comeUp();
    }
  }
}

/** Posts without an idempotency key, each of which would be kept for a day. */
async function post({ gradewire }: Schools, score: ScoreInput): Promise<{ id: string }> {
  const response = await fetch(`${gradewire.url}/v1/scores`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gradewire.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(score),
  });
  if (response.status !== 202)
    throw new Error(`a score was answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as { id: string };
}

/** Steady load: each school in turn has a busy time and a pause, in which its lane closes. */
async function load(
  schools: Schools,
  ledger: Ledger,
  all: readonly School[],
  { perSecond, shiftMs, stop }: { perSecond: number; shiftMs: number; stop: AbortSignal },
): Promise<void> {
  const began = performance.now();
  const pending = new Set<Promise<void>>();
  for (let sent = 0; !stop.aborted; sent += 1) {
    const dueMs = (sent / perSecond) * second - (performance.now() - began);
    if (dueMs > 0) await delay(dueMs);
    const shift = Math.floor((performance.now() - began) / shiftMs);
    const busy = all.filter((_, i) => (i + shift) % 3 > 0);
    const school = busy[sent % busy.length]!;
    const score = schoolScore(school, Math.floor(sent / busy.length), sent % 101);
    const posted = post(schools, score)
      .then((accepted) => ledger.note(score, school.lineItemUrl, accepted))
      .finally(() => pending.delete(posted));
    pending.add(posted);
  }
  await Promise.all(pending);
}

const least = (samples: readonly Sample[], value: (sample: Sample) => number): number =>
  Math.min(...samples.map(value));
const most = (samples: readonly Sample[], value: (sample: Sample) => number): number =>
  Math.max(...samples.map(value));

/** What is larger in the last part of a run than in an early one by more than a share and an allowance. */
function growth(early: readonly Sample[], late: readonly Sample[]): string[] {
  const grown: string[] = [];
  const megabyte = 1_000_000;
  const check = (what: string, before: number, after: number, share: number, allowance: number) => {
    if (after > before * (1 + share) + allowance)
      grown.push(`${what} grew from ${Math.round(before)} to ${Math.round(after)}`);
  };
  for (const service of services) {
    const heap = (sample: Sample) => sample.heap[service];
    const resident = (sample: Sample) => sample.resident[service];
    const timers = (sample: Sample) => sample.timers[service];
    // The least of a time is what garbage collection leaves.
    check(`${service}'s heap`, least(early, heap), least(late, heap), 0.1, 5 * megabyte);
    check(`${service}'s resident memory`, most(early, resident), most(late, resident), 0.15, 10 * megabyte);
    check(`${service}'s timers`, most(early, timers), most(late, timers), 0.25, 20);
  }
  const redisKeys = (sample: Sample) => sample.redisKeys;
  const listed = (sample: Sample) => sample.listed;
  const redisBytes = (sample: Sample) => sample.redisBytes;
  const connections = (sample: Sample) => sample.connections;
  check('Redis keys', most(early, redisKeys), most(late, redisKeys), 0.1, 50);
  check('listed scores', most(early, listed), most(late, listed), 0.25, 500);
  check("Redis' memory", most(early, redisBytes), most(late, redisBytes), 0.1, megabyte);
  check('connections', most(early, connections), most(late, connections), 0, 4);
  return grown;
}

async function longLife({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const runMs = long ? 30 * minute : 8 * second;
  // Records and the services themselves have come to their steady size by then.
  const settledMs = long ? 5 * minute : 0;
  const sampleMs = long ? 5 * second : second;
  const perSecond = long ? 40 : 30;
  const random = seededRandom(seed);
  const count = 6;
  const deliveries = 2;
  await using schools = await openSchools({
    profile,
    courses: Array.from({ length: count }, (_, i) => ({ id: `life-${i}`, students: 100 })),
    gradewire: {
      deliveries,
      env: {
        ...impatientRetries,
        GRADEWIRE_RETENTION_MS: String(retentionMs),
        GRADEWIRE_CELL_RETENTION_MS: String(retentionMs),
      },
    },
  });
  const { simulator, gradewire } = schools;
  const all: School[] = [];
  for (let i = 0; i < count; i += 1) all.push(await registerSchool(schools, `life-${i}`, { concurrency: 4 }));
  const redis = new Redis(schools.redis.url);
  const ledger = new Ledger();
  const stop = new AbortController();
  try {
    const began = performance.now();
    const idle = await takeSample(schools, redis, began);
    addFaults(schools);
    const samples: Sample[] = [];
    const running = [
      load(schools, ledger, all, { perSecond, shiftMs: long ? 2 * minute : 3 * second, stop: stop.signal }),
      mishaps(schools, random, {
        everyMs: long ? 30 * second : 3 * second,
        revocations: long ? Number.POSITIVE_INFINITY : 1,
        stop: stop.signal,
      }),
    ];
    while (performance.now() - began < runMs) {
      await delay(sampleMs);
      samples.push(await takeSample(schools, redis, began));
      if (long && samples.length % 12 === 0) say(JSON.stringify(samples.at(-1)));
    }
    stop.abort();
    await Promise.all(running);
    simulator.clearFaults();
    const { client } = gradewire;
    const lanes = () => Promise.all(all.map(({ platformId }) => client.lanes.get(platformId)));
    await until(
      () => 'all is delivered',
      120 * second,
      async () => (await lanes()).every(({ undelivered }) => undelivered === 0),
      200,
    );

    const broken = ledger.wrongGrades(simulator);
    const dead = (await lanes()).reduce((sum, lane) => sum + lane.dead, 0);
    if (dead > 0) broken.push(`${dead} dead letters`);
    // Older ones cannot be read any more: for them the gradebook and the empty lanes speak.
    const recent = new Ledger();
    recent.entries.push(...ledger.entries.slice(-10 * perSecond));
    broken.push(...(await recent.unfinished(client)));

    const settled = samples.filter(({ atMs }) => atMs >= settledMs);
    const part = Math.ceil(settled.length / 4);
    if (long) {
      broken.push(...growth(settled.slice(0, part), settled.slice(-part)));
      // The lanes close when their platforms have been quiet for a while. What each process opens for its queues stays.
      await until(
        () => 'the lanes are closed',
        3 * minute,
        async () => (await takeSample(schools, redis, began)).connections <= idle.connections + deliveries,
        5 * second,
      ).catch((error: Error) => broken.push(error.message));
      const after = await takeSample(schools, redis, began);
      for (const service of services) {
        if (after.timers[service] > idle.timers[service] + 5)
          broken.push(
            `${service} keeps ${after.timers[service]} timers, it began with ${idle.timers[service]}`,
          );
      }
    } else {
      // Too short for trends: everything stays within what a run of this size can need.
      const bounds: [string, number, number][] = [
        ['connections', most(samples, (sample) => sample.connections), idle.connections + 4 * count],
        ['Redis keys', most(samples, (sample) => sample.redisKeys), idle.redisKeys + 40 * perSecond + 1_000],
        ...services.flatMap((service): [string, number, number][] => [
          [`${service}'s heap`, most(samples, (sample) => sample.heap[service]), 200_000_000],
          [`${service}'s timers`, most(samples, (sample) => sample.timers[service]), 500],
        ]),
      ];
      for (const [what, is, bound] of bounds) if (is > bound) broken.push(`${what}: ${is}, not ${bound}`);
    }
    const megabytes = (value: (sample: Sample) => number) => {
      const [before, after] = [settled.slice(0, part), settled.slice(-part)];
      return `${(least(before, value) / 1e6).toFixed(1)} to ${(least(after, value) / 1e6).toFixed(1)} MB`;
    };
    const connections = (sample: Sample) => sample.connections;
    return {
      figure:
        `${ledger.entries.length.toLocaleString('en')} scores in ${Math.round(runMs / second)} s, 0 lost: heap of ingest ${megabytes((sample) => sample.heap.ingest)}, ` +
        `of delivery ${megabytes((sample) => sample.heap.delivery)}; Redis ${megabytes((sample) => sample.redisBytes)}, ` +
        `${most(settled.slice(0, part), (sample) => sample.redisKeys)} to ${most(settled.slice(-part), (sample) => sample.redisKeys)} keys; ` +
        `at most ${most(settled.slice(0, part), connections)} and ${most(settled.slice(-part), connections)} connections`,
      broken,
    };
  } finally {
    stop.abort();
    redis.disconnect();
  }
}

export const longLifeAttacks: readonly Attack[] = [
  {
    name: 'long-life',
    profile: 'generic',
    promise: 'Nothing grows with time: memory of the services, size of Redis, connections, timers',
    how: '30 minutes of 40 scores/s for 6 platforms that are busy in turns, with 5xx, lost answers, web pages, slow answers, outages and revoked tokens; records live for a minute',
    run: longLife,
  },
];
