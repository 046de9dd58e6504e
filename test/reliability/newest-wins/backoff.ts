import type { Attack, AttackContext, Finding } from '../attack.ts';
import { deliver, minute, openLesson, postsOf, send, shownOf, studentOf } from '../lesson.ts';
import { until } from '../watch.ts';

async function run({ long, profile }: AttackContext): Promise<Finding> {
  // Beside other tests the processors are theirs as well; what would be waited for is ten minutes.
  const [students, soonMs] = long ? [20, 2_000] : [4, 20_000];
  await using lesson = await openLesson({ profile, students: 2 * students, gradewire: {} });
  const { simulator, gradewire } = lesson;
  await deliver(lesson, 0, { scoreGiven: 0.5 });
  const tooLate: string[] = [];
  let slowestMs = 0;
  const refused = { kind: 'status', status: 500, headers: { 'retry-after': '600' } } as const;
  const took = async (name: string, i: number, sinceMs: number) => {
    await until(`${name} ${i}`, minute, () => shownOf(lesson, i) === 2, 5).catch(() => undefined);
    const ms = performance.now() - sinceMs;
    slowestMs = Math.max(slowestMs, ms);
    if (ms > soonMs) tooLate.push(`${name}, student ${i}: ${Math.round(ms)} ms`);
  };
  // One after the other: several cells in trouble together are the platform's trouble, and hold the lane.
  for (let n = 0; n < students; n += 1) {
    const [waiting, trying] = [2 * n, 2 * n + 1];
    simulator.addFault({
      match: { endpoint: 'scores', userId: studentOf(lesson, waiting) },
      count: 1,
      action: refused,
    });
    const old = await send(lesson, waiting, { scoreGiven: 1 });
    const backsOff = async () => (await gradewire.client.scores.get(old)).status === 'retrying';
    await until('it does not back off', minute, backsOff, 5);
    const sentAt = performance.now();
    await send(lesson, waiting, { scoreGiven: 2 });
    await took('behind a backoff of 10 minutes', waiting, sentAt);

    const match = { endpoint: 'scores', userId: studentOf(lesson, trying) } as const;
    simulator.addFault({ match, count: 1, action: { kind: 'delay', ms: 600 } });
    simulator.addFault({ match, count: 1, action: refused });
    await send(lesson, trying, { scoreGiven: 1 });
    await until('it is not tried', minute, () => postsOf(lesson, trying).length > 0, 5);
    await send(lesson, trying, { scoreGiven: 2 });
    await until('the attempt does not end', minute, () => postsOf(lesson, trying)[0]?.status === 500, 5);
    await took('during the attempt that then backed off', trying, performance.now());
  }
  return {
    figure: `${2 * students} newer scores behind or during attempts that back off for 10 minutes: shown within ${Math.round(slowestMs)} ms`,
    broken: tooLate,
  };
}

export const backoff: Attack = {
  name: 'newest-wins-backoff',
  profile: 'generic',
  promise: 'A newer score does not wait out the backoff of an older one: it is tried within 2 s',
  how: 'the platform asks for 10 minutes; a newer score comes behind the backoff, or during the attempt that then backs off',
  run,
};
