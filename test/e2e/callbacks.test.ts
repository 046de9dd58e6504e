import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCallbackReceiver } from '../support/callback-receiver.ts';
import { type Classroom, impatientRetries, openClassroom, platformId } from '../support/classroom.ts';

const settled = { timeoutMs: 60_000, minPollMs: 20, maxPollMs: 100 };
// A unit belongs to who sends it for ten seconds longer than a request may take: that is how soon a killed one is made good.
const env = { ...impatientRetries, GRADEWIRE_REQUEST_TIMEOUT_MS: '2000' };

let school: Classroom;

beforeAll(async () => {
  school = await openClassroom({
    simulator: { courses: [{ students: 40 }] },
    gradewire: { env, deliveries: 2 },
    registration: { limits: { concurrency: 16 } },
  });
});
afterAll(() => school[Symbol.asyncDispose]());

/** Sends the class a grade each, some twice; returns the ids of all scores. */
async function grade(lineItemUrl: string, more = 0): Promise<string[]> {
  const scores = school.course.students.flatMap(({ userId }, i) =>
    Array.from({ length: 1 + (i % 2) }, (_, again) => ({
      platformId,
      userId,
      target: { lineItemUrl },
      scoreGiven: (i + again + more) % 10,
      scoreMaximum: 10,
    })),
  );
  const { results } = await school.gradewire.client.batches.send(scores);
  return results.map((result) => ('id' in result ? String(result.id) : ''));
}

function column(): string {
  return school.simulator.addLineItem(school.course.id, { label: 'Essay', scoreMaximum: 10 });
}

it('a receiver that verifies with the library of Standard Webhooks hears of every score, processes killed or not', async () => {
  await using receiver = await startCallbackReceiver();
  const { client, deliveries } = school.gradewire;
  await client.callbacks.put('app', {
    url: receiver.url,
    secret: receiver.secret,
    events: ['score.delivered', 'score.superseded', 'score.dead'],
  });
  const ids: string[] = [];
  const lineItemUrl = column();
  for (let round = 0; round < 4; round += 1) {
    ids.push(...(await grade(lineItemUrl, round)));
    const victim = deliveries[round % deliveries.length]!;
    await expect.poll(() => receiver.messages.length).toBeGreaterThan(round * 20);
    await victim.kill();
    await victim.start();
  }
  const final = new Map<string, string>();
  for (const id of ids) final.set(id, (await client.scores.waitForSettlement(id, settled)).status);
  const heard = () => new Map(receiver.messages.map(({ type, data }) => [String(data.id), type]));
  await expect.poll(() => heard().size, { timeout: 60_000 }).toBe(ids.length);
  for (const [id, status] of final) expect(heard().get(id)).toBe(`score.${status}`);
  expect(receiver.forged).toBe(0);
  // Whatever came twice came under one id.
  expect(new Set(receiver.messages.map(({ id }) => id)).size).toBe(ids.length);
  await expect.poll(async () => (await client.callbacks.get('app')).pending, { timeout: 60_000 }).toBe(0);
  await client.callbacks.delete('app');
}, 180_000);

it('a lane that is held is told of, and that it goes on; the metrics tell of the callback', async () => {
  await using receiver = await startCallbackReceiver();
  const { client } = school.gradewire;
  await client.callbacks.put('ops', {
    url: receiver.url,
    secret: receiver.secret,
    events: ['lane.held', 'lane.resumed'],
    platformIds: [platformId],
  });
  receiver.status = () => 503;
  school.simulator.addFault({ match: { endpoint: 'scores' }, action: { kind: 'status', status: 503 } });
  const [id] = await grade(column());
  await expect.poll(async () => (await client.lanes.get(platformId)).state).toBe('held');
  await expect
    .poll(() => school.gradewire.metrics('ingest'))
    .toMatch(/gradewire_callback_deliveries_pending\{callback="ops"\} [1-9]/);
  school.simulator.clearFaults();
  receiver.status = () => 204;
  await client.scores.waitForSettlement(id!, settled);
  // In which order they come is not promised, since each is tried again by itself; their timestamps tell.
  const told = () => receiver.messages.map(({ type }) => type).toSorted();
  await expect.poll(told).toEqual(expect.arrayContaining(['lane.held', 'lane.resumed']));
  const [held] = receiver.messages.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp));
  expect(held).toMatchObject({ type: 'lane.held', data: { platformId, reason: 'PLATFORM_DOWN' } });
}, 120_000);
