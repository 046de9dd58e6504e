import { setTimeout as delay } from 'node:timers/promises';
import {
  type CallbackEvent,
  createGradewire,
  type Gradewire,
  type Score,
  type ScoreInput,
} from '@gradewire/sdk';
import type { Redis } from 'ioredis';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../../support/classroom.ts';
import { type Mood, type MoodyReceiver, startMoodyReceiver } from '../../support/moody-receiver.ts';
import { eachAtOnce } from '../../support/schools.ts';
import { keysOf, openStore } from '../../support/store.ts';
import { type Attack, type AttackContext, type Finding, platformOf } from '../attack.ts';
import { type Random, seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';
import { until } from '../watch.ts';

const second = 1_000;
const each = 5;
const batchSize = 100;
/** Every so many student's grade is locked: all scores of theirs end dead, or superseded. */
const lockedOf = 20;
const victims = ['delivery 1', 'delivery 2', 'redis'] as const;
const patientRetry = { retries: 500, baseMs: 20, maxMs: 500 };
const scoreEvents = ['score.delivered', 'score.dead', 'score.superseded'] as const;

/** A callback, and who receives it. */
interface Listener {
  callbackId: string;
  form: 'each' | 'digest';
  events: readonly CallbackEvent[];
  receiver: MoodyReceiver;
}

function moody(random: Random): () => Mood {
  return () => {
    const chance = random.next();
    if (chance < 0.05) return 'refuse';
    if (chance < 0.06) return 'hang';
    return chance < 0.1 ? 'cut' : 'take';
  };
}

async function register(client: Gradewire, random: Random, say: (text: string) => void): Promise<Listener[]> {
  const forms: Pick<Listener, 'callbackId' | 'form' | 'events'>[] = [
    { callbackId: 'moody', form: 'each', events: scoreEvents },
    { callbackId: 'away', form: 'each', events: ['score.dead', 'score.superseded'] },
    { callbackId: 'digests', form: 'digest', events: scoreEvents },
  ];
  const listeners: Listener[] = [];
  for (const { callbackId, form, events } of forms) {
    const receiver = await startMoodyReceiver(moody(random));
    const { url, secret } = receiver;
    await client.callbacks.put(callbackId, { url, secret, form, events: [...events] });
    listeners.push({ callbackId, form, events, receiver });
  }
  say(`${listeners.length} callbacks are registered`);
  return listeners;
}

/** Five scores of each student, of different times, shuffled. */
function scoresOf({ course }: Classroom, lineItemUrl: string, random: Random): ScoreInput[] {
  const total = course.students.length * each;
  const firstMs = Date.now() - total * second;
  return random.shuffle(
    Array.from({ length: total }, (_, i): ScoreInput => {
      const { userId } = course.students[i % course.students.length]!;
      const timestamp = new Date(firstMs + i * second).toISOString();
      return {
        platformId,
        userId,
        target: { lineItemUrl },
        scoreGiven: (i * 7) % 101,
        scoreMaximum: 100,
        timestamp,
      };
    }),
  );
}

async function run({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 2_000 : 80;
  const rounds = Array.from({ length: long ? 12 : 3 }, (_, i) => victims[i % 3]!);
  await using room = await openClassroom({
    simulator: { ...platformOf({ profile }), courses: [{ students }], latencyMs: 5, history: 2 },
    redis: { appendfsync: 'always' },
    gradewire: { deliveries: 2, env: { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' } },
    registration: { limits: { concurrency: 32 } },
  });
  const { gradewire, simulator, redis, course } = room;
  const retrying = { retry: patientRetry, timeoutMs: 10 * second };
  const client = createGradewire({ baseUrl: gradewire.url, apiKey: gradewire.apiKey, ...retrying });
  const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
  for (const [i, { userId }] of course.students.entries()) {
    const action = { kind: 'status', status: 422, body: { message: 'locked' } } as const;
    if (i % lockedOf === 0) simulator.addFault({ match: { endpoint: 'scores', userId }, action });
  }
  const listeners = await register(client, random, say);
  const away = listeners.find(({ callbackId }) => callbackId === 'away')!.receiver;
  try {
    const scores = scoresOf(room, lineItemUrl, random);
    let sent = 0;
    const sendUpTo = async (upTo: number) => {
      while (sent < upTo) {
        const part = scores.slice(sent, Math.min(upTo, sent + batchSize));
        sent += part.length;
        const { results } = await client.batches.send(part);
        for (const { index, id, status } of results) {
          if (id === undefined && status === 503) await client.scores.send(part[index]!);
          else if (id === undefined) throw new Error(`a score was answered ${status}`);
        }
      }
    };
    const killOne = async (victim: (typeof victims)[number], from: number, upTo: number) => {
      const told = () => listeners[0]!.receiver.taken.size;
      // Either while most is still told, or while scores are being settled.
      const at = random.next() < 0.5 ? random.between(from, upTo) : 0;
      await until('not enough is told', 120 * second, () => told() >= at, 5);
      if (at === 0) await delay(random.between(0, 600));
      const processes = {
        'delivery 1': gradewire.deliveries[0]!,
        'delivery 2': gradewire.deliveries[1]!,
        redis,
      };
      say(`SIGKILL to ${victim} after ${told()} events told`);
      await processes[victim].kill();
      await delay(random.between(0, 300));
      await processes[victim].restart();
    };
    for (const [round, victim] of rounds.entries()) {
      const [from, upTo] = [round, round + 1].map((n) => Math.floor((scores.length * n) / rounds.length));
      // An endpoint that is away every other round.
      if (round % 2 === 0) await away.goDown();
      else await away.comeBack();
      await Promise.all([sendUpTo(upTo!), killOne(victim, from!, upTo!)]);
    }
    if (rounds.length % 2 === 1) await away.comeBack();

    const broken = await settledAll(client, [platformId], 120 * second);
    await using store = openStore(redis.url);
    broken.push(...(await toldAll(client, store.redis, listeners)));
    for (const key of await keysOf(store.redis, 'gw:{callbacks}:due:')) broken.push(`${key} is left`);
    const all = await everyScore(client);
    if (all.length !== scores.length) broken.push(`${all.length} scores of ${scores.length}`);
    const counts = new Map<string, number>();
    for (const { status } of all) counts.set(status, (counts.get(status) ?? 0) + 1);
    for (const listener of listeners) broken.push(...(await wrongsOf(client, listener, all)));
    const words = listeners.map(({ callbackId, receiver: { taken, requestTimes } }) => {
      const copies = [...taken.values()].reduce((sum, message) => sum + message.copies, 0);
      const events = [...taken.values()].reduce((sum, message) => sum + message.events.length, 0);
      return `${callbackId} ${events.toLocaleString('en')} events in ${taken.size.toLocaleString('en')} messages, ${copies - taken.size} of them twice, by ${requestTimes.length.toLocaleString('en')} requests`;
    });
    const statuses = [...counts]
      .map(([status, count]) => `${count.toLocaleString('en')} ${status}`)
      .join(', ');
    return {
      figure: `${all.length.toLocaleString('en')} scores (${statuses}), ${rounds.length} kills: ${words.join('; ')}; 0 forged, ${broken.length} wrong or missing`,
      broken,
    };
  } finally {
    await Promise.all(listeners.map(({ receiver }) => receiver[Symbol.asyncDispose]()));
  }
}

/** Waits until nothing is to be told any more; says what is when the time is up. */
async function toldAll(client: Gradewire, redis: Redis, listeners: readonly Listener[]): Promise<string[]> {
  const deadline = performance.now() + 120 * second;
  for (;;) {
    // What leaves the outbox is pending before it does.
    const events = await redis.xlen(`gw:{${platformId}}:events`);
    const views = await Promise.all(listeners.map(({ callbackId }) => client.callbacks.get(callbackId)));
    const late = views.filter(({ pending }) => pending > 0);
    if (events === 0 && late.length === 0) return [];
    if (performance.now() > deadline) {
      const words = late.map(({ id, status, pending }) => `${id} is ${status}, ${pending} pending`);
      return [`${events} events are left in the outbox`, ...words];
    }
    await delay(200);
  }
}

/** All scores; those that were superseded with their attempts, which tell whether they were dead before. */
async function everyScore(client: Gradewire): Promise<Score[]> {
  const all: Score[] = [];
  for await (const score of client.scores.all({ platformId })) all.push(score);
  await eachAtOnce(all, 16, async (score, i) => {
    if (score.status === 'superseded') all[i] = await client.scores.get(score.id);
  });
  return all;
}

/**
 * What the records say that happened to a score. A dead one is superseded in the instant in which a newer one is accepted. One
 * that was refused when a newer one had come already was superseded at once, and never dead; in one and the same millisecond
 * it can have been either.
 */
function happened(
  score: Score,
  byId: ReadonlyMap<string, Score>,
): { surely: CallbackEvent[]; perhaps: CallbackEvent[] } {
  const { status, settledAt, supersededBy, attempts = [] } = score;
  const last = `score.${status}` as CallbackEvent;
  const refusal = attempts.find(({ outcome }) => outcome === 'dead');
  const newerAt = byId.get(supersededBy ?? '')?.acceptedAt;
  if (status !== 'superseded' || !refusal || settledAt !== newerAt) return { surely: [last], perhaps: [] };
  const endedMs = Date.parse(refusal.at) + refusal.durationMs;
  const isSure = endedMs < Date.parse(newerAt!) - 1;
  return isSure ? { surely: ['score.dead', last], perhaps: [] } : { surely: [last], perhaps: ['score.dead'] };
}

/** How what a receiver has differs from what happened. */
async function wrongsOf(
  client: Gradewire,
  { callbackId, events, receiver }: Listener,
  scores: readonly Score[],
): Promise<string[]> {
  const wrongs = receiver.wrongs.map((wrong) => `${callbackId}: ${wrong}`);
  const told = new Map<string, number>();
  for (const message of receiver.taken.values()) {
    for (const { type, data } of message.events) {
      const event = `${type} ${data.id}`;
      told.set(event, (told.get(event) ?? 0) + 1);
    }
  }
  for (const [event, times] of told)
    if (times > 1) wrongs.push(`${callbackId} was told ${event} under ${times} ids`);
  const byId = new Map(scores.map((score) => [score.id, score]));
  for (const score of scores) {
    const { surely, perhaps } = happened(score, byId);
    for (const type of surely.filter((type) => events.includes(type))) {
      if (!told.delete(`${type} ${score.id}`)) wrongs.push(`${callbackId} was not told ${type} ${score.id}`);
    }
    for (const type of perhaps) told.delete(`${type} ${score.id}`);
  }
  for (const event of told.keys()) wrongs.push(`${callbackId} was told ${event}, which did not happen`);
  let listed = 0;
  for await (const { id, status } of client.callbacks.allDeliveries(callbackId)) {
    listed += 1;
    if (status !== 'delivered') wrongs.push(`${callbackId}: ${id} is ${status}`);
    if (!receiver.taken.has(id)) wrongs.push(`${callbackId}: ${id} is listed and was not received`);
  }
  if (listed !== receiver.taken.size)
    wrongs.push(`${callbackId}: ${listed} listed, ${receiver.taken.size} received`);
  return wrongs;
}

export const callbacksNothingLost: Attack = {
  name: 'callbacks-nothing-lost',
  profile: 'generic',
  promise:
    'Every callback is told what became of each score, at least once and under one id, and nothing else',
  how: 'three callbacks, of single events and digests, whose receivers verify with the library of Standard Webhooks, refuse, hang, cut answers to what they have taken, and go away and come back; delivery processes and Redis (fsync `always`) killed with SIGKILL at random moments; scores end delivered, dead and superseded',
  run,
};
