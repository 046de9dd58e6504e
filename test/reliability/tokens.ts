import { setTimeout as delay } from 'node:timers/promises';
import type { Simulator, SimulatorOptions } from '@gradewire/platform-simulator';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';
import type { Attack, AttackContext, Finding } from './attack.ts';
import { Classwork } from './classwork.ts';
import { until } from './watch.ts';

const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope';
const scope = {
  lineItem: `${ags}/lineitem`,
  lineItemReadonly: `${ags}/lineitem.readonly`,
  resultReadonly: `${ags}/result.readonly`,
  score: `${ags}/score`,
};
const minute = 60_000;
/** As the cache has it: so many fetches a minute for one platform. */
const fetchesPerMinute = 5;
/** As the lane has it: so many cells in a row, dead for one systemic reason, hold it. */
const deadStreak = 20;
const settled = { timeoutMs: 120_000, minPollMs: 20, maxPollMs: 200 };

async function openCourse(options: {
  simulator: SimulatorOptions;
  deliveries: number;
  concurrency?: number;
  env?: Record<string, string>;
}): Promise<Classroom> {
  const { simulator, deliveries, concurrency = 32, env } = options;
  return openClassroom({
    simulator: { throttle: false, history: 2, requestLogSize: 50_000, ...simulator },
    gradewire: { deliveries, env: { ...impatientRetries, ...env } },
    registration: { limits: { concurrency } },
  });
}

const tokenRequests = (simulator: Simulator) => simulator.requests({ endpoint: 'token' });
const fetchTimes = (simulator: Simulator) => tokenRequests(simulator).map(({ at }) => Date.parse(at));

/** The most fetches that fell into one minute. */
function busiestMinute(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + minute).length));
}

/** Scores that are posted, columns that are looked up and made, results that are read: with one token, then with one more. */
async function onePerLifetime({ long }: AttackContext): Promise<Finding> {
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
  await until(
    () => 'no score of the second half came',
    30_000,
    () => stored() > before + students / 10,
    2,
  );
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

/** Tokens that live shortly, and tokens that the platform takes for expired when they arrive. */
async function expiring({ long }: AttackContext): Promise<Finding> {
  const [lifeSeconds, forMs, deliveries] = long ? [30, 75_000, 8] : [5, 7_000, 2];
  const earlyMs = (lifeSeconds / 5) * 1_000;
  await using room = await openCourse({
    simulator: { profile: 'generic', courses: [{ students: 5_000 }], tokenLifetimeSeconds: lifeSeconds },
    deliveries,
  });
  const { simulator } = room;
  const work = new Classwork(room);
  const broken: string[] = [];
  const begun = performance.now();
  let next = 0;
  while (performance.now() - begun < forMs) {
    await work.handIn(next, next + 10);
    next += 10;
    await delay(150);
  }
  await work.done(30_000);
  const tookMs = performance.now() - begun;
  const most = 1 + Math.floor(tookMs / (lifeSeconds * 1_000 - earlyMs));
  const renewed = tokenRequests(simulator).length;
  if (renewed > most)
    broken.push(`${renewed} fetches in ${Math.round(tookMs)} ms of ${lifeSeconds} s tokens`);
  if (renewed < 2) broken.push('no token was renewed');
  const refused = simulator.state().counters.answers['scores 401'] ?? 0;
  if (refused > 0) broken.push(`${refused} posts were sent with an expired token`);

  // From the post's point of view it expired on the way.
  const skew = { kind: 'clockSkew', ms: 2 * minute } as const;
  const id = simulator.addFault({ match: { endpoint: 'scores' }, count: 1, action: skew });
  await work.handIn(next, next + 30);
  await work.done(30_000);
  const onTheWay = simulator.state().counters.answers['scores 401'] ?? 0;
  if (onTheWay === 0) broken.push(`fault ${id} did not fire`);
  const extra = tokenRequests(simulator).length - renewed;
  const due = 1 + Math.floor((performance.now() - begun) / (lifeSeconds * 1_000 - earlyMs)) - renewed;
  if (extra > Math.max(0, due) + 1) broken.push(`${extra} fetches for one post that met an expired token`);
  broken.push(...(await work.wrongs()));
  return {
    figure: `${lifeSeconds} s tokens for ${Math.round(tookMs / 1_000)} s, ${deliveries} processes: ${renewed} fetches, no post with an expired token; expired in flight: ${onTheWay} refused, ${extra} fetch, delivered`,
    broken,
  };
}

/** Scopes that a platform leaves out, or refuses the whole request for. */
async function scopes({ long }: AttackContext): Promise<Finding> {
  const [students, deliveries] = long ? [1_000, 8] : [60, 3];
  const broken: string[] = [];
  const counts: string[] = [];
  for (const profile of ['moodle', 'canvas'] as const) {
    await using room = await openCourse({ simulator: { profile, courses: [{ students }] }, deliveries });
    const { simulator, gradewire, course } = room;
    // Moodle grants the rest; Canvas refuses the request, and then also what columns need.
    simulator.setTool({
      scopes: profile === 'moodle' ? [scope.lineItemReadonly, scope.score] : [scope.score],
    });
    const work = new Classwork(room);
    await work.handIn(0, students);
    await work.done(60_000);
    broken.push(...(await work.wrongs()).map((wrong) => `${profile}: ${wrong}`));
    const asked = tokenRequests(simulator).length;
    const expected = profile === 'moodle' ? 1 : 2;
    if (asked !== expected) broken.push(`${profile}: ${asked} token requests instead of ${expected}`);

    const target = {
      lineItemsUrl: course.lineItemsUrl,
      resourceId: 'new',
      create: { label: 'N', scoreMaximum: 10 },
    };
    const userIds = course.students.slice(0, 10).map(({ userId }) => userId);
    const { batchId } = await gradewire.client.batches.send(
      userIds.map((userId) => ({ platformId, userId, target, scoreGiven: 5, scoreMaximum: 10 })),
    );
    const { counts: ended } = await gradewire.client.batches.waitForSettlement(batchId, settled);
    if (ended.dead !== userIds.length) broken.push(`${profile}: creating ended ${JSON.stringify(ended)}`);
    const rows = await gradewire.client.deadLetters.summary();
    const reason = profile === 'moodle' ? 'CANNOT_CREATE_LINE_ITEM' : 'SCOPE_NOT_GRANTED';
    if (rows.length !== 1 || rows[0]?.reason !== reason)
      broken.push(`${profile}: dead for ${JSON.stringify(rows)}`);
    const more = tokenRequests(simulator).length - asked;
    // Canvas is asked once for what creating needs beside scores.
    if (more > expected - 1) broken.push(`${profile}: ${more} token requests for creating`);
    counts.push(`${profile} ${asked} + ${more} token requests`);
  }
  return {
    figure: `${students} scores delivered each, ${deliveries} processes: ${counts.join('; ')} for columns that may not be made`,
    broken,
  };
}

interface Held {
  reason: string;
  undelivered: number;
  dead: number;
}

async function laneOf({ gradewire }: Classroom, id: string): Promise<Held | undefined> {
  const { state, reason, undelivered, dead } = await gradewire.client.lanes.get(id);
  return state === 'held' ? { reason: reason ?? '', undelivered, dead } : undefined;
}

/** Lines that alert somebody to a held lane. */
function alerts({ gradewire }: Classroom, id: string): string[] {
  const lines = gradewire.deliveries.flatMap(({ log }) => log.split('\n'));
  return lines.filter((line) => line.includes('"lane-held"') && line.includes(`"${id}"`));
}

/** Two platforms whose token endpoint refuses us: one is put right, the other is not. */
async function refused({ long }: AttackContext): Promise<Finding> {
  const [deliveries, count, graceMs, heldMs] = long ? [8, 1_000, 20_000, 12_000] : [3, 20, 3_000, 1_000];
  const env = {
    GRADEWIRE_HOLD_BASE_MS: '1000',
    GRADEWIRE_HOLD_MAX_MS: '4000',
    GRADEWIRE_CREDENTIALS_GRACE_MS: String(graceMs),
  };
  await using room = await openCourse({
    simulator: { profile: 'generic', courses: [{ students: count }], tool: { clientId: 'before' } },
    deliveries,
    env,
  });
  const { simulator, gradewire, course } = room;
  const { client } = gradewire;
  const broken: string[] = [];
  const lineItemUrl = simulator.addLineItem(course.id, { label: 'Quiz', scoreMaximum: 100 });
  const ids = { mended: 'mended', forgotten: 'forgotten' };
  const register = (id: string) =>
    client.platforms.put(id, {
      ...simulator.registration,
      issuer: `${simulator.registration.issuer}/${id}`,
      clientId: id,
      limits: { concurrency: 32 },
    } as never);
  const send = async (id: string) => {
    await register(id);
    const scores = course.students.map(({ userId }) => ({
      platformId: id,
      userId,
      target: { lineItemUrl },
      scoreGiven: 7,
      scoreMaximum: 100,
    }));
    return (await client.batches.send(scores)).batchId;
  };
  const sentAt = performance.now();
  const [mended, forgotten] = [await send(ids.mended), await send(ids.forgotten)];
  for (const id of Object.values(ids)) {
    await until(
      () => `${id} is not held`,
      15_000,
      async () => (await laneOf(room, id)) !== undefined,
    );
  }
  await delay(heldMs);
  const held = await laneOf(room, ids.mended);
  if (held?.reason !== 'CREDENTIALS_REJECTED') broken.push(`held for ${held?.reason}`);
  if (held?.dead !== 0) broken.push(`${held?.dead} scores died within the grace`);
  const metrics = await gradewire.metrics('ingest');
  const gauge = metrics
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('gradewire_lane_held') && line.includes(`"${ids.mended}"`) && line.endsWith(' 1'),
    );
  if (gauge.length !== 1) broken.push(`the metric of the held lane: ${JSON.stringify(gauge)}`);
  const lines = alerts(room, ids.mended).length;
  if (lines !== 1) broken.push(`${lines} log lines for one trouble`);

  simulator.setTool({ clientId: ids.mended });
  const mendedAt = performance.now();
  const done = await client.batches.waitForSettlement(mended, settled);
  const healedMs = Math.round(performance.now() - mendedAt);
  if (done.counts.delivered !== count) broken.push(`after mending: ${JSON.stringify(done.counts)}`);

  // The budget of fetches is a minute's: so long can the refusal take that outlasts the grace.
  let firstDeadAt: number | undefined;
  await until(
    () => "the forgotten platform's scores are not dead",
    graceMs + 75_000,
    async () => {
      const { dead, undelivered } = await client.lanes.get(ids.forgotten);
      if (dead > 0) firstDeadAt ??= performance.now();
      return dead === count && undelivered === 0;
    },
  );
  const diedAfterMs = Math.round((firstDeadAt ?? 0) - sentAt);
  if (diedAfterMs < graceMs)
    broken.push(`the first died after ${diedAfterMs} ms of a grace of ${graceMs} ms`);
  const { counts } = await client.batches.waitForSettlement(forgotten, settled);
  if (counts.dead !== count) broken.push(`of the forgotten platform: ${JSON.stringify(counts)}`);
  const busiest = busiestMinute(fetchTimes(simulator));
  if (busiest > 2 * fetchesPerMinute) broken.push(`${busiest} fetches in one minute for two platforms`);
  return {
    figure: `${deliveries} processes, ${count} scores: held with ${lines} log line, none dead within the grace, delivered ${(healedMs / 1_000).toFixed(1)} s after mending; not mended: first dead after ${(diedAfterMs / 1_000).toFixed(1)} s of a grace of ${graceMs / 1_000} s`,
    broken,
  };
}

/** A platform whose clock differs from ours. */
async function clockSkew({ long }: AttackContext): Promise<Finding> {
  const [students, deliveries] = long ? [500, 8] : [20, 2];
  await using room = await openCourse({
    simulator: { profile: 'generic', courses: [{ students }] },
    deliveries,
  });
  const { simulator, gradewire } = room;
  const broken: string[] = [];
  for (const skewMs of [240_000, -4_000]) {
    simulator.setClockSkew(skewMs);
    simulator.revokeTokens();
    const work = new Classwork(room, `${skewMs}`);
    await work.handIn(0, students);
    await work.done(60_000);
    broken.push(...(await work.wrongs()));
  }
  const { tokensRefused } = simulator.state().counters;
  if (tokensRefused > 0) broken.push(`${tokensRefused} assertions were refused`);
  simulator.setClockSkew(10 * minute);
  simulator.revokeTokens();
  const work = new Classwork(room, 'far off');
  await work.handIn(0, students);
  await until(
    () => 'the lane is not held',
    15_000,
    async () => (await laneOf(room, platformId)) !== undefined,
  );
  const { dead } = await gradewire.client.lanes.get(platformId);
  if (dead > 0) broken.push(`${dead} scores died of a clock`);
  simulator.setClockSkew(0);
  await work.done(75_000);
  broken.push(...(await work.wrongs()));
  return {
    figure: `platform's clock 4 min ahead or 4 s behind: no refusal; 10 min ahead: lane held, ${dead} dead, ${students} scores delivered when it was set right`,
    broken,
  };
}

/** A service that answers 401 to everything, whatever token it is shown. */
async function unauthorized({ long, say }: AttackContext): Promise<Finding> {
  const [count, deliveries, concurrency] = long ? [5_000, 8, 8] : [300, 2, 2];
  await using room = await openCourse({
    simulator: { profile: 'generic', courses: [{ students: count }] },
    deliveries,
    concurrency,
    env: { GRADEWIRE_HOLD_MAX_MS: '2000' },
  });
  const { simulator, gradewire } = room;
  const broken: string[] = [];
  simulator.addFault({
    match: { endpoint: 'scores' },
    action: { kind: 'status', status: 401, body: { error: 'no' } },
  });
  const work = new Classwork(room);
  await work.handIn(0, count);
  await until(
    () => 'the lane is not held',
    150_000,
    async () => (await laneOf(room, platformId)) !== undefined,
  );
  await delay(long ? 70_000 : 2_000);
  const held = await laneOf(room, platformId);
  if (held?.reason !== 'UNAUTHORIZED') broken.push(`held for ${held?.reason}`);
  const { dead } = await gradewire.client.lanes.get(platformId);
  // Those under way when the twentieth died can no longer be called back.
  if (dead >= deadStreak + concurrency) broken.push(`${dead} of ${count} scores are dead`);
  const busiest = busiestMinute(fetchTimes(simulator));
  if (busiest > fetchesPerMinute) broken.push(`${busiest} fetches in one minute`);
  let healed = '';
  if (long) {
    say(`held with ${dead} dead`);
    simulator.clearFaults();
    const begun = performance.now();
    await work.done(120_000);
    healed = `; the others delivered ${Math.round((performance.now() - begun) / 1_000)} s after it was mended`;
    const right = work.ledger.entries.length - work.ledger.wrongGrades(simulator).length;
    if (right !== count - dead) broken.push(`${right} grades instead of ${count - dead} after mending`);
  }
  return {
    figure: `${count} scores, ${deliveries} processes: ${dead} dead, lane held, at most ${busiest} fetches a minute${healed}`,
    broken,
  };
}

/** One token for a platform: few fetches, whatever it answers, and no score lost to a refusal of the tool. */
export const tokensAttacks: readonly Attack[] = [
  {
    name: 'tokens-one-per-lifetime',
    promise:
      'One token fetch per platform and lifetime, for posts, columns and results of all processes; one more when it is revoked',
    how: '8 processes, 5,000 scores; answers lost so that results are read; all tokens revoked in mid-run',
    run: onePerLifetime,
  },
  {
    name: 'tokens-expiring',
    promise: 'Tokens are renewed early, and one that expires on the way costs one fetch and no score',
    how: 'tokens of 30 s under steady load; a post that finds its token expired',
    run: expiring,
  },
  {
    name: 'tokens-scopes',
    promise:
      'Scopes that a platform leaves out or refuses cost only what needs them; `invalid_scope` is narrowed once',
    how: 'Moodle without the scope to create, Canvas with nothing but scores; 8 processes',
    run: scopes,
  },
  {
    name: 'tokens-refused',
    promise:
      'A refusal at the token endpoint holds the lane with one alert, heals by itself, and kills only after the grace',
    how: 'two platforms know another client id: one is put right, one is not',
    run: refused,
  },
  {
    name: 'tokens-clock-skew',
    promise:
      'Clocks that differ by seconds behind or minutes ahead change nothing; by more hold the lane and kill nothing',
    how: "the platform's clock 4 min ahead, 4 s behind, 10 min ahead, and right again",
    run: clockSkew,
  },
  {
    name: 'tokens-unauthorized',
    promise:
      'A service that answers 401 to everything costs at most 5 fetches a minute and holds the lane after 20 cells',
    how: '5,000 scores, 8 processes, every post answered 401',
    run: unauthorized,
  },
];
