import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { newScoreId, ReplayStore } from '@gradewire/passback/redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Context, closeContext, connectContext, createContext } from '../context.ts';
import { testConfig } from '../testing/test-ingest.ts';
import { ReplayRunner } from './replay-runner.ts';

const RUN_LEASE_MS = 600;

let redis: TestRedis;
let context: Context;

beforeAll(async () => {
  redis = await startTestRedis();
  context = createContext(testConfig(redis.url));
  await connectContext(context);
  context.replays = new ReplayStore({ redis: context.redis, runLeaseMs: RUN_LEASE_MS });
});
afterAll(async () => {
  await closeContext(context);
  await redis.stop();
});

/** A platform with dead scores, and a replay of them that nobody runs yet. */
async function deadReplay(platformId: string, count: number, ratePerSecond?: number) {
  const { platforms, record, reader, replays } = context;
  const url = `https://${platformId}.example`;
  await platforms.put({
    id: platformId,
    name: platformId,
    issuer: url,
    clientId: platformId,
    tokenUrl: `${url}/token`,
    audience: url,
    profile: 'generic',
    serviceOrigins: [url],
    limits: { concurrency: 1 },
    limitGroup: platformId,
    createdAt: '2027-01-01T00:00:00.000Z',
    updatedAt: '2027-01-01T00:00:00.000Z',
  });
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const id = newScoreId(platformId, Date.now());
    const score = {
      userId: `u${i}`,
      target: { lineItemUrl: `${url}/1` },
      scoreGiven: 1,
      scoreMaximum: 1,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
    } as const;
    const [accepted] = await record.accept(platformId, [{ id, score }]);
    if (!accepted?.ok) throw new Error('not accepted');
    const begun = await record.begin({ platformId, cell: accepted.cell, wireStepMs: 1 });
    if (begun.kind !== 'post') throw new Error(begun.kind);
    const { cell, scoreId, fence } = begun;
    await record.settle({
      platformId,
      cell,
      scoreId,
      fence,
      settlement: { kind: 'dead', reason: 'REJECTED' },
    });
    ids.push(id);
  }
  const request = {
    filter: { platformId, status: 'dead' },
    beforeMs: Date.now(),
    ...(ratePerSecond !== undefined && { ratePerSecond }),
  };
  const { id } = await replays.create({ matched: count, request });
  const dead = async () => (await reader.deadLetters({ platformId, limit: 100 })).data.length;
  return { id, ids, dead };
}

describe('ReplayRunner', () => {
  it('goes on where another process was when that one dies', async () => {
    const { id, ids, dead } = await deadReplay('handed', 5);
    expect(await context.replays.take(id, 'gone')).toBe(true);
    await context.record.replay(ids[4]!);
    await context.replays.progress(id, 'gone', [ids[4]!]);

    await using runner = new ReplayRunner(context);
    runner.start();
    expect(await dead()).toBe(4);
    await vi.waitFor(async () => expect((await context.replays.get(id))?.status).toBe('done'), {
      timeout: 60_000,
    });
    expect(await dead()).toBe(0);
    expect([...(await context.replays.scoreIds(id))].sort()).toEqual([...ids].sort());
  });

  it('is run by one of several', async () => {
    const { id, ids } = await deadReplay('shared', 20);
    await using one = new ReplayRunner(context);
    await using other = new ReplayRunner(context);
    one.start();
    other.start();
    await vi.waitFor(async () => expect((await context.replays.get(id))?.status).toBe('done'), {
      timeout: 60_000,
    });
    expect(await context.replays.scoreIds(id)).toHaveLength(ids.length);
  });

  it('keeps its rate and its lease over long waits, and leaves the rest when stopped', async () => {
    const { id, dead } = await deadReplay('slow', 3, 0.05);
    const runner = new ReplayRunner(context);
    runner.start();
    await vi.waitFor(async () => expect(await dead()).toBe(2), { timeout: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(await dead()).toBe(2);
    // Long before the next score would be due.
    const began = performance.now();
    await runner[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect((await context.replays.get(id))?.status).toBe('running');
  });

  it('stops within two seconds of a cancel', async () => {
    const { id, dead } = await deadReplay('stopped', 3, 0.05);
    await using runner = new ReplayRunner(context);
    runner.start();
    await vi.waitFor(async () => expect(await dead()).toBe(2), { timeout: 60_000 });
    await context.replays.cancel(id);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await dead()).toBe(2);
    expect(await context.replays.unfinished()).not.toContain(id);
  });
});
