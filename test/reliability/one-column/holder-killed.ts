import { type Attack, type AttackContext, type Finding, platformOf } from '../attack.ts';
import { until } from '../watch.ts';
import { openWorkshop, promise, requestTimeoutMs } from './workshop.ts';

/** What the resolver adds to the request's time-out, for a platform that goes on after it. */
const marginMs = 10_000;
const lockLifeMs = requestTimeoutMs + marginMs;

/** The process that looks for a column is killed: while it lists, before its creation is carried out, and after. */
async function run({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  // Beside other tests the processors are theirs as well.
  const [students, rounds, soonMs] = long ? [200, 6, 5_000] : [8, 1, 50_000];
  const moments = ['listing', 'before', 'after'] as const;
  const broken: string[] = [];
  let slowestMs = 0;
  await using workshop = await openWorkshop({
    simulator: { ...platformOf({ profile }), courses: moments.map((id) => ({ id, students })) },
    deliveries: 2,
  });
  const { simulator, gradewire } = workshop.room;
  for (let round = 1; round <= rounds; round += 1) {
    const [holder, other] = [gradewire.deliveries[0]!, gradewire.deliveries[1]!];
    const inFlight = { endpoint: 'lineItems' } as const;
    simulator.clearFaults();
    // Long enough to be killed in; the request's own time-out is shorter, and it must not be over by then.
    simulator.addFault({
      match: { ...inFlight, method: 'GET', courseId: 'listing' },
      count: 1,
      action: { kind: 'hang' },
    });
    simulator.addFault({
      match: { ...inFlight, method: 'POST', courseId: 'before' },
      count: 1,
      action: { kind: 'delay', ms: 2_000 },
    });
    simulator.addFault({
      match: { ...inFlight, method: 'POST', courseId: 'after' },
      count: 1,
      action: { kind: 'delay', ms: 2_000, apply: true },
    });
    const faults = simulator.faults().map(({ id }) => id);
    const caught = () => simulator.faults().every(({ id, fired }) => !faults.includes(id) || fired > 0);
    // Asleep, so that it is certain who has the lock.
    other.signal('SIGSTOP');
    for (const course of simulator.courses)
      await workshop.handIn([`round-${round}-${course.id}`], { seed, course });
    await until('the holder is not at work', 60_000, caught, 5);
    await holder.kill();
    const killedAt = performance.now();
    other.signal('SIGCONT');
    const resources = moments.map((moment) => `round-${round}-${moment}`);
    const isGraded = (resourceId: string) =>
      workshop.columns(resourceId).some(({ users }) => Object.keys(users).length > 0);
    await until('not every column has a grade', lockLifeMs + 90_000, () => resources.every(isGraded));
    const tookMs = Math.round(performance.now() - killedAt);
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > lockLifeMs + soonMs) broken.push(`round ${round}: ${tookMs} ms after the kill`);
    await workshop.settled(60_000);
    broken.push(...(await workshop.wrongs()));
    await holder.restart();
    say(`round ${round}: ${tookMs} ms`);
  }
  return {
    figure: `${3 * rounds} holders killed (lock life ${lockLifeMs / 1_000} s): one column each, first grade in it at most ${(slowestMs / 1_000).toFixed(1)} s after the kill`,
    broken,
  };
}

export const holderKilled: Attack = {
  name: 'one-column-holder-killed',
  profile: 'generic',
  promise: `${promise}, within the lock's life + 5 s, when the process that makes it is killed`,
  how: 'SIGKILL while it lists, before its creation is carried out, and after',
  run,
};
