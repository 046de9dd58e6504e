import type { Attack, AttackContext, Finding } from '../attack.ts';
import {
  minute,
  openLesson,
  postsOf,
  requestTimeoutMs,
  scoreOf,
  sendAll,
  shownOf,
  verdict,
} from '../lesson.ts';
import { until } from '../watch.ts';

// What services/delivery adds to the time of a request for the time of a lease.
const leaseMarginMs = 10_000;
// A process can be stopped between its last look at the clock and the write that follows; no look can be one with the write.
const beingWritten = 1;

async function run({ long, say }: AttackContext): Promise<Finding> {
  const students = long ? 400 : 80;
  const held = 8;
  await using lesson = await openLesson({ profile: 'moodle', students, concurrency: 64 });
  const { simulator, gradewire, ledger } = lesson;
  const sleeper = gradewire.deliveries[0]!;
  // There before anything is to be done, and asleep until it is needed: a start takes as long as it takes.
  const other = await gradewire.addDelivery();
  other.signal('SIGSTOP');
  const at = Date.now() - 60 * minute;
  const version = (i: number, n: number) =>
    scoreOf(lesson, i, { scoreGiven: n, timestamp: new Date(at + n * 1_000).toISOString() });
  const everybody = Array.from({ length: students }, (_, i) => i);
  const sendVersion = async (who: number[], n: number) =>
    sendAll(
      lesson,
      who.map((i) => version(i, n)),
    );

  // The token is there by then, and each slow cell has a row: Moodle refuses the second of two first grades.
  await (await sendVersion(everybody.slice(0, held), 0))();
  // Checked when it comes and written much later: what Moodle does when its database is slow.
  const landsAfterMs = requestTimeoutMs + leaseMarginMs + 4_000;
  simulator.setLatency(landsAfterMs);
  const slow = everybody.slice(0, held);
  const waits = [await sendVersion(slow, 1)];
  await until('not all slow posts are under way', minute, () =>
    slow.every((i) => postsOf(lesson, i).length > 1),
  );
  simulator.setLatency(3);
  const others = everybody.slice(held);
  const posts = () => simulator.requests({ endpoint: 'scores', limit: 100_000 });
  const seenBefore = posts().length;
  const posting = sendVersion(others, 1);
  await until('no posts are under way', minute, () => posts().length > seenBefore + 5, 5);
  sleeper.signal('SIGSTOP');
  const stoppedAt = performance.now();
  waits.push(await posting);
  waits.push(await sendVersion(everybody, 2));
  other.signal('SIGCONT');
  const allNewest = () => everybody.every((i) => shownOf(lesson, i) === 2);
  await until('the other worker has not brought everything up to date', 2 * minute, allNewest);
  const correctAt = Math.round((performance.now() - stoppedAt) / 100) / 10;
  say(`all up to date ${correctAt} s after the worker was stopped`);
  const landed = () => slow.every((i) => postsOf(lesson, i)[1]?.status === 200);
  await until('the old posts have not landed', minute, landed);
  const { regressions } = simulator.state().counters;

  const lastSeq = posts().at(-1)?.seq ?? 0;
  sleeper.signal('SIGCONT');
  await until('it is not corrected', minute, allNewest).catch(() => undefined);
  for (const wait of waits) await wait();
  const after = simulator.requests({ endpoint: 'scores', since: lastSeq, limit: 100_000 });
  const stale = after.filter(({ seq, scoreGiven }) => seq > lastSeq && scoreGiven !== 2);
  return {
    figure: `a worker stopped among ${students} posts for longer than its leases: ${stale.length} sent on waking, ${regressions} old posts landed late, ${ledger.wrongGrades(simulator).length} wrong grades`,
    broken: [
      ...(stale.length > beingWritten
        ? stale.map(({ userId, scoreGiven }) => `${userId}: ${scoreGiven} was sent after the lease`)
        : []),
      ...(regressions === 0 ? ['no old post landed late, so that nothing was tried'] : []),
      ...(await verdict(lesson, slow.length)),
    ],
  };
}

export const stoppedWorker: Attack = {
  name: 'newest-wins-stopped-worker',
  promise:
    'A worker that wakes past its lease sends nothing (but the one request that it was writing when it stopped), and an old post that lands late is corrected',
  how: 'SIGSTOP among posts, some of which the platform checks at once and writes 15 s later; newer scores by another worker; SIGCONT',
  run,
};
