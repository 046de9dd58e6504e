import { setTimeout as delay } from 'node:timers/promises';
import type { Classroom } from '../../support/classroom.ts';
import { openStore } from '../../support/store.ts';
import { ageLane } from '../aging.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { until } from '../watch.ts';
import {
  busiestMinute,
  fetchesPerMinute,
  fetchTimes,
  laneOf,
  minute,
  openCourse,
  settled,
  untilHeld,
} from './course.ts';

/** Lines that alert somebody to a held lane. */
function alerts({ gradewire }: Classroom, id: string): string[] {
  const lines = gradewire.deliveries.flatMap(({ log }) => log.split('\n'));
  return lines.filter((line) => line.includes('"lane-held"') && line.includes(`"${id}"`));
}

/** Two platforms whose token endpoint refuses us: one is put right, the other is not. */
async function run({ long, profile }: AttackContext): Promise<Finding> {
  const [deliveries, count, graceMs, heldMs] = long ? [8, 1_000, 20_000, 12_000] : [3, 20, minute, 1_000];
  const env = {
    GRADEWIRE_HOLD_BASE_MS: '1000',
    GRADEWIRE_HOLD_MAX_MS: '4000',
    GRADEWIRE_CREDENTIALS_GRACE_MS: String(graceMs),
  };
  await using room = await openCourse({
    simulator: { profile, courses: [{ students: count }], tool: { clientId: 'before' } },
    deliveries,
    env,
  });
  const { simulator, gradewire, course } = room;
  const { client } = gradewire;
  const broken: string[] = [];
  const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
  const ids = { mended: 'mended', forgotten: 'forgotten' };
  const register = (id: string) =>
    client.platforms.put(id, {
      ...simulator.registration,
      issuer: `${simulator.registration.issuer}/${id}`,
      clientId: id,
      limits: { concurrency: 32 },
    } as never);
  const send = async (id: string) => {
    await register(id);
    const scores = course.students.map(({ userId }) => ({
      platformId: id,
      userId,
      target: { lineItemUrl },
      scoreGiven: 7,
      scoreMaximum: 100,
    }));
    return (await client.batches.send(scores)).batchId;
  };
  const sentAt = performance.now();
  const [mended, forgotten] = [await send(ids.mended), await send(ids.forgotten)];
  for (const id of Object.values(ids)) await untilHeld(room, id);
  await delay(heldMs);
  const held = await laneOf(room, ids.mended);
  if (held?.reason !== 'CREDENTIALS_REJECTED') broken.push(`held for ${held?.reason}`);
  if (held?.dead !== 0) broken.push(`${held?.dead} scores died within the grace`);
  const metrics = await gradewire.metrics('ingest');
  const gauge = metrics
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('gradewire_lane_held') && line.includes(`"${ids.mended}"`) && line.endsWith(' 1'),
    );
  if (gauge.length !== 1) broken.push(`the metric of the held lane: ${JSON.stringify(gauge)}`);
  const lines = alerts(room, ids.mended).length;
  if (lines !== 1) broken.push(`${lines} log lines for one trouble`);

  simulator.setTool({ clientId: ids.mended });
  const mendedAt = performance.now();
  const done = await client.batches.waitForSettlement(mended, settled);
  const healedMs = Math.round(performance.now() - mendedAt);
  if (done.counts.delivered !== count) broken.push(`after mending: ${JSON.stringify(done.counts)}`);

  const { dead: early } = await client.lanes.get(ids.forgotten);
  if (!long && early > 0) broken.push(`${early} scores of the forgotten platform died within the grace`);
  // In the short form the grace is moved over, not waited for.
  const movedMs = long ? 0 : graceMs;
  if (movedMs > 0) {
    await using store = openStore(room.redis.url);
    await ageLane(store.redis, ids.forgotten, movedMs);
  }
  // The budget of fetches is a minute's: so long can the refusal take that outlasts the grace.
  let firstDeadAt: number | undefined;
  await until("the forgotten platform's scores are not dead", graceMs + 2 * minute, async () => {
    const { dead, undelivered } = await client.lanes.get(ids.forgotten);
    if (dead > 0) firstDeadAt ??= performance.now();
    return dead === count && undelivered === 0;
  });
  const diedAfterMs = Math.round((firstDeadAt ?? 0) - sentAt) + movedMs;
  if (diedAfterMs < graceMs)
    broken.push(`the first died after ${diedAfterMs} ms of a grace of ${graceMs} ms`);
  const { counts } = await client.batches.waitForSettlement(forgotten, settled);
  if (counts.dead !== count) broken.push(`of the forgotten platform: ${JSON.stringify(counts)}`);
  const busiest = busiestMinute(fetchTimes(simulator));
  if (busiest > 2 * fetchesPerMinute) broken.push(`${busiest} fetches in one minute for two platforms`);
  return {
    figure: `${deliveries} processes, ${count} scores: held with ${lines} log line, none dead within the grace, delivered ${(healedMs / 1_000).toFixed(1)} s after mending; not mended: first dead after ${(diedAfterMs / 1_000).toFixed(1)} s of a grace of ${graceMs / 1_000} s`,
    broken,
  };
}

export const refused: Attack = {
  name: 'tokens-refused',
  profile: 'generic',
  promise:
    'A refusal at the token endpoint holds the lane with one alert, heals by itself, and kills only after the grace',
  how: 'two platforms know another client id: one is put right, one is not',
  run,
};
