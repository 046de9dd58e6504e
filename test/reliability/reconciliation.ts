import type { ProfileName } from '@gradewire/platform-simulator';
import type { Drift, DriftKind, Reconciliation, ReconciliationInput, ScoreInput } from '@gradewire/sdk';
import { openSchools, registerSchool, type School, type Schools, schoolScore } from '../support/schools.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { seededRandom } from './random.ts';
import { until } from './watch.ts';

const second = 1_000;
const hour = 3_600 * second;
const perBatch = 1_000;

interface Injected {
  userId: string;
  kind: DriftKind;
}

/** Sends scores, oldest first by `ageMs`, and waits until nothing is on its way. */
async function deliver(
  { gradewire }: Schools,
  { platformId }: School,
  scores: readonly ScoreInput[],
  ageMs: number,
): Promise<void> {
  const timestamp = new Date(Date.now() - ageMs).toISOString();
  for (let from = 0; from < scores.length; from += perBatch) {
    const page = scores.slice(from, from + perBatch).map((score) => ({ ...score, timestamp }));
    const { rejected } = await gradewire.client.batches.send(page);
    if (rejected > 0) throw new Error('a score was refused at the door');
  }
  await arrived({ gradewire }, platformId);
}

async function arrived({ gradewire }: Pick<Schools, 'gradewire'>, platformId: string, left = 0) {
  await until(
    () => 'all is delivered',
    240 * second,
    async () => (await gradewire.client.lanes.get(platformId)).undelivered === left,
  );
}

/** What was asked of the platform since then: reads of results and posts. */
function requestsSince({ simulator }: Schools, seq: number): { reads: number; posts: number } {
  const count = (endpoint: 'results' | 'scores') =>
    simulator.requests({ endpoint, since: seq, limit: 100_000 }).length;
  return { reads: count('results'), posts: count('scores') };
}

const lastSeq = ({ simulator }: Schools): number => simulator.requests().at(-1)?.seq ?? 0;

async function reconcile({ gradewire }: Schools, input: ReconciliationInput): Promise<Reconciliation> {
  const { reconciliations } = gradewire.client;
  const { id } = await reconciliations.start(input);
  let seen = await reconciliations.get(id);
  await until(
    () => `the reconciliation ends (${seen.status}, ${seen.checked} checked)`,
    120 * second,
    async () => {
      seen = await reconciliations.get(id);
      return seen.status !== 'running';
    },
  );
  return seen;
}

/** What differs between what was to be found and what was. */
function mistakesIn(found: readonly Drift[], injected: readonly Injected[]): string[] {
  const wanted = new Map(injected.map(({ userId, kind }) => [userId, kind]));
  const told = new Map(found.map(({ userId, kind }) => [userId, kind]));
  return [
    ...injected.flatMap(({ userId, kind }) =>
      told.get(userId) === kind ? [] : [`${userId} is ${told.get(userId) ?? 'unnoticed'} instead of ${kind}`],
    ),
    ...found.flatMap(({ userId, kind }) => (wanted.has(userId) ? [] : [`${userId} is said to be ${kind}`])),
  ];
}

/** The kinds of drift that this vendor's results can tell, in turns. Where results echo posts, a teacher is not seen. */
function kindsOn(profile: ProfileName): DriftKind[] {
  return profile === 'openedx'
    ? ['missing', 'different', 'droppedInSilence']
    : ['missing', 'different', 'changedByTeacher'];
}

async function driftedClass({ long, seed, say, profile }: AttackContext): Promise<Finding> {
  // Fewer in doubt than what makes a lane look down, or probes would settle them.
  const [count, drifts, doubts] = long ? [2_000, 20, 4] : [150, 20, 2];
  const random = seededRandom(seed);
  await using schools = await openSchools({
    profile,
    courses: [{ id: 'drifted', students: count }],
    // What nobody answered stays in doubt until somebody looks.
    gradewire: { env: { GRADEWIRE_RETRY_BASE_MS: '3600000', GRADEWIRE_RETRY_MAX_MS: '3600000' } },
  });
  const { simulator, gradewire } = schools;
  const school = await registerSchool(schools, 'drifted', { concurrency: 16 });
  const { platformId, lineItemUrl } = school;
  const shuffled = random.shuffle(school.students.map((userId, number) => ({ userId, number })));
  const inDoubt = shuffled.slice(0, doubts);
  const chosen = shuffled.slice(doubts, doubts + drifts);
  const kinds = kindsOn(profile);
  const injected = chosen.map(({ userId }, i): Injected => ({ userId, kind: kinds[i % kinds.length]! }));
  const kindOf = new Map(injected.map(({ userId, kind }) => [userId, kind]));
  const grade = new Map<string, number>();
  const broken: string[] = [];
  const expect = (what: string, is: unknown, wanted: unknown) => {
    if (is !== wanted) broken.push(`${what}: ${is} instead of ${wanted}`);
  };

  const answered = shuffled.slice(doubts);
  const older = chosen.map(({ number }, i) => schoolScore(school, number, 10 + (i % 20)));
  await deliver(schools, school, older, hour);
  const scores = answered.map(({ userId, number }) => {
    const points = kindOf.get(userId) === 'droppedInSilence' ? 0 : 40 + (number % 50);
    grade.set(userId, points);
    return schoolScore(school, number, points);
  });
  await deliver(schools, school, scores, 60 * second);
  for (const { userId, number } of inDoubt) {
    simulator.addFault({
      match: { endpoint: 'scores', userId },
      count: 1,
      action: { kind: 'drop', apply: true },
    });
    grade.set(userId, 40 + (number % 50));
    const { id } = await gradewire.client.scores.send(schoolScore(school, number, grade.get(userId)!));
    await until(
      () => `nobody answered for ${id}`,
      60 * second,
      async () => (await gradewire.client.scores.get(id)).attempts?.length === 1,
    );
  }
  say(`${count} delivered, ${doubts} in doubt`);

  const itemId = simulator.state().lineItems.find(({ url }) => url === lineItemUrl)!.id;
  for (const [i, { userId, kind }] of injected.entries()) {
    if (kind === 'missing') simulator.restoreCell(lineItemUrl, userId, null);
    if (kind === 'different') simulator.restoreCell(lineItemUrl, userId, 10 + (i % 20));
    if (kind === 'changedByTeacher') {
      simulator.teacher.editGrade(itemId, userId, 99);
      grade.set(userId, 99);
    }
  }
  const pagesFrom = lastSeq(schools);
  await gradewire.client.results.list({ platformId, lineItemUrl });
  const pages = requestsSince(schools, pagesFrom).reads;

  // Looking costs the pages, changes nothing, and settles what was in doubt.
  let seq = lastSeq(schools);
  const looked = await reconcile(schools, { platformId, lineItemUrl });
  broken.push(...mistakesIn(looked.drifted, injected));
  expect('its status', looked.status, 'done');
  expect('settled', looked.settled, doubts);
  expect('checked', looked.checked, count - doubts);
  const look = requestsSince(schools, seq);
  expect('posts by looking', look.posts, 0);
  if (look.reads > pages) broken.push(`${look.reads} reads for ${pages} pages`);
  await arrived(schools, platformId);
  say(`found ${looked.driftedCount} by ${look.reads} reads`);

  // Repair, of the whole platform this time.
  const repairable = injected.filter(({ kind }) => kind === 'missing' || kind === 'different').length;
  seq = lastSeq(schools);
  const repaired = await reconcile(schools, { platformId, repair: true });
  await arrived(schools, platformId);
  const repair = requestsSince(schools, seq);
  expect('repaired', repaired.repaired, repairable);
  expect('posts by repairing', repair.posts, repairable);
  if (repair.reads > pages) broken.push(`${repair.reads} reads to repair for ${pages} pages`);
  // Where a platform keeps some grades to itself, what it was given counts (Open edX: zeros).
  const kept = simulator.profile.scores.dropped ? 'rawScore' : 'score';
  for (const [userId, points] of grade) {
    const shown = simulator.cell(lineItemUrl, userId)?.[kept];
    if (shown !== points) broken.push(`${userId} shows ${shown} instead of ${points}`);
  }

  // A repeated run finds what nobody may repair, and nothing else.
  const left = injected.filter(({ kind }) => kind !== 'missing' && kind !== 'different');
  const again = await reconcile(schools, { platformId, repair: true });
  broken.push(...mistakesIn(again.drifted, left));
  expect('repaired again', again.repaired, 0);
  expect('checked in the end', again.checked, count);
  const { data } = await gradewire.client.scores.list({
    platformId,
    userId: inDoubt[0]!.userId,
    limit: 1,
  });
  expect('the score that was in doubt', data[0]?.status, 'delivered');
  if (data[0]?.verifiedAt == null) broken.push('a score that the gradebook shows has no verifiedAt');
  return {
    figure:
      `${count.toLocaleString('en')} students, ${drifts} drifts: ${looked.driftedCount} found by ${look.reads} reads, ` +
      `${repaired.repaired} repaired by ${repair.reads} reads and ${repair.posts} posts, ${left.length} left alone, ${looked.settled} in doubt settled; ` +
      `a repeated run finds ${again.driftedCount - left.length} more`,
    broken,
  };
}

/** Ingest is killed while it reads the results, and again while another process goes on. */
async function killedInTheMiddle({ long, seed, say }: AttackContext): Promise<Finding> {
  // Each costs the time of a lease.
  const [count, lost, kills] = long ? [2_000, 200, 2] : [60, 12, 1];
  const random = seededRandom(seed);
  await using schools = await openSchools({ courses: [{ id: 'killed', students: count }] });
  const { simulator, gradewire } = schools;
  const school = await registerSchool(schools, 'killed', { concurrency: 16 });
  const { platformId, lineItemUrl } = school;
  const ingest = gradewire.ingests[0]!;
  const scores = school.students.map((_, number) => schoolScore(school, number, 40 + (number % 50)));
  await deliver(schools, school, scores, 60 * second);
  const chosen = random.shuffle([...school.students]).slice(0, lost);
  for (const userId of chosen) simulator.restoreCell(lineItemUrl, userId, null);

  const seq = lastSeq(schools);
  simulator.addFault({ match: { endpoint: 'results' }, count: kills, action: { kind: 'delay', ms: 2_000 } });
  const { id } = await gradewire.client.reconciliations.start({ platformId, lineItemUrl, repair: true });
  for (let kill = 1; kill <= kills; kill += 1) {
    await until(
      () => `the results are read for the ${kill}. time`,
      60 * second,
      async () => requestsSince(schools, seq).reads >= kill,
    );
    await ingest.kill();
    await ingest.start();
    say(`killed ${kill} times`);
  }
  await until(
    () => 'another process ends it',
    120 * second,
    async () => (await gradewire.client.reconciliations.get(id)).status !== 'running',
  );
  await arrived(schools, platformId);
  const { status, checked, driftedByKind, repaired } = await gradewire.client.reconciliations.get(id);
  const { posts } = requestsSince(schools, seq);
  const found = { status, checked, missing: driftedByKind.missing, repaired, posts };
  const wanted = { status: 'done', checked: count, missing: lost, repaired: lost, posts: lost };
  const broken =
    JSON.stringify(found) === JSON.stringify(wanted)
      ? []
      : [`${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`];
  for (const { userId, scoreGiven } of scores) {
    const shown = simulator.cell(lineItemUrl, userId!)?.score;
    if (shown !== scoreGiven) broken.push(`${userId} shows ${shown} instead of ${scoreGiven}`);
  }
  return {
    figure: `${count.toLocaleString('en')} students, ${lost} grades lost, ${kills} × kill -9: ${repaired} sent again by ${posts} posts`,
    broken,
  };
}

export const reconciliationAttacks: readonly Attack[] = [
  {
    name: 'drifted-class',
    profile: 'generic',
    promise:
      'A reconciliation finds every grade that the gradebook does not show as delivered, by no more requests than pages and repairs',
    how: 'a class of 2,000; grades lost, put back to older ones and changed by a teacher, 20 in all; posts that landed without an answer',
    run: driftedClass,
  },
  {
    name: 'reconciliation-killed',
    promise: 'A reconciliation whose process is killed is ended by another, and sends nothing twice',
    how: 'grades lost from a class of 2,000; ingest is killed with kill -9 twice while it reads them',
    run: killedInTheMiddle,
  },
];
