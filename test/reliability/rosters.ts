import type { ScoreInput, ScoreInputByUser } from '@gradewire/sdk';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';
import { keysOf, openStore } from '../support/store.ts';
import { type Attack, type AttackContext, type Finding, platformOf } from './attack.ts';
import { Ledger } from './ledger.ts';
import { seededRandom } from './random.ts';
import { until } from './watch.ts';

const second = 1_000;
const hour = 3_600 * second;
const perBatch = 100;
const settled = { timeoutMs: 100 * second, minPollMs: 20, maxPollMs: 200 };
const resourceLinks = [{ title: 'Quiz', lineItem: { scoreMaximum: 100 } }];

/** The launch of the room's one link, and its column. */
async function launch({ simulator, gradewire, course }: Classroom) {
  const [link] = course.resourceLinks;
  const { idToken } = await simulator.launch({
    userId: course.students[0]!.userId,
    resourceLinkId: link!.id,
  });
  const { launchId } = await gradewire.client.launches.create({ platformId, idToken });
  return { launchId, lineItemUrl: link!.lineItemUrl! };
}

/** Readings that began, each at its first page, and were answered. */
function readings({ simulator }: Classroom): number {
  const read = simulator
    .requests({ endpoint: 'memberships', limit: 100_000 })
    .filter(({ status, fault }) => status === 200 && !fault);
  const [first] = read.map(({ path }) => path).toSorted((a, b) => a.length - b.length);
  return read.filter(({ path }) => path === first).length;
}

async function twoNames({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  const random = seededRandom(seed);
  const [students, each, kills, deliveries] = long ? [1_000, 6, 10, 4] : [30, 6, 1, 2];
  await using room = await openClassroom({
    simulator: {
      ...platformOf({ profile }),
      courses: [{ students, resourceLinks }],
      requestLogSize: 100_000,
    },
    gradewire: { deliveries, env: { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' } },
    registration: { limits: { concurrency: 16 } },
  });
  const { simulator, gradewire, course } = room;
  const { batches, lanes } = gradewire.client;
  const { launchId, lineItemUrl } = await launch(room);
  const ledger = new Ledger();
  // Accepted while the platform is down: nothing but the roster tells whose most of them are.
  const outage = simulator.addFault({ action: { kind: 'status', status: 503 } });
  const base = Date.now() - hour;
  const sayings = Array.from({ length: students * each }, (_, n) => {
    const [i, turn] = [Math.floor(n / each), n % each];
    const { userId, email } = course.students[i]!;
    const content = {
      platformId,
      scoreGiven: turn * 16 + (i % 16),
      scoreMaximum: 100,
      timestamp: new Date(base + turn * 1_500 + random.between(0, 1_000)).toISOString(),
    };
    const byId: ScoreInput = { ...content, userId, target: { lineItemUrl } };
    const sent = random.pick<ScoreInput | ScoreInputByUser>([
      byId,
      { ...byId, target: { launchId } },
      { ...content, user: { email }, target: { launchId } },
      { ...content, user: { email: ` ${email.toUpperCase()}` }, target: { launchId } },
    ]);
    return { byId, sent };
  });
  const shuffled = random.shuffle(sayings);
  const sent: string[] = [];
  for (let from = 0; from < shuffled.length; from += perBatch) {
    const part = shuffled.slice(from, from + perBatch);
    const { batchId, results } = await batches.send(part.map((each) => each.sent));
    for (const { index, id } of results) {
      if (id === undefined) throw new Error('a good score was refused');
      ledger.note(part[index]!.byId, lineItemUrl, { id });
    }
    sent.push(batchId);
    if (from === 0) simulator.removeFault(outage);
    if (from === 0) addTrouble(room);
  }
  say(`${shuffled.length} scores accepted`);
  for (let killed = 0; killed < kills; killed += 1) {
    const victim = random.pick(gradewire.deliveries);
    await victim.kill();
    await victim.restart();
  }
  for (const batchId of sent) await batches.waitForSettlement(batchId, settled);
  await until(
    () => 'nothing is undelivered',
    60 * second,
    async () => {
      return (await lanes.get(platformId)).undelivered === 0;
    },
  );

  await using store = openStore(room.redis.url);
  const cells = await keysOf(store.redis, `gw:{${platformId}}:cell:`);
  const names = await keysOf(store.redis, `gw:{${platformId}}:score:`);
  const sealed = await Promise.all(names.map((key) => store.redis.hexists(key, 'who')));
  const { overlappingPostsPerCell: overlaps } = simulator.state().counters;
  const wrong = ledger.wrongGrades(simulator);
  const read = readings(room);
  const broken = [...wrong, ...(await ledger.unfinished(gradewire.client))];
  if (overlaps > 0) broken.push(`${overlaps} overlapping posts in a cell`);
  if (cells.length !== students) broken.push(`${cells.length} cells for ${students} students`);
  if (sealed.includes(1)) broken.push('a settled score still holds whom it was sent for');
  // One more for each process that dies while it reads.
  if (read > 1 + kills) broken.push(`the roster was read ${read} times`);
  return {
    figure: `${shuffled.length} scores for ${students} students by id and by e-mail address, ${deliveries} workers, ${kills} kills: ${wrong.length} wrong grades, ${cells.length} cells, roster read ${read === 1 ? 'once' : `${read} times`}`,
    broken,
  };
}

function addTrouble({ simulator }: Classroom): void {
  const actions = [
    { kind: 'status', status: 503 },
    { kind: 'drop' },
    { kind: 'drop', apply: true },
    { kind: 'truncate', apply: true },
  ] as const;
  for (const action of actions) {
    simulator.addFault({ match: { endpoint: 'scores' }, probability: 0.04, action });
  }
  const mayFail = [{ kind: 'status', status: 503 }, { kind: 'drop' }, { kind: 'truncate' }] as const;
  for (const action of mayFail) simulator.addFault({ match: { endpoint: 'memberships' }, count: 2, action });
}

async function refusedClass({ long }: AttackContext): Promise<Finding> {
  const [count, deliveries] = long ? [1_000, 4] : [60, 2];
  await using room = await openClassroom({
    simulator: { profile: 'moodle', courses: [{ students: 10, resourceLinks }], requestLogSize: 100_000 },
    gradewire: { deliveries, env: impatientRetries },
    registration: { limits: { concurrency: 16 } },
  });
  const { simulator, gradewire } = room;
  const { batches, lanes, deadLetters } = gradewire.client;
  const { launchId } = await launch(room);
  const content = { platformId, scoreGiven: 1, scoreMaximum: 100, target: { launchId } };
  const scores = Array.from({ length: count }, (_, i) => [
    { ...content, userId: String(900_000 + i) },
    { ...content, user: { email: `stranger-${i}@school.example` } },
  ]).flat();
  // Nothing goes before all are there, so that one reading can serve them all.
  await lanes.pause(platformId);
  const sent: string[] = [];
  for (let from = 0; from < scores.length; from += 1_000) {
    sent.push((await batches.send(scores.slice(from, from + 1_000))).batchId);
  }
  await lanes.resume(platformId);
  for (const batchId of sent) await batches.waitForSettlement(batchId, settled);

  const read = readings(room);
  const posts = simulator.requests({ endpoint: 'scores', limit: 100_000 }).length;
  const reasons = new Map<string, number>();
  const told = new Set<string>();
  for await (const { reason, detail, user } of deadLetters.all({ platformId })) {
    reasons.set(reason ?? '', (reasons.get(reason ?? '') ?? 0) + 1);
    if (user && /stranger/.test(detail ?? '')) told.add(detail!);
  }
  const broken = [...told];
  if (reasons.get('USER_NOT_FOUND') !== 2 * count) {
    broken.push(`dead for ${[...reasons].join('; ')} instead of ${2 * count} USER_NOT_FOUND`);
  }
  if (read !== 1) broken.push(`the roster was read ${read} times`);
  if (posts !== count) broken.push(`${posts} posts for ${count} scores that named an id`);
  return {
    figure: `${count} wrong ids and ${count} unknown e-mail addresses, ${deliveries} workers: roster read ${read === 1 ? 'once' : `${read} times`}, ${posts} posts, all dead as USER_NOT_FOUND`,
    broken,
  };
}

export const rostersAttacks: readonly Attack[] = [
  {
    name: 'roster-two-names',
    promise:
      'A student by e-mail address and by id is one cell: the newest grade wins, whichever name it came by',
    how: 'six scores for each student by id and by two spellings of the e-mail address, shuffled, accepted while the platform is down; then 5xx, lost and cut answers to posts and to the roster; kill -9 of workers',
    profile: 'generic',
    run: twoNames,
  },
  {
    name: 'roster-refused-class',
    promise: 'A class of scores for people who are not in the course costs one reading of its roster',
    how: 'wrong ids and unknown e-mail addresses by the hundred, to several workers at once',
    run: refusedClass,
  },
];
