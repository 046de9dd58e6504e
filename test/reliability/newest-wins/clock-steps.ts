import { setTimeout as delay } from 'node:timers/promises';
import { createSteppedClock } from '../../support/stepped-clock.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { addTrouble, deliver, impatient, minute, openLesson, overlaps, send, shownOf } from '../lesson.ts';
import { seededRandom } from '../random.ts';
import { until } from '../watch.ts';

async function run({ long, seed, profile }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 300 : 30;
  const rounds = long ? 8 : 3;
  await using ingestClock = await createSteppedClock();
  await using one = await createSteppedClock();
  await using other = await createSteppedClock();
  await using lesson = await openLesson({
    profile,
    students,
    gradewire: { env: { ...impatient, ...ingestClock.env }, deliveries: 0 },
  });
  const { gradewire } = lesson;
  await gradewire.addDelivery(one.env);
  await gradewire.addDelivery(other.env);
  // Signed while the clocks are right: no platform takes an assertion from another time.
  await deliver(lesson, 0, { scoreGiven: 1 });
  addTrouble(lesson);
  const newest = new Map<number, number>();
  const ids: string[] = [];
  let slowestMs = 0;
  for (let round = 1; round <= rounds; round += 1) {
    await Promise.all([
      ingestClock.step(random.between(-20, 20) * minute),
      // Both behind, both ahead, one of each.
      one.step(random.between(1, 20) * minute * (round % 3 === 1 ? -1 : 1)),
      other.step(random.between(1, 20) * minute * (round % 3 === 2 ? 1 : -1)),
    ]);
    await delay(100);
    // Without a timestamp the order is that of acceptance, whatever any host believes the time to be.
    const began = performance.now();
    for (const half of [0, 50]) {
      await Promise.all(
        Array.from({ length: students }, async (_, i) => {
          const scoreGiven = half + round;
          ids.push(await send(lesson, i, { scoreGiven }));
          newest.set(i, scoreGiven);
        }),
      );
    }
    await until(`round ${round} is not over`, 2 * minute, () =>
      [...newest].every(([i, points]) => shownOf(lesson, i) === points),
    );
    slowestMs = Math.max(slowestMs, performance.now() - began);
  }
  const wrong = [...newest].filter(([i, points]) => shownOf(lesson, i) !== points);
  return {
    figure: `${ids.length} scores while three hosts' clocks stepped by up to 20 minutes ${rounds} times: ${wrong.length} wrong grades, slowest round ${(slowestMs / 1_000).toFixed(1)} s`,
    broken: [
      ...wrong.map(([i, points]) => `student ${i} shows ${shownOf(lesson, i)} instead of ${points}`),
      ...overlaps(lesson),
    ],
  };
}

export const clockSteps: Attack = {
  name: 'newest-wins-clock-steps',
  profile: 'moodle',
  promise: 'Order does not depend on any host’s clock',
  how: 'the clocks of ingest and two workers step back and forth by up to 20 minutes between scores without timestamps',
  run,
};
