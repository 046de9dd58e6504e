import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis } from '../redis/connection.ts';
import { LaneState } from '../redis/lane-state.ts';
import { LaneQueues, lanePrefix, laneQueueName } from './lane-queues.ts';

let server: TestRedis;
let redis: Redis;
let queues: LaneQueues;

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
});

const jobs = async (platformId = 'p') => queues.queue(platformId).getJobs(['wait', 'delayed', 'active']);

/** A bare worker that notes the cells and lets each attempt wait for `finish`. */
function worker(platformId = 'p') {
  const started: string[] = [];
  const waiting: (() => void)[] = [];
  const instance = new Worker(
    laneQueueName(platformId),
    (job) => {
      started.push(job.data.cell);
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
    { connection: redis, prefix: lanePrefix(platformId), concurrency: 10 },
  );
  return {
    started,
    finish: () => waiting.shift()?.(),
    async [Symbol.asyncDispose]() {
      for (const resolve of waiting) resolve();
      await instance.close();
    },
  };
}

describe('enqueue', () => {
  it('adds a pointer that carries nothing but the cell, in the platform’s slot', async () => {
    await queues.enqueue('p', 'column.user');
    expect((await jobs()).map((job) => job.data)).toEqual([{ cell: 'column.user' }]);
    for (const key of await redis.keys('*')) expect(key).toMatch(/^gw:\{p\}:lane-p:/);
  });

  it('keeps one job per cell however often it is asked', async () => {
    await Promise.all(Array.from({ length: 20 }, () => queues.enqueue('p', 'a')));
    await queues.enqueueMany('p', ['a', 'b', 'b']);
    expect((await jobs()).map((job) => job.data.cell).sort()).toEqual(['a', 'b']);
  });

  it('ends a backoff for a newer score, but not for a sweep', async () => {
    await queues.enqueue('p', 'a', { delayMs: 60_000, replace: false });
    await queues.enqueue('p', 'a', { replace: false });
    expect(await queues.queue('p').getJobCounts('delayed', 'wait')).toEqual({ delayed: 1, wait: 0 });
    await queues.enqueue('p', 'a');
    expect(await queues.queue('p').getJobCounts('delayed', 'wait')).toEqual({ delayed: 0, wait: 1 });
  });

  it('follows an attempt under way by another, once', async () => {
    await using attempts = worker();
    await queues.enqueue('p', 'a');
    await expect.poll(() => attempts.started).toEqual(['a']);
    await queues.enqueue('p', 'a');
    await queues.enqueue('p', 'a');
    expect(attempts.started).toEqual(['a']);
    attempts.finish();
    await expect.poll(() => attempts.started).toEqual(['a', 'a']);
    attempts.finish();
    await expect.poll(async () => (await jobs()).length).toBe(0);
    expect(attempts.started).toEqual(['a', 'a']);
  });

  it('leaves nothing behind in a queue that is done', async () => {
    await using attempts = worker();
    await queues.enqueue('p', 'a');
    await expect.poll(() => attempts.started).toEqual(['a']);
    attempts.finish();
    await expect.poll(async () => (await jobs()).length).toBe(0);
    const left = (await redis.keys('*')).map((key) => key.split(':').pop());
    expect(left.sort()).toEqual(expect.arrayContaining(['events', 'id', 'meta']));
    expect(left.filter((part) => /^\d+$/.test(part ?? ''))).toEqual([]);
  });
});

describe('a producer that fails fast', () => {
  it('rejects at once while Redis is away, and works when it is back', async () => {
    await using own = await startTestRedis();
    const connection = connectRedis(own.url, 'failFast');
    await connection.connect();
    await using producer = new LaneQueues({ connection });
    await producer.enqueue('p', 'a');
    await own.kill();
    const began = performance.now();
    await expect(producer.enqueue('p', 'b')).rejects.toThrow();
    await expect(producer.enqueue('q', 'b')).rejects.toThrow();
    await expect(producer.enqueueMany('q', ['b'])).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(10_000);
    await own.restart();
    await expect
      .poll(() =>
        producer.enqueue('q', 'b').then(
          () => 'added',
          () => 'away',
        ),
      )
      .toBe('added');
    connection.disconnect();
  });
});

describe('pause and resume', () => {
  it('stops the queue and starts it again', async () => {
    await queues.pause('p');
    await using attempts = worker();
    await queues.enqueue('p', 'a');
    expect(await queues.queue('p').isPaused()).toBe(true);
    await queues.resume('p');
    await expect.poll(() => attempts.started).toEqual(['a']);
    attempts.finish();
  });

  it('ends as the state says however pauses, resumes, holds and releases cross', async () => {
    const state = new LaneState({ redis });
    const other = new LaneQueues({ connection: redis });
    for (let round = 0; round < 30; round += 1) {
      const { epoch } = await state.get('p');
      await Promise.all([
        queues.pause('p'),
        other.resume('p'),
        state
          .hold('p', { reason: 'THROTTLED', forMs: 1, level: 0, epochSeen: epoch })
          .then(() => other.align('p')),
        queues.align('p'),
        state.release('p', epoch + 1).then(() => queues.align('p')),
      ]);
      const lane = await state.get('p');
      expect(await queues.queue('p').isPaused()).toBe(lane.paused || lane.holdReason !== undefined);
    }
  });

  it('leaves a held lane shut when the operator resumes', async () => {
    const state = new LaneState({ redis });
    await state.hold('p', { reason: 'THROTTLED', forMs: 60_000, level: 0, epochSeen: 0 });
    await queues.pause('p');
    await queues.resume('p');
    expect(await queues.queue('p').isPaused()).toBe(true);
  });
});
