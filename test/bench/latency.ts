import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { apiPoster, type Bench, columnsFor, scoreFor, untilDelivered } from './bench.ts';
import { percentile, ratePerSecond } from './in-flight.ts';
import type { Figure } from './table.ts';

/** One stretch of steady load. All times are ms. */
interface Window {
  p50: number;
  p99: number;
  /** How much later than planned scores were handed over: what this process itself lacked. */
  late: number;
  /** A write to Redis from here; on its way to the platform every score waits for four. */
  write: number;
}

const probeMs = 20;

/**
 * From accepted to delivered at half of what delivery can take, by the times that Redis gave both. Beside it, what the
 * machine did meanwhile: where a write to Redis takes long, a shared disk or processor is what the windows show.
 */
export async function measureLatency(bench: Bench, fullRate: number): Promise<Figure[]> {
  const perSecond = Math.floor(fullRate / 2);
  const seconds = bench.quick ? 1 : 4;
  const windows: Window[] = [];
  // The lane has closed while the bare parts were measured: it opens and warms up with load that does not count.
  await oneWindow(bench, perSecond, 2);
  for (let i = 0; i < (bench.quick ? 2 : 5); i += 1) windows.push(await oneWindow(bench, perSecond, seconds));
  const figure = (name: string, of: keyof Window): Figure => ({
    name,
    unit: 'ms',
    gradewire: windows.map((window) => window[of]),
  });
  const name = `accept to delivered at ${perSecond} scores/s (half load), platform 50 ms`;
  return [
    figure(`${name}, p50`, 'p50'),
    figure(`${name}, p99`, 'p99'),
    figure('  meanwhile, a write to Redis, p99', 'write'),
    figure('  meanwhile, the load itself late, p99', 'late'),
  ];
}

async function oneWindow(bench: Bench, perSecond: number, seconds: number): Promise<Window> {
  const count = perSecond * seconds;
  const columns = await columnsFor(bench, 'latency', count);
  const api = apiPoster(bench.gradewire);
  const over = new AbortController();
  const writes = timeWrites(bench.redisUrl, over.signal);
  const late: number[] = [];
  const sent: Promise<string>[] = [];
  const started = performance.now();
  for (let i = 0; i < count; i += 1) {
    const dueMs = started + (i / perSecond) * 1_000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await delay(waitMs);
    late.push(performance.now() - dueMs);
    sent.push(
      api.post('/v1/scores', scoreFor(bench, columns, i)).then((answer) => (answer as { id: string }).id),
    );
  }
  const ids = await Promise.all(sent);
  await untilDelivered(bench);
  over.abort();
  const durations: number[] = [];
  await ratePerSecond(ids.length, 16, async (i) => {
    const { acceptedAt, deliveredAt } = await bench.gradewire.client.scores.get(ids[i]!);
    if (deliveredAt) durations.push(Date.parse(deliveredAt) - Date.parse(acceptedAt));
  });
  await api.close();
  return {
    p50: percentile(durations, 0.5),
    p99: percentile(durations, 0.99),
    late: percentile(late, 0.99),
    write: percentile(await writes, 0.99),
  };
}

/** How long single writes to Redis take until aborted, ms. */
async function timeWrites(redisUrl: string, signal: AbortSignal): Promise<number[]> {
  const redis = new Redis(redisUrl);
  const times: number[] = [];
  while (!signal.aborted) {
    const began = performance.now();
    await redis.set('bench:probe', began);
    times.push(performance.now() - began);
    await delay(probeMs);
  }
  await redis.del('bench:probe');
  redis.disconnect();
  return times;
}
