import { Redis } from 'ioredis';
import { bareAdds, bareBulkAdds, bareBytesPerJob, bareWorker, scorePoster } from './bare.ts';
import {
  apiPoster,
  type Bench,
  columnsFor,
  inFlight,
  platformId,
  scoreFor,
  untilDelivered,
} from './bench.ts';
import { ratePerSecond } from './in-flight.ts';
import { countTraffic, usedMemory } from './redis-figures.ts';
import type { Figure } from './table.ts';

interface BatchAnswer {
  accepted: number;
}

const perBatch = 1_000;

/** How fast scores are taken in, with delivery paused, and what one that waits costs. */
export async function measureAccept(bench: Bench): Promise<Figure[]> {
  const { lanes } = bench.gradewire.client;
  const count = bench.quick ? 1_000 : 8_000;
  const api = apiPoster(bench.gradewire);
  const redis = new Redis(bench.redisUrl);
  await lanes.pause(platformId);
  const columns = await columnsFor(bench, 'accept', 2 * count);
  const single = await ratePerSecond(count, inFlight, (i) =>
    api.post('/v1/scores', scoreFor(bench, columns, i)),
  );
  const before = await usedMemory(redis);
  const calls = await ratePerSecond(count / perBatch, 1, (call) =>
    api.post('/v1/scores/batch', { scores: scoresFrom(bench, columns, count + call * perBatch, perBatch) }),
  );
  const bytes = ((await usedMemory(redis)) - before) / count;
  const bare = {
    single: await bareAdds(bench.redisUrl, count),
    bulk: await bareBulkAdds(bench.redisUrl, count),
    bytes: await bareBytesPerJob(bench.redisUrl, count, () => usedMemory(redis)),
  };
  await lanes.resume(platformId);
  await untilDelivered(bench);
  await api.close();
  redis.disconnect();
  return [
    {
      name: 'accepted, one per request, 64 in flight',
      unit: 'scores/s',
      gradewire: single,
      bare: { name: 'Queue.add, 64 in flight', value: bare.single },
    },
    {
      name: 'accepted, batches of 1,000',
      unit: 'scores/s',
      gradewire: calls * perBatch,
      bare: { name: 'Queue.addBulk(1000)', value: bare.bulk },
    },
    {
      name: 'Redis memory per waiting score',
      unit: 'bytes',
      gradewire: bytes,
      bare: { name: 'waiting BullMQ job', value: bare.bytes },
    },
  ];
}

/** How fast waiting scores reach a platform that takes this long for each; by turns with the bare parts, some rounds of each. */
export async function measureDelivery(bench: Bench, latencyMs: number): Promise<Figure[]> {
  const count = bench.quick ? 1_000 : 3_000;
  const rounds = bench.quick ? 1 : 3;
  for (const platform of [bench.platform, bench.bare.platform])
    await platform.control('POST', 'latency', { latencyMs });
  const poster = scorePoster({
    lineItemUrl: await bench.bare.platform.addLineItem(`bare ${latencyMs}`),
    accessToken: bench.bare.accessToken,
    userIds: bench.bare.platform.course.students.map(({ userId }) => userId),
  });
  const gradewire: number[] = [];
  const worker: number[] = [];
  const loop: number[] = [];
  const idle: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    gradewire.push(await deliverOnce(bench, `delivery ${latencyMs} ${round}`, count));
    worker.push(await bareWorker(bench.redisUrl, count, poster.post));
    loop.push(await ratePerSecond(count, inFlight, poster.post));
    if (latencyMs === 0) idle.push(await bareWorker(bench.redisUrl, count, async () => undefined));
  }
  await poster.close();
  const figure = (name: string, values: number[]): Figure => ({
    name: `delivered, platform answers in ${latencyMs} ms, 64 in flight`,
    unit: 'scores/s',
    gradewire,
    bare: { name, value: values },
  });
  return [
    figure('BullMQ worker, same POST', worker),
    figure('undici loop', loop),
    ...(latencyMs === 0 ? [figure('BullMQ worker, no work', idle)] : []),
  ];
}

/** Scores per second from a lane that was paused until all were there. */
async function deliverOnce(bench: Bench, label: string, count: number): Promise<number> {
  const columns = await columnsFor(bench, label, count);
  const { lanes } = bench.gradewire.client;
  await lanes.pause(platformId);
  await sendBatches(bench, columns, count);
  await lanes.resume(platformId);
  await untilDelivered(bench);
  return deliveredPerSecond(await lastSettledTimes(bench, count));
}

/** What the services send to Redis for each score, from its request to its settlement. */
export async function measureTraffic(bench: Bench): Promise<Figure[]> {
  const count = bench.quick ? 300 : 2_000;
  await bench.platform.control('POST', 'latency', { latencyMs: 0 });
  const columns = await columnsFor(bench, 'traffic', 2 * count);
  const api = apiPoster(bench.gradewire);
  const one = await countTraffic(bench.redisUrl, count, async () => {
    await ratePerSecond(count, inFlight, (i) => api.post('/v1/scores', scoreFor(bench, columns, i)));
    await untilDelivered(bench);
  });
  const inBatch = Math.min(count, perBatch);
  const batch = await countTraffic(bench.redisUrl, inBatch, async () => {
    await api.post('/v1/scores/batch', { scores: scoresFrom(bench, columns, count, inBatch) });
    await untilDelivered(bench);
  });
  await api.close();
  const bare = await countTraffic(bench.redisUrl, count, async () => {
    await bareWorker(bench.redisUrl, count, async () => undefined);
  });
  const name = 'BullMQ: add in bulk and take one';
  return (['commands', 'packets'] as const).flatMap((unit) => [
    {
      name: `Redis ${unit} per score, one per request`,
      unit,
      gradewire: one[unit],
      bare: { name, value: bare[unit] },
    },
    {
      name: `Redis ${unit} per score, batch`,
      unit,
      gradewire: batch[unit],
      bare: { name, value: bare[unit] },
    },
  ]);
}

function scoresFrom(bench: Bench, columns: readonly string[], from: number, count: number) {
  return Array.from({ length: count }, (_, i) => scoreFor(bench, columns, from + i));
}

async function sendBatches(bench: Bench, columns: readonly string[], count: number): Promise<void> {
  const api = apiPoster(bench.gradewire);
  for (let from = 0; from < count; from += perBatch) {
    const scores = scoresFrom(bench, columns, from, Math.min(perBatch, count - from));
    const answer = (await api.post('/v1/scores/batch', { scores })) as BatchAnswer;
    if (answer.accepted !== scores.length) throw new Error(`${answer.accepted} of ${scores.length} accepted`);
  }
  await api.close();
}

/** When each of the newest scores was delivered, ms, by Redis's clock. */
async function lastSettledTimes(bench: Bench, wanted: number): Promise<number[]> {
  const times: number[] = [];
  let cursor: string | undefined;
  do {
    const query = { platformId, limit: 200, ...(cursor ? { cursor } : {}) };
    const page = await bench.gradewire.client.scores.list(query);
    for (const { deliveredAt } of page.data) if (deliveredAt) times.push(Date.parse(deliveredAt));
    cursor = page.nextCursor ?? undefined;
  } while (cursor && times.length < wanted);
  return times.slice(0, wanted);
}

function deliveredPerSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const seconds = (sorted.at(-1)! - sorted[0]!) / 1_000;
  return sorted.length / seconds;
}
