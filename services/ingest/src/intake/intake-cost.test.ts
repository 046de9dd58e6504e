import { AsyncLocalStorage } from 'node:async_hooks';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import type { Claimed } from '@gradewire/passback/redis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { startTestCourse, type TestCourse } from '../testing/test-course.ts';
import { startTestIngest, type TestIngest } from '../testing/test-ingest.ts';
import { putTestSource, type TestSource } from '../testing/test-source.ts';
import { processDelivery } from './process-delivery.ts';

const idle = { start() {}, wake() {}, async [Symbol.asyncDispose]() {} };
const unhurried = new AbortController().signal;

let redis: TestRedis;
let test: TestIngest;
let course: TestCourse;
let source: TestSource;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url, { overrides: { intake: idle } });
  course = await startTestCourse();
});
afterAll(async () => {
  await Promise.all([test, course].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});
beforeEach(async () => {
  await redis.flush();
  const launchId = await course.register(test, 'a');
  source = await putTestSource(test, 'grader', 'a', { target: { launchId } });
});

const counted = new AsyncLocalStorage<{ commands: number }>();

/** Counts what a client is sent on behalf of `work`, and not what else its process does meanwhile. */
async function countCommands(client: Context['redis'], work: () => Promise<unknown>): Promise<number> {
  const send = client.sendCommand;
  const count = { commands: 0 };
  client.sendCommand = (...args) => {
    const mine = counted.getStore();
    if (mine) mine.commands += 1;
    return send.apply(client, args);
  };
  await counted.run(count, work).finally(() => {
    client.sendCommand = send;
  });
  return count.commands;
}

/** What a delivery costs once it is claimed, its scripts are known to Redis and its roster is read. */
async function costOf(body: (round: number) => unknown): Promise<{ record: number; lanes: number }> {
  const { context } = test.ingest;
  const claim = async (round: number) =>
    (await context.webhookDeliveries.claim(await source.send(body(round)))) as Claimed;
  const [first, second, third] = [await claim(0), await claim(1), await claim(2)];
  const work = (claimed: Claimed) => () => processDelivery(context, claimed, { unhurried });
  await work(first)();
  return {
    record: await countCommands(context.redis, work(second)),
    lanes: await countCommands(context.laneRedis, work(third)),
  };
}

/** Or one more, when the platform was read too long ago to be remembered. */
const atMost = (most: number) => expect.toSatisfy((count: number) => count <= most + 1, `at most ${most}`);

it('takes as few round trips for a thousand grades as for one', async () => {
  const students = Array.from({ length: 1_000 }, (_, i) => `student-${i}`);
  const identities = students.map((github, i) => ({ identity: { github }, userId: `u${i}` }));
  await test.call('PUT', '/v1/identities', { platformId: 'a', identities });
  const grades = (round: number) =>
    students.map((github) => ({ identity: { github }, scoreGiven: round, scoreMaximum: 10 }));
  expect(await costOf((round) => grades(round)[0])).toEqual({ record: atMost(8), lanes: 1 });
  expect(await costOf(grades)).toEqual({ record: atMost(8), lanes: 1_000 });
});

it('takes one more where a thousand are looked up in a roster', async () => {
  const emails = Array.from({ length: 1_000 }, (_, i) => `student-${i}@school.example`);
  course.members = emails.map((email, i) => ({ user_id: `u${i}`, email }));
  const grades = (round: number) =>
    emails.map((email) => ({ user: { email }, scoreGiven: round, scoreMaximum: 10 }));
  expect(await costOf(grades)).toEqual({ record: atMost(9), lanes: 1_000 });
  expect(course.asked).toBe(1);
});
