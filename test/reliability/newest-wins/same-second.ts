import type { Attack, AttackContext, Finding } from '../attack.ts';
import { minute, openLesson, scoreOf, settled, verdict } from '../lesson.ts';
import { seededRandom } from '../random.ts';

async function run({ long, seed, profile }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 100 : 12;
  await using lesson = await openLesson({ profile, students: 2 * students });
  const second = Math.floor((Date.now() - 60 * minute) / 1_000) * 1_000;
  const { scores } = lesson.gradewire.client;
  await Promise.all(
    Array.from({ length: 2 * students }, async (_, i) => {
      // Half of them: other milliseconds of one second; the others: the very same timestamp again, a regrade.
      const regrade = i >= students;
      const instants = random.shuffle([100, 300, 500, 700]).map((ms) => second + (regrade ? 500 : ms));
      for (const [n, instant] of instants.entries()) {
        const score = scoreOf(lesson, i, {
          scoreGiven: 10 * n + 5,
          timestamp: new Date(instant).toISOString(),
        });
        const { id } = await scores.send(score);
        lesson.ledger.note(score, lesson.lineItemUrl, { id });
        // Some meet the earlier one delivered, some under way, some waiting.
        if (random.next() < 0.7) await scores.waitForSettlement(id, settled);
      }
    }),
  );
  const { ledger } = lesson;
  for (const id of ledger.ids) await scores.waitForSettlement(id, settled);
  return {
    figure: `${ledger.entries.length} scores of one second for ${2 * students} students, half of them with one timestamp: ${ledger.wrongGrades(lesson.simulator).length} wrong grades`,
    broken: await verdict(lesson),
  };
}

export const sameSecond: Attack = {
  name: 'newest-wins-same-second',
  profile: 'moodle',
  promise: 'The newest wins within one second too, and a regrade with its old timestamp arrives',
  how: 'scores within one second, or with one timestamp, on a platform that compares whole seconds',
  run,
};
