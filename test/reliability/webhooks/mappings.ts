import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Gradewire, GradewireError, type WebhookSourceInput } from '@gradewire/sdk';
import { impatientRetries } from '../../support/classroom.ts';
import { eachAtOnce, openSchools, registerSchool, type School } from '../../support/schools.ts';
import { openStore } from '../../support/store.ts';
import { newSecret, proofOf } from '../../support/webhook-proof.ts';
import type { Attack, AttackContext, Finding } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { type Random, seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';
import { until } from '../watch.ts';
import { isIdle } from './pending-webhooks.ts';

const second = 1_000;

const mended = '[grades.{"userId": who, "scoreGiven": points, "scoreMaximum": 100, "timestamp": at}]';

const nested = (levels: number): string => `${'('.repeat(levels)}a${' ?: b)'.repeat(levels)}`;
const doubled = (what: string, times: number): string =>
  `($f := function($s, $n) { $n = 0 ? $s : $f(${what}, $n - 1) }; $f("xxxxxxxxxx", ${times}))`;

/** What takes for ever, or all there is; by name, since each has a source of its own. */
const hostile: Readonly<Record<string, string>> = {
  endless: '($f := function($x) { $f($x + 1) }; $f(1))',
  mutual: '($f := function($x) { $g($x) }; $g := function($x) { $f($x) }; $f(1))',
  deep: '($f := function($x) { 1 + $f($x + 1) }; $f(1))',
  regex: `$match("${'a'.repeat(40)}!", /^(a+)+$/)`,
  parsing: `$eval("${nested(40)}")`,
  text: '$join([1..900].$pad("", 3000000, "x"), "ü")',
  list: '[1..999999].[1..999999]',
  tree: doubled('{"a": $s, "b": $s}', 40),
};

/** A source of one of the schools, and its sender's secret. */
interface Source {
  sourceId: string;
  school: School;
  secret: string;
  input: WebhookSourceInput;
}

/** A grade that was sent, and the delivery that has it. */
interface Sent {
  source: Source;
  deliveryId: string;
  userId: string;
  scoreGiven: number;
  timestamp: string;
}

function sourceOf(
  sourceId: string,
  school: School,
  format: Pick<WebhookSourceInput, 'adapter'> & { mapping?: string },
): Source {
  const secret = newSecret('github');
  const { platformId, lineItemUrl } = school;
  const target = { lineItemUrl };
  const input: WebhookSourceInput = { platformId, scheme: 'github', secrets: [secret], target, ...format };
  return { sourceId, school, secret, input };
}

async function send(url: string, source: Source, number: number): Promise<Sent> {
  const { sourceId, secret, school, input } = source;
  const grade = {
    userId: school.students[number]!,
    scoreGiven: number % 101,
    timestamp: new Date().toISOString(),
  };
  const { userId, scoreGiven, timestamp } = grade;
  const document =
    input.adapter === 'custom'
      ? { grades: [{ who: userId, points: scoreGiven, at: timestamp }] }
      : { ...grade, scoreMaximum: 100 };
  const body = JSON.stringify(document);
  const headers = {
    'content-type': 'application/json',
    ...proofOf('github', secret, { id: randomUUID(), body }),
  };
  const answer = await fetch(`${url}/v1/webhooks/${sourceId}`, { method: 'POST', headers, body });
  if (answer.status !== 202) throw new Error(`${sourceId} was answered ${answer.status}`);
  const { deliveryId } = (await answer.json()) as { deliveryId: string };
  return { source, deliveryId, ...grade };
}

/** From taken to delivered, ms by Redis' clock, in ascending order. Notes each in the ledger. */
async function latencies(client: Gradewire, sent: readonly Sent[], ledger: Ledger): Promise<number[]> {
  const found: number[] = [];
  await eachAtOnce(sent, 8, async ({ source: { sourceId, school }, deliveryId, ...grade }) => {
    const { receivedAt, scores } = await client.webhookSources.delivery(sourceId, deliveryId);
    const [id = ''] = scores;
    const { deliveredAt } = await client.scores.get(id);
    const { platformId, lineItemUrl } = school;
    ledger.note({ platformId, target: { lineItemUrl }, scoreMaximum: 100, ...grade }, lineItemUrl, { id });
    found.push(deliveredAt ? Date.parse(deliveredAt) - Date.parse(receivedAt) : Number.POSITIVE_INFINITY);
  });
  return found.sort((a, b) => a - b);
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]!;

async function unmatchedReasons(client: Gradewire, { sourceId }: Source): Promise<string[]> {
  const reasons: string[] = [];
  for await (const { reason } of client.unmatched.all(sourceId)) reasons.push(reason);
  return reasons;
}

async function residentMb(metrics: () => Promise<string>): Promise<number> {
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await metrics())?.[1];
  return Math.round(Number(bytes) / 1_000_000);
}

async function run({ long, seed, say }: AttackContext): Promise<Finding> {
  const random: Random = seededRandom(seed);
  // Each of a hostile source costs a second.
  const [perHostile, tries, burst] = long ? [6, 400, 1_000] : [1, 30, 300];
  const names = long ? Object.keys(hostile) : random.shuffle(Object.keys(hostile)).slice(0, 5);
  await using schools = await openSchools({
    courses: [
      ...names.map((id) => ({ id, students: perHostile * names.length + tries })),
      { id: 'plain', students: tries + burst },
      { id: 'mapped', students: tries },
    ],
    gradewire: { env: impatientRetries },
  });
  const { simulator, gradewire } = schools;
  const { client, url } = gradewire;
  const limits = { concurrency: 16 };
  const plain = sourceOf('plain', await registerSchool(schools, 'plain', limits), { adapter: 'gradewire' });
  const mapped = sourceOf('mapped', await registerSchool(schools, 'mapped', limits), {
    adapter: 'custom',
    mapping: mended,
  });
  const enemies: Source[] = [];
  for (const name of names) {
    const school = await registerSchool(schools, name, limits);
    enemies.push(sourceOf(name, school, { adapter: 'custom', mapping: hostile[name]! }));
  }
  // Of the very school that has the first of them.
  const beside = sourceOf('beside', enemies[0]!.school, { adapter: 'gradewire' });
  for (const { sourceId, input } of [plain, mapped, beside, ...enemies])
    await client.webhookSources.put(sourceId, input);
  const broken: string[] = [];
  const pids = [...gradewire.ingests, ...gradewire.deliveries].map(({ pid }) => pid);
  const unreadable = { ...mapped.input, mapping: nested(40) };
  const refusal = await client.webhookSources.put('unreadable', unreadable).catch((error: unknown) => error);
  if (!(refusal instanceof GradewireError && refusal.status === 422))
    broken.push('a mapping that cannot be parsed was taken');

  const flood = random.shuffle(enemies.flatMap((source) => Array.from({ length: perHostile }, () => source)));
  const began = performance.now();
  const hostileSent: Sent[] = [];
  await eachAtOnce(flood, 8, async (source, i) => void hostileSent.push(await send(url, source, i)));
  const good: Sent[] = [];
  for (let i = 0; i < tries; i += 1) {
    good.push(
      ...(await Promise.all([
        send(url, plain, i),
        send(url, mapped, i),
        send(url, beside, flood.length + i),
      ])),
    );
    await delay(random.between(20, 100));
  }
  // A class hands in at once: more than a process keeps in memory for a platform.
  const handedIn: Sent[] = [];
  await eachAtOnce(Array.from({ length: burst }), 32, async (_, i) => {
    handedIn.push(await send(url, plain, tries + i));
  });
  await using store = openStore(schools.redis.url);
  await until('everything is read', 240 * second, () => isIdle(store.redis), 200);
  const seconds = Math.round((performance.now() - began) / second);
  const lists = await Promise.all(enemies.map((source) => unmatchedReasons(client, source)));
  const reasons = lists.flat();
  if (reasons.length !== flood.length) broken.push(`${reasons.length} of ${flood.length} are unmatched`);
  const others = reasons.filter((reason) => reason !== 'MAPPING_FAILED');
  if (others.length > 0) broken.push(`unmatched for ${[...new Set(others)]}`);
  broken.push(
    ...(await settledAll(
      client,
      [plain, mapped, beside].map(({ school }) => school.platformId),
      60 * second,
    )),
  );
  const ledger = new Ledger();
  const times = (source: Source) => good.filter((sent) => sent.source === source);
  const [plainMs, mappedMs, besideMs] = [
    await latencies(client, times(plain), ledger),
    await latencies(client, times(mapped), ledger),
    await latencies(client, times(beside), ledger),
  ];
  const burstMs = await latencies(client, handedIn, ledger);
  const memory = await residentMb(() => gradewire.metrics('ingest'));
  say(`${flood.length} hostile in ${seconds} s; ${memory} MB`);

  for (const { sourceId, input } of enemies) {
    const { secrets: _, ...source } = input;
    await client.webhookSources.put(sourceId, { ...source, mapping: mended });
  }
  const left = async () =>
    (await Promise.all(enemies.map(({ sourceId }) => client.webhookSources.get(sourceId)))).some(
      ({ unmatched }) => unmatched > 0,
    );
  await until('what was mended is matched', 60 * second, async () => !(await left()));
  broken.push(
    ...(await settledAll(
      client,
      enemies.map(({ school }) => school.platformId),
      60 * second,
    )),
  );
  await latencies(client, hostileSent, ledger);
  broken.push(...ledger.wrongGrades(simulator), ...(await ledger.unfinished(client)));
  for (const pid of pids) if (!isAlive(pid)) broken.push(`process ${pid} died`);
  // Whoever needs the mapper waits for the first of each that hangs, and for no more; beside other tests all take longer.
  const slack = long ? 1 : 5;
  const firsts = slack * 1.5 * second * enemies.length;
  const typical = long ? second : Number.POSITIVE_INFINITY;
  for (const [what, sorted, q, most] of [
    ['of a plain source', plainMs, 0.99, slack * second],
    ['of a source with a mapping', mappedMs, 0.99, firsts],
    ['of a source with a mapping', mappedMs, 0.5, typical],
    ['of a source of the same school', besideMs, 0.99, firsts + slack * 6 * second],
    ['of a source of the same school', besideMs, 0.5, typical],
    [`of ${burst} at once`, burstMs, 1, 40 * second],
  ] as const) {
    const ms = quantile(sorted, q);
    if (!(ms < most)) broken.push(`p${q * 100} ${what} is ${ms} ms`);
  }
  const words = (sorted: readonly number[]) =>
    `p50 ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms, longest ${sorted.at(-1)} ms`;
  return {
    figure: `${flood.length} webhooks for ${enemies.length} hostile mappings, worked through in ${seconds} s: all MAPPING_FAILED, all delivered once mended; beside them ${tries} each of a plain source (${words(plainMs)}), of one with a mapping (${words(mappedMs)}) and of one in the school of a hostile one (${words(besideMs)}), then ${burst.toLocaleString('en')} at once, the last after ${burstMs.at(-1)} ms; no process died, ingest has ${memory} MB`,
    broken,
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const webhooksMappings: Attack = {
  name: 'webhooks-mappings',
  promise:
    'A mapping that never ends, or takes all the memory there is, takes nothing else down: other sources go on, and those with a mapping wait for some seconds at first',
  how: 'endless and deep recursion, a regular expression that backtracks, texts, lists and trees that double, code that cannot be parsed; other schools send grades meanwhile, with a mapping and without',
  run,
};
