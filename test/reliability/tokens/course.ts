import type { Simulator, SimulatorOptions } from '@gradewire/platform-simulator';
import { type Classroom, impatientRetries, openClassroom } from '../../support/classroom.ts';
import { until } from '../watch.ts';

export const minute = 60_000;
export const settled = { timeoutMs: 120_000, minPollMs: 20, maxPollMs: 200 };
/** As the cache has it: so many fetches a minute for one platform. */
export const fetchesPerMinute = 5;

export async function openCourse(options: {
  simulator: SimulatorOptions;
  deliveries: number;
  concurrency?: number;
  env?: Record<string, string>;
}): Promise<Classroom> {
  const { simulator, deliveries, concurrency = 32, env } = options;
  return openClassroom({
    simulator: { throttle: false, history: 2, requestLogSize: 50_000, ...simulator },
    gradewire: { deliveries, env: { ...impatientRetries, ...env } },
    registration: { limits: { concurrency } },
  });
}

export const tokenRequests = (simulator: Simulator) => simulator.requests({ endpoint: 'token' });
export const fetchTimes = (simulator: Simulator) => tokenRequests(simulator).map(({ at }) => Date.parse(at));

/** The most fetches that fell into one minute. */
export function busiestMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + minute).length));
}

interface Held {
  reason: string;
  undelivered: number;
  dead: number;
}

export async function laneOf({ gradewire }: Classroom, id: string): Promise<Held | undefined> {
  const { state, reason, undelivered, dead } = await gradewire.client.lanes.get(id);
  return state === 'held' ? { reason: reason ?? '', undelivered, dead } : undefined;
}

/** Waits until the lane of this platform is held. */
export async function untilHeld(room: Classroom, id: string, timeoutMs = minute): Promise<void> {
  await until(`${id} is not held`, timeoutMs, async () => (await laneOf(room, id)) !== undefined);
}
