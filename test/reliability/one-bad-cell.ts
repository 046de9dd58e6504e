import { openClassroom, platformId } from '../support/classroom.ts';
import { type Attack, type AttackContext, type Finding, platformOf } from './attack.ts';
import { Classwork, timesOf } from './classwork.ts';
import { until } from './watch.ts';

const second = 1_000;

async function lockedGrade({ long }: AttackContext): Promise<Finding> {
  const [count, maxAgeMs] = long ? [2_000, 20 * second] : [60, 2 * second];
  await using room = await openClassroom({
    simulator: { profile: 'moodle', courses: [{ students: count + 2 }], requestLogSize: 50_000 },
    gradewire: {
      deliveries: 2,
      env: {
        GRADEWIRE_RETRY_BASE_MS: '50',
        GRADEWIRE_RETRY_MAX_MS: '200',
        GRADEWIRE_RETRY_MAX_AGE_MS: String(maxAgeMs),
      },
    },
    registration: { limits: { concurrency: 4 } },
  });
  const { simulator, gradewire } = room;
  const { lanes, scores } = gradewire.client;
  const takes = async (work: Classwork): Promise<number> => {
    const began = performance.now();
    await work.handIn(0, count);
    const stored = () => work.ledger.newest().every(({ userId }) => simulator.cell(work.lineItemUrl, userId));
    await until(() => 'the others are delivered', 120 * second, stored);
    return performance.now() - began;
  };
  await takes(new Classwork(room, 'Warm-up'));
  const alone = await takes(new Classwork(room, 'Alone'));

  const work = new Classwork(room, 'Beside bad cells');
  const item = simulator.state().lineItems.find(({ url }) => url === work.lineItemUrl)!;
  const [locked, broken500] = [count, count + 1];
  simulator.teacher.lockGrade(item.id, work.userId(locked));
  const action = { kind: 'status', status: 500, body: 'Exception' } as const;
  simulator.addFault({ match: { endpoint: 'scores', userId: work.userId(broken500) }, action });
  const bad = await Promise.all([locked, broken500].map((number) => scores.send(work.score(number))));
  let watching = true;
  let held = 0;
  const watched = (async () => {
    while (watching) if ((await lanes.get(platformId)).state === 'held') held += 1;
  })();
  const beside = await takes(work);
  const ends = await Promise.all(
    bad.map(({ id }) => scores.waitForSettlement(id, { timeoutMs: maxAgeMs + 60 * second, maxPollMs: 200 })),
  );
  watching = false;
  await watched;

  const tries = timesOf(simulator.requests({ endpoint: 'scores', userId: work.userId(locked) })).length;
  const problems = [
    ...(await work.ledger.unfinished(gradewire.client)),
    ...work.ledger.wrongGrades(simulator),
  ];
  if (held > 0) problems.push(`the lane was held by one cell (seen ${held} times)`);
  const [lockedEnd, brokenEnd] = ends;
  if (lockedEnd?.status !== 'dead' || lockedEnd.reason !== 'GRADE_LOCKED')
    problems.push(`the locked grade ended ${lockedEnd?.status} ${lockedEnd?.reason}: ${lockedEnd?.detail}`);
  if (
    brokenEnd?.status !== 'dead' ||
    brokenEnd.reason !== 'EXPIRED' ||
    !/PLATFORM_DOWN/.test(brokenEnd.detail ?? '')
  )
    problems.push(`the other ended ${brokenEnd?.status} ${brokenEnd?.reason}: ${brokenEnd?.detail}`);
  // Beside other tests the processors are theirs as well.
  const bearable = long ? alone * 1.5 + second : alone * 5 + 10 * second;
  if (beside > bearable) problems.push(`${Math.round(beside)} ms beside them, ${Math.round(alone)} ms alone`);
  const figure = `${count} others took ${Math.round(beside)} ms beside two bad cells (${tries} posts to the locked one), ${Math.round(alone)} ms without; holds: ${held}; ends: ${ends.map(({ reason }) => reason).join(', ')}`;
  return { figure, broken: problems };
}

async function severalCells({ long, profile }: AttackContext): Promise<Finding> {
  const healthy = long ? 1_000 : 40;
  await using room = await openClassroom({
    simulator: { ...platformOf({ profile }), courses: [{ students: healthy + 12 }] },
    gradewire: {
      deliveries: 2,
      env: {
        GRADEWIRE_RETRY_BASE_MS: '50',
        GRADEWIRE_RETRY_MAX_MS: '200',
        GRADEWIRE_HOLD_BASE_MS: '300',
        GRADEWIRE_HOLD_MAX_MS: '1000',
      },
    },
  });
  const { simulator, gradewire } = room;
  const work = new Classwork(room);
  const laneHeld = async () => (await gradewire.client.lanes.get(platformId)).state === 'held';
  const posts = () => simulator.requests({ endpoint: 'scores' }).length;
  const broken: string[] = [];
  // 500 as Moodle says it of a locked grade and as a broken server says it; four cells, and nothing else to succeed.
  const action = { kind: 'status', status: 500, body: 'Exception' } as const;
  simulator.addFault({ match: { endpoint: 'scores' }, action });
  await work.handIn(0, 4);
  let heldByFour = false;
  const tries = long ? 200 : 40;
  await until(
    () => `${tries} posts to four failing cells`,
    60 * second,
    async () => {
      heldByFour ||= await laneHeld();
      return heldByFour || posts() >= tries;
    },
    10,
  );
  if (heldByFour) broken.push('four failing cells held the lane');
  await work.handIn(4, 5);
  const began = performance.now();
  await until(() => 'the fifth cell holds the lane', 60 * second, laneHeld, 10).catch((error: Error) =>
    broken.push(error.message),
  );
  const heldAfter = Math.round(performance.now() - began);
  // Two of them fail for good: their probes must neither keep the lane shut for the others nor open it for nothing.
  simulator.clearFaults();
  for (const number of [0, 1])
    simulator.addFault({ match: { endpoint: 'scores', userId: work.userId(number) }, action });
  await work.handIn(5, 5 + healthy);
  const others = () =>
    work.ledger.newest().filter(({ userId }) => !simulator.cell(work.lineItemUrl, userId)).length <= 2;
  await until(() => 'the others are delivered', 120 * second, others);
  const opened = Math.round(performance.now() - began - heldAfter);
  simulator.clearFaults();
  await work.done(120 * second);
  broken.push(...(await work.wrongs()));
  const figure = `4 cells, ${tries} failed posts: open; the 5th: held after ${heldAfter} ms; ${healthy} others delivered ${opened} ms later past two cells that went on failing`;
  return { figure, broken };
}

/** One student's trouble is that student's alone. */
export const oneBadCellAttacks: readonly Attack[] = [
  {
    name: 'one-bad-cell',
    promise:
      'One score that the platform always fails on neither holds its lane nor slows the others, and ends with its cause named',
    how: 'Moodle with a locked grade and with a student whose post always gets 500, among many others',
    run: lockedGrade,
  },
  {
    name: 'several-bad-cells',
    profile: 'moodle',
    promise: 'Only failures of several cells with no success between them hold a lane',
    how: 'four cells that fail again and again, then a fifth; then two that go on failing among healthy ones',
    run: severalCells,
  },
];
