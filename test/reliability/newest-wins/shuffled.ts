import type { Attack, AttackContext, Finding } from '../attack.ts';
import {
  addTrouble,
  impatient,
  minute,
  openLesson,
  perBatch,
  resubmissions,
  sendAll,
  verdict,
} from '../lesson.ts';
import { seededRandom } from '../random.ts';
import { until } from '../watch.ts';

async function run({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const [students, kills] = long ? [1_000, 10] : [60, 2];
  await using lesson = await openLesson({ profile, students, gradewire: { env: impatient, deliveries: 4 } });
  const { simulator, gradewire } = lesson;
  simulator.setLatency(20);
  addTrouble(lesson);
  const scores = resubmissions(lesson, 5, random);
  const perKill = Math.ceil(scores.length / perBatch / kills);
  let killed = 0;
  let batches = 0;
  const killInMidPost = async () => {
    await until('no post is in flight', minute, () => simulator.state().counters.inFlight > 0, 5);
    const victim = random.pick(gradewire.deliveries);
    await victim.kill();
    killed += 1;
    await victim.restart();
  };
  const all = await sendAll(lesson, scores, {
    between: async () => {
      batches += 1;
      if (batches % perKill === 0) await killInMidPost();
    },
  });
  say(`${scores.length} scores accepted, ${killed} kills`);
  await all();
  const posts = simulator.requests({ endpoint: 'scores', limit: 100_000 }).length;
  const broken = await verdict(lesson);
  const wrong = lesson.ledger.wrongGrades(simulator).length;
  return {
    figure: `${scores.length} scores, ${students} students, 4 workers, ${killed} kills, ${posts} posts: ${wrong} wrong grades`,
    broken,
  };
}

export const shuffled: Attack = {
  name: 'newest-wins',
  profile: 'moodle',
  promise: 'The newest score wins, however arrivals, failures and crashes interleave',
  how: 'students resubmit five times, shuffled, to 4 workers; 5xx, lost and cut answers; kill -9 in mid-post',
  run,
};
