import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { bareAdds, bareBulkAdds, bareBytesPerJob, bareWorker, scorePoster } from './bare.ts';
import { apiPoster, type Bench, columnsFor, inFlight, platformId, scoreFor } from './bench.ts';
import { percentile, ratePerSecond } from './in-flight.ts';
import { countRoundTrips, usedMemory } from './redis-figures.ts';
import type { Figure } from './table.ts';

interface BatchAnswer {
  batchId: string;
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

/** How fast waiting scores reach a platform that takes this long for each. */
export async function measureDelivery(
  bench: Bench,
  latencyMs: number,
): Promise<{ figures: Figure[]; rate: number }> {
  const count = bench.quick ? 1_000 : latencyMs === 0 ? 8_000 : 6_000;
  for (const platform of [bench.platform, bench.bare.platform])
    await platform.control('POST', 'latency', { latencyMs });
  const columns = await columnsFor(bench, `delivery ${latencyMs}`, count);
  const { lanes } = bench.gradewire.client;
  await lanes.pause(platformId);
  const batchIds = await sendBatches(bench, columns, count);
  await lanes.resume(platformId);
  await untilDelivered(bench);
  const rate = deliveredPerSecond(await settledTimes(bench, batchIds));

  const { course } = bench.bare.platform;
  const poster = scorePoster({
    lineItemUrl: await bench.bare.platform.addLineItem(`bare ${latencyMs}`),
    accessToken: bench.bare.accessToken,
    userIds: course.students.map(({ userId }) => userId),
  });
  const worker = await bareWorker(bench.redisUrl, count, poster.post);
  const loop = await ratePerSecond(count, inFlight, poster.post);
  await poster.close();
  const name = `delivered, platform answers in ${latencyMs} ms, 64 in flight`;
  const figures: Figure[] = [
    { name, unit: 'scores/s', gradewire: rate, bare: { name: 'BullMQ worker, same POST', value: worker } },
    { name, unit: 'scores/s', gradewire: rate, bare: { name: 'undici loop', value: loop } },
  ];
  if (latencyMs === 0) {
    const noop = await bareWorker(bench.redisUrl, count, async () => undefined);
    figures.push({
      name,
      unit: 'scores/s',
      gradewire: rate,
      bare: { name: 'BullMQ worker, no work', value: noop },
    });
  }
  return { figures, rate };
}

/** From accepted to delivered at half of what delivery can take, by the times that Redis gave both. */
export async function measureLatency(bench: Bench, fullRate: number): Promise<Figure[]> {
  const seconds = bench.quick ? 2 : 10;
  const perSecond = Math.floor(fullRate / 2);
  const columns = await columnsFor(bench, 'latency', perSecond * seconds);
  const api = apiPoster(bench.gradewire);
  const ids: string[] = [];
  const started = performance.now();
  const pending: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; i += 1) {
    const dueMs = (i / perSecond) * 1_000 - (performance.now() - started);
    if (dueMs > 1) await delay(dueMs);
    const send = async () => {
      const answer = (await api.post('/v1/scores', scoreFor(bench, columns, i))) as { id: string };
      ids.push(answer.id);
    };
    pending.push(send());
  }
  await Promise.all(pending);
  await untilDelivered(bench);
  const durations: number[] = [];
  await ratePerSecond(ids.length, 16, async (i) => {
    const score = await bench.gradewire.client.scores.get(ids[i]!);
    if (score.deliveredAt) durations.push(Date.parse(score.deliveredAt) - Date.parse(score.acceptedAt));
  });
  await api.close();
  const name = `accept to delivered at ${perSecond} scores/s (half load), platform 50 ms`;
  return [
    { name: `${name}, p50`, unit: 'ms', gradewire: percentile(durations, 0.5) },
    { name: `${name}, p99`, unit: 'ms', gradewire: percentile(durations, 0.99) },
  ];
}

/** Commands that the services send to Redis for each score, from its request to its settlement. */
export async function measureRoundTrips(bench: Bench): Promise<Figure[]> {
  const count = bench.quick ? 300 : 2_000;
  await bench.platform.control('POST', 'latency', { latencyMs: 0 });
  const columns = await columnsFor(bench, 'round trips', 2 * count);
  const api = apiPoster(bench.gradewire);
  const one = await countRoundTrips(bench.redisUrl, async () => {
    await ratePerSecond(count, inFlight, (i) => api.post('/v1/scores', scoreFor(bench, columns, i)));
    await untilDelivered(bench);
  });
  const batch = await countRoundTrips(bench.redisUrl, async () => {
    await api.post('/v1/scores/batch', {
      scores: scoresFrom(bench, columns, count, Math.min(count, perBatch)),
    });
    await untilDelivered(bench);
  });
  await api.close();
  const name = 'Redis round trips per score';
  const bareCommands = await countRoundTrips(bench.redisUrl, async () => {
    await bareWorker(bench.redisUrl, count, async () => undefined);
  });
  const bare = { name: 'BullMQ: add and take one', value: bareCommands / count };
  return [
    { name: `${name}, one per request`, unit: 'commands', gradewire: one / count, bare },
    { name: `${name}, batch`, unit: 'commands', gradewire: batch / Math.min(count, perBatch) },
  ];
}

function scoresFrom(bench: Bench, columns: readonly string[], from: number, count: number) {
  return Array.from({ length: count }, (_, i) => scoreFor(bench, columns, from + i));
}

async function sendBatches(bench: Bench, columns: readonly string[], count: number): Promise<string[]> {
  const api = apiPoster(bench.gradewire);
  const batchIds: string[] = [];
  for (let from = 0; from < count; from += perBatch) {
    const scores = scoresFrom(bench, columns, from, Math.min(perBatch, count - from));
    const answer = (await api.post('/v1/scores/batch', { scores })) as BatchAnswer;
    if (answer.accepted !== scores.length) throw new Error(`${answer.accepted} of ${scores.length} accepted`);
    batchIds.push(answer.batchId);
  }
  await api.close();
  return batchIds;
}

async function untilDelivered(bench: Bench): Promise<void> {
  for (;;) {
    const lane = await bench.gradewire.client.lanes.get(platformId);
    if (lane.undelivered === 0) return;
    if (lane.dead > 0) throw new Error('a score died while it was measured');
    await delay(50);
  }
}

/** When each score was delivered, ms, by Redis's clock. */
async function settledTimes(bench: Bench, batchIds: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  let cursor: string | undefined;
  const wanted = batchIds.length * perBatch;
  do {
    const query = { platformId, limit: 200, ...(cursor ? { cursor } : {}) };
    const page = await bench.gradewire.client.scores.list(query);
    for (const { deliveredAt } of page.data) if (deliveredAt) times.push(Date.parse(deliveredAt));
    cursor = page.nextCursor ?? undefined;
  } while (cursor && times.length < wanted);
  return times;
}

function deliveredPerSecond(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const seconds = (sorted.at(-1)! - sorted[0]!) / 1_000;
  return sorted.length / seconds;
}
