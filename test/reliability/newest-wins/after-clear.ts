import type { Attack, AttackContext, Finding } from '../attack.ts';
import { ago, deliver, minute, openLesson, shownOf, studentOf } from '../lesson.ts';

async function run({ long }: AttackContext): Promise<Finding> {
  const each = long ? 25 : 3;
  const cleared = [
    'by a score of ours',
    'by a progress report',
    'by the teacher',
    'before its clock',
  ] as const;
  await using lesson = await openLesson({ profile: 'moodle', students: each * cleared.length });
  const { simulator, itemId } = lesson;
  const broken: string[] = [];
  const work = async (i: number, how: (typeof cleared)[number]) => {
    await deliver(lesson, i, { scoreGiven: 80, timestamp: ago(10 * minute) });
    const at = { timestamp: ago(8 * minute) };
    if (how === 'by a progress report') {
      await deliver(lesson, i, {
        ...at,
        activityProgress: 'InProgress',
        gradingProgress: 'NotReady',
        force: true,
      });
    } else if (how === 'by the teacher') {
      simulator.teacher.editGrade(itemId, studentOf(lesson, i), null);
    } else await deliver(lesson, i, { ...at, scoreGiven: null });
    if (shownOf(lesson, i) !== null) broken.push(`${how}: it was not cleared`);
    // Older than the clear by the platform's clock, newer by ours.
    const { status, reason } = await deliver(lesson, i, { scoreGiven: 90, timestamp: ago(5 * minute) });
    if (status !== 'delivered' || shownOf(lesson, i) !== 90)
      broken.push(`${how}: ${status} ${reason ?? ''}, shown ${shownOf(lesson, i)}`);
  };
  const run = (k: number) =>
    Promise.all(Array.from({ length: each }, (_, n) => work(k * each + n, cleared[k]!)));
  await Promise.all([run(0), run(1), run(2)]);
  simulator.setClockSkew(1_500);
  await run(3);
  return {
    figure: `${each * cleared.length} scores of earlier timestamps after a clear, 4 ways: ${broken.length} missing`,
    broken,
  };
}

export const afterClear: Attack = {
  name: 'newest-wins-after-clear',
  promise: 'A score after a clear arrives, whatever instant the platform gave the clear',
  how: 'clears by score, by progress report and by teacher on a platform that stamps them by its own clock, also one that is fast',
  run,
};
