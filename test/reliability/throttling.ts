import { impatientRetries, openClassroom } from '../support/classroom.ts';
import { eachAtOnce, openSchools, type School, schoolScore } from '../support/schools.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { beyondRate, Classwork, timesOf } from './classwork.ts';
import { Ledger } from './ledger.ts';
import { wallAttacks } from './walls.ts';
import { until } from './watch.ts';

const second = 1_000;
/** What a delivery process' budget lets through early, and how late an arrival can be noted on a busy machine. */
const slackMs = (long: boolean) => (long ? 150 : second);

async function canvasBucket({ long, say }: AttackContext): Promise<Finding> {
  // Canvas' own numbers but for the cost: there it is the seconds a request took, here it is dear enough to matter.
  const leak = 10;
  const [highWater, cost, count] = long ? [600, 2, 800] : [250, 4, 65];
  await using room = await openClassroom({
    simulator: {
      profile: 'canvas',
      courses: [{ students: count }],
      throttle: { highWater, capacity: highWater + 200, leakPerSecond: leak, upFront: 50, cost },
      latencyMs: 10,
    },
    gradewire: { deliveries: 2, env: impatientRetries },
  });
  const work = new Classwork(room);
  await work.handIn(0, count);
  await work.done(180 * second);
  const posts = room.simulator.requests({ endpoint: 'scores' });
  const refused = posts.filter(({ status }) => status === 403).length;
  const times = timesOf(posts);
  const tookMs = times.at(-1)! - times[0]!;
  // The last request's reservation is never spent, so that a burst is shorter by it; over a minute it does not matter.
  const usable = long ? highWater : highWater - 50;
  const idealMs = ((posts.length * cost - usable) / leak) * second;
  const share = Math.round((idealMs / tookMs) * 100);
  say(`${posts.length} posts in ${tookMs} ms, ideally ${idealMs} ms`);
  const broken = await work.wrongs();
  if (refused > 0) broken.push(`the wall was hit ${refused} times although every answer said what is left`);
  if (long && share < 85) broken.push(`${share} % of what the bucket allows`);
  const figure = `${count} scores through a bucket of ${highWater} that refills ${leak} a second at ${cost} a post: ${refused} refusals, ${share} % of what it allows`;
  return { figure, broken };
}

interface Group {
  deliveries: number;
  schools: number;
  scores: number;
  limits: { concurrency: number; ratePerSecond?: number };
  latencyMs: number;
}

/** Scores for all schools of one group, the operator's checks between them, then every request counted. */
async function pressGroup(
  group: Group,
  { say, profile }: AttackContext,
): Promise<Finding & { times: number[] }> {
  const { limits, deliveries, latencyMs } = group;
  const courses = Array.from({ length: group.schools }, (_, i) => ({
    id: `c${i + 1}`,
    students: group.scores,
  }));
  await using all = await openSchools({ profile, courses, gradewire: { deliveries, env: impatientRetries } });
  const { gradewire, simulator } = all;
  const { client } = gradewire;
  simulator.setLatency(latencyMs);
  const schools: School[] = [];
  for (const course of simulator.courses) {
    const id = `school-${course.id}`;
    const { registration } = simulator;
    const issuer = `${registration.issuer}/${id}`;
    await client.platforms.put(id, { ...registration, issuer, limits, limitGroup: 'group' } as never);
    const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
    const students = course.students.map(({ userId }) => userId);
    schools.push({ platformId: id, courseId: course.id, lineItemUrl, students });
  }
  const ledger = new Ledger();
  await eachAtOnce(schools, 8, async (school) => {
    const scores = school.students.map((_, i) => schoolScore(school, i, i % 101));
    for (const { index, id } of (await client.batches.send(scores)).results) {
      ledger.note(scores[index]!, school.lineItemUrl, { id: id! });
    }
  });
  const total = group.schools * group.scores;
  const checks = eachAtOnce(schools.slice(0, 10), 2, async ({ platformId, courseId }) => {
    const { lineItemsUrl } = simulator.courses.find(({ id }) => id === courseId)!;
    await client.platforms.check(platformId, { lineItemsUrl });
  });
  const stored = () => simulator.state().counters.scoresStored;
  await until(
    () => 'all is delivered',
    240 * second,
    () => stored() >= total,
  );
  await checks;
  let unfinished = await ledger.unfinished(client);
  await until(
    () => 'all is settled',
    30 * second,
    async () => {
      if (unfinished.length > 0) unfinished = await ledger.unfinished(client);
      return unfinished.length === 0;
    },
  ).catch(() => undefined);
  const requests = simulator.requests();
  const times = timesOf(requests);
  const tokens = requests.filter(({ endpoint }) => endpoint === 'token').length;
  const { maxInFlight } = simulator.state().counters;
  const tookMs = times.at(-1)! - times[0]!;
  const perSecond = Math.round((times.length / tookMs) * second * 10) / 10;
  say(`${times.length} requests in ${tookMs} ms, ${tokens} for tokens, at most ${maxInFlight} at once`);
  const broken = [...unfinished, ...ledger.wrongGrades(simulator)];
  if (maxInFlight > limits.concurrency)
    broken.push(`${maxInFlight} requests at once, ${limits.concurrency} are allowed`);
  const figure = `${times.length} requests (${tokens} for tokens) to ${group.schools} platforms by ${deliveries} processes: ${perSecond} a second, at most ${maxInFlight} at once`;
  return { figure, broken, times };
}

async function sharedRate(context: AttackContext): Promise<Finding> {
  const ratePerSecond = 50;
  const { long } = context;
  const { times, broken, figure } = await pressGroup(
    {
      deliveries: long ? 4 : 2,
      schools: long ? 50 : 16,
      scores: long ? 60 : 12,
      limits: { concurrency: 16, ratePerSecond },
      latencyMs: 20,
    },
    context,
  );
  const beyond = beyondRate(times, ratePerSecond, slackMs(long));
  if (beyond > times.length * 0.02) broken.push(`${beyond} requests beyond ${ratePerSecond} a second`);
  const tookSeconds = (times.at(-1)! - times[0]!) / second;
  const used = Math.round((times.length / (ratePerSecond * tookSeconds)) * 100);
  if (long && used < 85) broken.push(`only ${used} % of the rate was used`);
  return { figure: `limit ${ratePerSecond} a second; ${figure}, ${beyond} beyond the limit`, broken };
}

async function sharedConcurrency(context: AttackContext): Promise<Finding> {
  const { long } = context;
  const concurrency = 5;
  const { broken, figure } = await pressGroup(
    {
      deliveries: long ? 4 : 2,
      schools: long ? 50 : 16,
      scores: long ? 60 : 8,
      limits: { concurrency },
      latencyMs: 60,
    },
    context,
  );
  return { figure: `limit ${concurrency} at once; ${figure}`, broken };
}

/** What platforms say when they have enough, and what we are told to keep to. */
export const throttlingAttacks: readonly Attack[] = [
  {
    name: 'canvas-bucket',
    promise: 'What Canvas says is left of its bucket is used before the wall is hit',
    how: 'more scores than its bucket allows, by 2 delivery processes; every refusal counts as a breach',
    run: canvasBucket,
  },
  ...wallAttacks,
  {
    name: 'shared-rate',
    profile: 'generic',
    promise: 'A rate holds for all processes, all platforms of a limit group and all requests together',
    how: 'platforms of one group pressed by several processes, token fetches and operators’ checks among it',
    run: sharedRate,
  },
  {
    name: 'shared-concurrency',
    profile: 'generic',
    promise:
      'A limit of requests at once holds for all processes and all platforms of a limit group together',
    how: 'platforms of one group pressed by several processes, token fetches and operators’ checks among it',
    run: sharedConcurrency,
  },
];
