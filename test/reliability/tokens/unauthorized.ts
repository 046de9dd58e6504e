import { setTimeout as delay } from 'node:timers/promises';
import { platformId } from '../../support/classroom.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { Classwork } from '../classwork.ts';
import { busiestMinute, fetchesPerMinute, fetchTimes, laneOf, openCourse, untilHeld } from './course.ts';

/** As the lane has it: so many cells in a row, dead for one systemic reason, hold it. */
const deadStreak = 20;

/** A service that answers 401 to everything, whatever token it is shown. */
async function run({ long, say, profile }: AttackContext): Promise<Finding> {
  const [count, deliveries, concurrency] = long ? [5_000, 8, 8] : [300, 2, 2];
  await using room = await openCourse({
    simulator: { profile, courses: [{ students: count }] },
    deliveries,
    concurrency,
    env: { GRADEWIRE_HOLD_MAX_MS: '2000' },
  });
  const { simulator, gradewire } = room;
  const broken: string[] = [];
  simulator.addFault({
    match: { endpoint: 'scores' },
    action: { kind: 'status', status: 401, body: { error: 'no' } },
  });
  const work = new Classwork(room);
  await work.handIn(0, count);
  await untilHeld(room, platformId, 150_000);
  await delay(long ? 70_000 : 2_000);
  const held = await laneOf(room, platformId);
  if (held?.reason !== 'UNAUTHORIZED') broken.push(`held for ${held?.reason}`);
  const { dead } = await gradewire.client.lanes.get(platformId);
  // Those under way when the twentieth died can no longer be called back.
  if (dead >= deadStreak + concurrency) broken.push(`${dead} of ${count} scores are dead`);
  const busiest = busiestMinute(fetchTimes(simulator));
  if (busiest > fetchesPerMinute) broken.push(`${busiest} fetches in one minute`);
  let healed = '';
  if (long) {
    say(`held with ${dead} dead`);
    simulator.clearFaults();
    const begun = performance.now();
    await work.done(120_000);
    healed = `; the others delivered ${Math.round((performance.now() - begun) / 1_000)} s after it was mended`;
    const right = work.ledger.entries.length - work.ledger.wrongGrades(simulator).length;
    if (right !== count - dead) broken.push(`${right} grades instead of ${count - dead} after mending`);
  }
  return {
    figure: `${count} scores, ${deliveries} processes: ${dead} dead, lane held, at most ${busiest} fetches a minute${healed}`,
    broken,
  };
}

export const unauthorized: Attack = {
  name: 'tokens-unauthorized',
  profile: 'generic',
  promise:
    'A service that answers 401 to everything costs at most 5 fetches a minute and holds the lane after 20 cells',
  how: '5,000 scores, 8 processes, every post answered 401',
  run,
};
