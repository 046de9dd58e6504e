import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../redis/connection.ts';
import { LaneQueues, lanePrefix, laneQueueName } from './lane-queues.ts';
import { sweepLane } from './sweep.ts';

let server: TestRedis;
let redis: Redis;
let queues: LaneQueues;
const due = new Map<string, number>();

/** The record's undelivered cells, by hand. */
const reader = {
  undeliveredCells: async (_platformId: string, rank: number, count: number) => ({
    nowMs: Date.now(),
    cells: [...due]
      .slice(rank, rank + count)
      .map(([cell, dueAtMs]) => ({ cell, dueAtMs, sinceMs: 0, leased: false })),
  }),
};
const sweep = () => sweepLane({ reader, queues }, 'p');
const counts = () => queues.queue('p').getJobCounts('wait', 'delayed', 'active');
const keys = (...parts: string[]) => parts.map((part) => queues.queue('p').toKey(part));

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'patient');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await server.flush();
  queues = new LaneQueues({ connection: redis });
  due.clear();
});

describe('sweepLane', () => {
  it('adds a job for each cell that has none, when its next attempt is due', async () => {
    due.set('now', Date.now() - 5_000).set('later', Date.now() + 60_000);
    expect(await sweep()).toBe(2);
    expect(await counts()).toEqual({ wait: 1, delayed: 1, active: 0 });
    expect(await sweep()).toBe(0);
    expect(await counts()).toEqual({ wait: 1, delayed: 1, active: 0 });
  });

  it('leaves a backoff alone, also one that the record thinks is over', async () => {
    due.set('a', 0);
    await queues.enqueue('p', 'a', { delayMs: 60_000, replace: false });
    expect(await sweep()).toBe(0);
    expect(await counts()).toEqual({ wait: 0, delayed: 1, active: 0 });
  });

  it('rebuilds a queue whose keys were all deleted', async () => {
    for (let i = 0; i < 2_500; i += 1) due.set(`cell-${i}`, 0);
    expect(await sweep()).toBe(2_500);
    await redis.del(...(await redis.keys('gw:{p}:lane-p*')));
    expect(await sweep()).toBe(2_500);
    expect(await counts()).toEqual({ wait: 2_500, delayed: 0, active: 0 });
  });

  it.each(['wait', 'delayed'])('rebuilds a queue whose %s list was deleted', async (list) => {
    const later = list === 'delayed' ? Date.now() + 60_000 : 0;
    for (const cell of ['a', 'b', 'c']) due.set(cell, later);
    await sweep();
    await redis.del(...keys(list));
    expect(await sweep()).toBe(3);
    expect(await counts()).toMatchObject({ [list]: 3 });
    const jobs = await queues.queue('p').getJobs([list as 'wait']);
    expect(jobs.map((job) => job.data.cell).sort()).toEqual(['a', 'b', 'c']);
  });

  it('replaces a job whose data was deleted and that only its deduplication key remembers', async () => {
    due.set('a', 0);
    await sweep();
    const [id = ''] = await queues.queue('p').getRanges(['wait'], 0, 10);
    await redis.del(...keys(id, 'wait'));
    expect(await sweep()).toBe(1);
    expect((await queues.queue('p').getJobs(['wait'])).map((job) => job.data.cell)).toEqual(['a']);
  });

  it('replaces jobs whose data was deleted before a worker came to them', async () => {
    for (const cell of ['a', 'b', 'c']) due.set(cell, 0);
    await sweep();
    await redis.del(...keys(...(await queues.queue('p').getRanges(['wait'], 0, 10))));
    // BullMQ runs them all the same and, knowing no options, keeps what is left of them as completed.
    const worker = new Worker(laneQueueName('p'), async () => undefined, {
      connection: redis,
      prefix: lanePrefix('p'),
    });
    await expect.poll(counts).toEqual({ wait: 0, delayed: 0, active: 0 });
    await worker.close();
    expect(await sweep()).toBe(3);
    const jobs = await queues.queue('p').getJobs(['wait']);
    expect(jobs.map((job) => job.data.cell).sort()).toEqual(['a', 'b', 'c']);
  });

  it('adds nothing for an attempt under way', async () => {
    due.set('a', 0);
    await sweep();
    const [id = ''] = await queues.queue('p').getRanges(['wait'], 0, 10);
    await redis.lmove(...(keys('wait', 'active') as [string, string]), 'RIGHT', 'LEFT');
    expect(await queues.queue('p').getJobState(id)).toBe('active');
    expect(await sweep()).toBe(0);
  });
});
