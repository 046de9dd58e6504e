import { platformId } from '../../support/classroom.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { Classwork } from '../classwork.ts';
import { until } from '../watch.ts';
import { minute, openCourse, settled, tokenRequests } from './course.ts';

/** Scores that are posted, columns that are looked up and made, results that are read: with one token, then with one more. */
async function run({ long }: AttackContext): Promise<Finding> {
  const [students, deliveries] = long ? [5_000, 8] : [120, 3];
  // Canvas: where an unanswered post is looked for in the results.
  await using room = await openCourse({
    simulator: { profile: 'canvas', courses: [{ students }] },
    deliveries,
  });
  const { simulator, gradewire, course } = room;
  const work = new Classwork(room);
  const broken: string[] = [];
  const half = students / 2;

  simulator.addFault({ match: { endpoint: 'scores' }, count: 3, action: { kind: 'drop', apply: true } });
  await work.handIn(0, half);
  const target = {
    lineItemsUrl: course.lineItemsUrl,
    resourceId: 'project',
    create: { label: 'P', scoreMaximum: 10 },
  };
  const project = { platformId, target, scoreGiven: 5, scoreMaximum: 10 };
  const projects = course.students.slice(0, 20).map(({ userId }) => ({ ...project, userId }));
  const { batchId } = await gradewire.client.batches.send(projects);
  await gradewire.client.batches.waitForSettlement(batchId, settled);
  await work.done(120_000);
  const first = tokenRequests(simulator).length;
  if (first !== 1) broken.push(`${first} fetches for one lifetime`);
  if (simulator.requests({ endpoint: 'results' }).length === 0) broken.push('no results were read');

  const stored = () => simulator.state().counters.scoresStored;
  const before = stored();
  const arriving = work.handIn(half, students);
  await until('no score of the second half came', minute, () => stored() > before + students / 10, 2);
  simulator.revokeTokens();
  await arriving;
  await work.done(120_000);
  const second = tokenRequests(simulator).length - first;
  if (second !== 1) broken.push(`${second} fetches after the token was revoked`);
  broken.push(...(await work.wrongs()));
  return {
    figure: `${deliveries} processes, ${students} scores, posts, columns and results: ${first} fetch; revoked in mid-run: ${second} more`,
    broken,
  };
}

export const onePerLifetime: Attack = {
  name: 'tokens-one-per-lifetime',
  promise:
    'One token fetch per platform and lifetime, for posts, columns and results of all processes; one more when it is revoked',
  how: '8 processes, 5,000 scores; answers lost so that results are read; all tokens revoked in mid-run',
  run,
};
