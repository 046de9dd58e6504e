import { setTimeout as delay } from 'node:timers/promises';
import type { Gradewire, ScoreInput } from '@gradewire/sdk';
import { openClassroom, platformId } from '../../support/classroom.ts';
import { type Mood, type MoodyReceiver, startMoodyReceiver } from '../../support/moody-receiver.ts';
import { eachAtOnce } from '../../support/schools.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { type Random, seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';
import { until } from '../watch.ts';

const second = 1_000;

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;

const words = (sorted: readonly number[]): string =>
  `p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms`;

/** Sends scores one by one; returns their ids once all are delivered. */
async function handIn(
  client: Gradewire,
  scores: readonly ScoreInput[],
  random: Random,
  broken: string[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const score of scores) {
    ids.push((await client.scores.send(score)).id);
    await delay(random.between(5, 45));
  }
  broken.push(...(await settledAll(client, [platformId], 60 * second)));
  return ids;
}

/** From accepted to delivered, ms by Redis' clock, in ascending order; and when each was delivered. */
async function deliveries(client: Gradewire, ids: readonly string[]) {
  const deliveredAt = new Map<string, number>();
  const times: number[] = [];
  await eachAtOnce(ids, 8, async (id) => {
    const score = await client.scores.get(id);
    const atMs = Date.parse(score.deliveredAt ?? '');
    deliveredAt.set(id, atMs);
    times.push(atMs - Date.parse(score.acceptedAt));
  });
  return { deliveredAt, times: times.sort((a, b) => a - b) };
}

async function run({ long, seed, say }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const count = long ? 1_500 : 80;
  const timeoutMs = long ? 20 * second : second;
  await using room = await openClassroom({
    simulator: { courses: [{ students: count }], latencyMs: 5 },
    gradewire: { env: { GRADEWIRE_REQUEST_TIMEOUT_MS: String(timeoutMs) } },
    registration: { limits: { concurrency: 16 } },
  });
  const { gradewire, simulator, course } = room;
  const { client } = gradewire;
  const scoresFor = (label: string): ScoreInput[] => {
    const lineItemUrl = simulator.addLineItem(course.id, { label, scoreMaximum: 100 });
    return course.students.map(({ userId }, i) => ({
      platformId,
      userId,
      target: { lineItemUrl },
      scoreGiven: i % 101,
      scoreMaximum: 100,
    }));
  };
  const broken: string[] = [];
  await handIn(client, scoresFor('Warm-up').slice(0, 20), random, broken);
  const without = await deliveries(client, await handIn(client, scoresFor('Without'), random, broken));
  say(`without callbacks: ${words(without.times)}`);

  const always = (mood: Mood) => startMoodyReceiver(() => mood);
  await using healthy = await always('take');
  await using hanging = await always('hang');
  await using refusing = await always('refuse');
  const receivers: Record<string, MoodyReceiver> = { healthy, hanging, refusing };
  for (const [callbackId, { url, secret }] of Object.entries(receivers)) {
    await client.callbacks.put(callbackId, { url, secret, events: ['score.delivered'] });
  }
  const beganMs = Date.now();
  const besides = await deliveries(client, await handIn(client, scoresFor('With'), random, broken));
  await until(
    () => `${healthy.taken.size} of ${count} are told`,
    60 * second,
    () => healthy.taken.size >= count,
  );
  const tellingMs = Date.now() - beganMs;
  const told: number[] = [];
  for (const { events, atMs } of healthy.taken.values()) {
    told.push(Math.max(0, atMs - besides.deliveredAt.get(String(events[0]!.data.id))!));
  }
  told.sort((a, b) => a - b);
  const requests = [hanging, refusing].map(({ requestTimes }) => requestTimes.length);
  say(
    `with callbacks: ${words(besides.times)}; told ${words(told)}; ${requests} requests to the broken ones in ${tellingMs} ms`,
  );

  // While the breaker is open one probe goes after 1 s, 2 s, 4 s and so on, never sooner than the one before has ended.
  const probes = Math.ceil(Math.log2(tellingMs / second + 1)) + Math.ceil(tellingMs / (30 * second));
  for (const [i, name] of ['that hangs', 'that refuses'].entries()) {
    const most = 16 + probes;
    if (requests[i]! > most)
      broken.push(`the endpoint ${name} got ${requests[i]} requests, ${most} are bearable`);
  }
  broken.push(...healthy.wrongs);
  const slack = long ? 1 : 10;
  const tooLate = quantile(told, 0.99) > slack * second;
  if (tooLate) broken.push(`p99 from settled to told is ${quantile(told, 0.99)} ms`);
  for (const q of [0.5, 0.99]) {
    const [former, later] = [without.times, besides.times].map((times) => quantile(times, q));
    // Telling costs processor time, and the machine has few.
    if (later! > 2 * former! + slack * 50)
      broken.push(`p${q * 100} of delivery is ${later} ms with callbacks, ${former} ms without`);
  }
  const views = await Promise.all(['hanging', 'refusing'].map((id) => client.callbacks.get(id)));
  for (const { id, status } of views) if (status !== 'failing') broken.push(`${id} is ${status}`);
  return {
    figure: `${count.toLocaleString('en')} scores beside an endpoint that hangs and one that refuses: told to the healthy one ${words(told)} after they were settled; ${requests.join(' and ')} requests to the broken ones in ${Math.round(tellingMs / second)} s; delivery itself ${words(besides.times)} with callbacks, ${words(without.times)} without`,
    broken,
  };
}

export const callbacksNeighbour: Attack = {
  name: 'callbacks-neighbour',
  promise:
    'An endpoint that hangs or refuses costs a few requests, and slows neither other callbacks nor scores',
  how: 'scores one by one without callbacks, then with three: one endpoint takes every request and never answers, one answers 500 always, one is healthy',
  run,
};
