import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createGradewire, type Gradewire, type Score } from '@gradewire/sdk';
import type { Redis } from 'ioredis';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../../support/classroom.ts';
import { startOtherIngest } from '../../support/ingest.ts';
import { eachAtOnce } from '../../support/schools.ts';
import { openStore } from '../../support/store.ts';
import { type Attack, type AttackContext, type Finding, platformOf } from '../attack.ts';
import { Ledger } from '../ledger.ts';
import { addTrouble } from '../lesson.ts';
import { type Random, seededRandom } from '../random.ts';
import { settledAll } from '../settled-all.ts';
import { until } from '../watch.ts';
import { type Message, postUntilTaken, type Taken } from './patient-post.ts';
import { agePending, leftovers, pendingWebhooks } from './pending-webhooks.ts';
import { type Graded, identitiesOf, mappedSender, rosterSender, type Sender, sendersFor } from './senders.ts';

const second = 1_000;
const sendersAtOnce = 8;
const each = 5;
/** Every so many student is not told of before the half of it. */
const lateOf = 5;
const identitiesPerCall = 999;
const claimMs = 60 * second;
const victims = ['delivery', 'ingest', 'redis', 'other ingest'] as const;
const patientRetry = { retries: 500, baseMs: 20, maxMs: 500 };
const requestTimeout = { GRADEWIRE_REQUEST_TIMEOUT_MS: '1000' };

/** A webhook, the grades in it, and what it was answered. */
interface Sent extends Message {
  grades: readonly Graded[];
  answers: Taken[];
}

/** Columns with three senders each, one of them with two more: by the roster, and by a mapping that is wrong at first. */
async function openSources(room: Classroom, client: Gradewire, columns: number) {
  const { simulator, course } = room;
  const urls = Array.from({ length: columns }, (_, i) =>
    simulator.addLineItem(course.id, { label: `Quiz ${i}`, scoreMaximum: 100 }),
  );
  const places = urls.map((lineItemUrl, i) => ({ platformId, suffix: `-${i}`, lineItemUrl }));
  const [link] = course.resourceLinks;
  const { idToken } = await simulator.launch({
    userId: course.students[0]!.userId,
    resourceLinkId: link!.id,
  });
  const { launchId } = await client.launches.create({ platformId, idToken });
  const mapped = mappedSender(places[0]!);
  const byRoster = rosterSender({ ...places[0]!, lineItemUrl: link!.lineItemUrl! }, launchId);
  const senders = [...places.flatMap(sendersFor), mapped.sender, byRoster];
  for (const { sourceId, source } of senders) await client.webhookSources.put(sourceId, source);
  return { senders, mapped };
}

/** Five grades of each student, by any of the senders, of different times, shuffled into webhooks of a few grades each. */
function webhooksOf(room: Classroom, senders: readonly Sender[], random: Random): Sent[] {
  const { students } = room.course;
  const total = students.length * each;
  const firstMs = Math.floor(Date.now() / second) * second - total * second;
  const bySender = new Map<Sender, Graded[]>(senders.map((sender) => [sender, []]));
  for (let i = 0; i < total; i += 1) {
    const student = i % students.length;
    const { userId, email } = students[student]!;
    const sender = random.pick(senders);
    bySender.get(sender)!.push({
      student,
      userId,
      email,
      lineItemUrl: sender.lineItemUrl,
      scoreGiven: (i * 7) % 101,
      timestamp: new Date(firstMs + i * second).toISOString(),
    });
  }
  const webhooks = [...bySender].flatMap(([sender, grades]) => {
    const left = random.shuffle(grades);
    const cut: Sent[] = [];
    while (left.length > 0) {
      const part = left.splice(0, random.between(1, sender.most));
      cut.push({
        sender,
        id: randomUUID(),
        body: JSON.stringify(sender.write(part)),
        grades: part,
        answers: [],
      });
    }
    return cut;
  });
  return random.shuffle(webhooks);
}

async function tellIdentities(client: Gradewire, room: Classroom, isTold: (student: number) => boolean) {
  const rows = room.course.students.flatMap(({ userId }, i) => (isTold(i) ? identitiesOf(i, userId) : []));
  for (let from = 0; from < rows.length; from += identitiesPerCall) {
    await client.identities.put(platformId, rows.slice(from, from + identitiesPerCall));
  }
}

async function run(context: AttackContext): Promise<Finding> {
  const { long, seed, say, profile } = context;
  const random = seededRandom(seed);
  const [students, columns] = long ? [1_200, 3] : [60, 1];
  // What a killed delivery process holds is free after eleven seconds: the short form has them begin early.
  const rounds = long ? Array.from({ length: 16 }, (_, i) => victims[i % 4]!) : victims;
  const key = { GRADEWIRE_ENCRYPTION_KEY: randomBytes(32).toString('base64') };
  await using room = await openClassroom({
    simulator: {
      ...platformOf({ profile }),
      courses: [{ students, resourceLinks: [{ title: 'Lab', lineItem: { scoreMaximum: 100 } }] }],
      latencyMs: 10,
      history: 2,
    },
    redis: { appendfsync: 'always' },
    gradewire: { env: { ...impatientRetries, ...requestTimeout, ...key } },
    registration: { limits: { concurrency: 32 } },
  });
  await using other = await startOtherIngest(room.redis.url, { ...requestTimeout, ...key });
  await using store = openStore(room.redis.url);
  const { gradewire, redis } = room;
  const retrying = { retry: patientRetry, timeoutMs: 10 * second };
  const client = createGradewire({ baseUrl: gradewire.url, apiKey: gradewire.apiKey, ...retrying });
  const { senders, mapped } = await openSources(room, client, columns);
  await tellIdentities(client, room, (student) => student % lateOf !== 0);
  addTrouble(room);
  const urls = [gradewire.url, other.url];
  const webhooks = webhooksOf(room, senders, random);
  const broken: string[] = [];

  let next = 0;
  let taken = 0;
  const sendOne = async (webhook: Sent) => {
    const post = () => postUntilTaken(urls, webhook, random);
    // A sender that is in two minds sends it twice at the same moment.
    const answers = await Promise.all(random.next() < 0.1 ? [post(), post()] : [post()]);
    webhook.answers.push(...answers);
    taken += 1;
  };
  const sendUpTo = async (upTo: number) => {
    while (next < upTo) await sendOne(webhooks[next++]!);
  };
  const killOne = async (victim: (typeof victims)[number], from: number, upTo: number) => {
    const at = random.between(from, upTo - 1);
    await until('not enough is taken', 120 * second, () => taken >= at, 5);
    const processes = {
      ingest: gradewire.ingests[0]!,
      'other ingest': other.process,
      delivery: gradewire.deliveries[0]!,
      redis,
    };
    say(`SIGKILL to ${victim} after ${taken} webhooks`);
    await processes[victim].kill();
    await delay(random.between(0, 300));
    await processes[victim].restart();
  };
  let waited = 0;
  const mend = async () => {
    const sources = await Promise.all(senders.map(({ sourceId }) => client.webhookSources.get(sourceId)));
    waited = sources.reduce((sum, { unmatched }) => sum + unmatched, 0);
    if (waited === 0) broken.push('nothing was unmatched before it was mended');
    await tellIdentities(client, room, (student) => student % lateOf === 0);
    await client.webhookSources.put(mapped.sender.sourceId, mapped.mended);
    say(`${waited} are unmatched; the mapping is mended, the other students are told of`);
  };
  for (const [round, victim] of rounds.entries()) {
    const from = taken;
    const upTo = Math.floor((webhooks.length * (round + 1)) / rounds.length);
    await Promise.all([
      ...Array.from({ length: sendersAtOnce }, () => sendUpTo(upTo)),
      killOne(victim, from, upTo),
      ...(round === rounds.length / 2 ? [mend()] : []),
    ]);
  }
  // Long after it was taken somebody sends it once more.
  for (const webhook of webhooks.slice(0, Math.ceil(webhooks.length / 20))) await sendOne(webhook);

  broken.push(...(await allRead(store.redis, client, senders, long)));
  broken.push(...(await settledAll(client, [platformId], 120 * second)));
  const verdict = await verdictOf(client, room, webhooks);
  broken.push(...verdict, ...(await leftovers(store.redis, platformId)));
  const grades = webhooks.flatMap((webhook) => webhook.grades).length;
  return {
    figure: `${webhooks.length.toLocaleString('en')} webhooks with ${grades.toLocaleString('en')} grades by ${senders.length} senders, ${waited} of them unmatched until halfway, ${rounds.length} kills: ${verdict.length === 0 ? '0 lost, 0 counted twice, 0 wrong grades' : `${verdict.length} wrongs`}`,
    broken,
  };
}

/** Waits until nothing waits to be read any more; says what does when the time is up. */
async function allRead(
  redis: Redis,
  client: Gradewire,
  senders: readonly Sender[],
  long: boolean,
): Promise<string[]> {
  const waiting = async () => {
    const sources = await Promise.all(senders.map(({ sourceId }) => client.webhookSources.get(sourceId)));
    const unmatched = sources.filter((source) => source.unmatched > 0);
    const { kept, unborn } = await pendingWebhooks(redis, platformId);
    const pending = kept + (long ? unborn : 0);
    return [
      ...(pending > 0 ? [`${pending} webhooks are pending`] : []),
      ...unmatched.map((source) => `${source.id} has ${source.unmatched} unmatched`),
    ];
  };
  const deadline = performance.now() + 2 * claimMs;
  for (let left = await waiting(); ; left = await waiting()) {
    if (left.length === 0 || performance.now() > deadline) return left;
    // What a killed process had claimed is nobody's until the claim ends.
    if (!long) await agePending(redis, claimMs);
    await delay(second);
  }
}

/** What does not hold of the webhooks that were taken: each grade is one score, and the gradebook shows the newest. */
async function verdictOf(client: Gradewire, room: Classroom, webhooks: readonly Sent[]): Promise<string[]> {
  const scores = new Map<string, Score>();
  for await (const score of client.scores.all({ platformId })) scores.set(score.id, score);
  const ledger = new Ledger();
  const wrongs: string[] = [];
  await eachAtOnce(webhooks, 16, async ({ sender: { sourceId }, id, grades, answers }) => {
    const ids = new Set(answers.map(({ deliveryId }) => deliveryId));
    const fresh = answers.filter(({ status }) => status === 'accepted');
    const [deliveryId = ''] = ids;
    if (ids.size !== 1 || fresh.length > 1)
      wrongs.push(`${id} was taken ${fresh.length} times, as ${[...ids]}`);
    const delivery = await client.webhookSources.delivery(sourceId, deliveryId);
    if (delivery.status !== 'done') wrongs.push(`${deliveryId} is ${delivery.status}`);
    const became = delivery.scores.map((scoreId) => scores.get(scoreId));
    const told = grades.map(({ userId, lineItemUrl, scoreGiven, timestamp }) =>
      [userId, lineItemUrl, scoreGiven, timestamp].join(' '),
    );
    const lineItemUrl = grades[0]!.lineItemUrl;
    const kept = became.map((score) =>
      [score?.userId, lineItemUrl, score?.scoreGiven, score?.timestamp].join(' '),
    );
    if (told.sort().join() !== kept.sort().join())
      wrongs.push(`${deliveryId} of ${sourceId} became ${kept}, not ${told}`);
    for (const score of became)
      if (score?.userId) ledger.note({ ...score, userId: score.userId }, lineItemUrl, score);
  });
  const grades = webhooks.flatMap((webhook) => webhook.grades).length;
  if (scores.size !== grades) wrongs.push(`${grades} grades became ${scores.size} scores`);
  const unfinished = [...scores.values()].filter(
    ({ status }) => status !== 'delivered' && status !== 'superseded',
  );
  wrongs.push(...unfinished.map(({ id, status, reason }) => `${id} is ${status} ${reason}`));
  return [...wrongs, ...ledger.wrongGrades(room.simulator)];
}

export const webhooksNothingLost: Attack = {
  name: 'webhooks-nothing-lost',
  profile: 'generic',
  promise: 'Nothing of a webhook that was answered 202 is lost, and none of its grades counts twice',
  how: 'graders, GitHub and a format with a mapping send to two ingests, each webhook until it is answered, some twice at once or again much later; ingests, delivery and Redis (fsync `always`) killed with SIGKILL at random moments; a fifth of the students are told of, and the mapping is mended, halfway',
  run,
};
