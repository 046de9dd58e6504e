import type { Attack, AttackContext, Finding } from '../attack.ts';
import { addTrouble, impatient, openLesson, perBatch, resubmissions, sendAll, verdict } from '../lesson.ts';
import { seededRandom } from '../random.ts';

async function run({ long, seed, profile }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const students = long ? 500 : 30;
  await using lesson = await openLesson({ profile, students, gradewire: { env: impatient, deliveries: 2 } });
  const { simulator, course, ledger } = lesson;
  const resource = { label: 'Project', scoreMaximum: 100, resourceId: 'project' };
  const lineItemUrl = simulator.addLineItem(course.id, resource);
  simulator.setLatency(20);
  addTrouble(lesson);
  const byUrl = { lineItemUrl };
  const byResource = { lineItemsUrl: course.lineItemsUrl, resourceId: 'project' };
  const scores = resubmissions(lesson, 4, random).map((score) => ({
    ...score,
    target: random.pick([byUrl, byResource]),
  }));
  // Two apps at once, each with its own name for the column, and each with some of each student's scores.
  const apps = [byUrl, byResource].map((name) => scores.filter(({ target }) => target === name));
  await Promise.all(
    apps.map(async (mine) => {
      for (let i = 0; i < mine.length; i += perBatch) {
        const settledAll = await sendAll(lesson, mine.slice(i, i + perBatch), { lineItemUrl });
        await settledAll();
      }
    }),
  );
  const columns = simulator.state().lineItems.filter(({ resourceId }) => resourceId === 'project').length;
  return {
    figure: `${scores.length} scores for one column by its URL and by its resource: ${ledger.wrongGrades(simulator).length} wrong grades`,
    broken: [...(await verdict(lesson)), ...(columns === 1 ? [] : [`${columns} columns`])],
  };
}

export const twoNames: Attack = {
  name: 'newest-wins-two-names',
  profile: 'generic',
  promise: 'A column addressed by URL and by resource is one column: one order per cell',
  how: 'two apps send to the same cells, one by URL, one by resource, with faults, to 2 workers',
  run,
};
