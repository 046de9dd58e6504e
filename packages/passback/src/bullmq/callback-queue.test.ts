import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callbackKey } from '../redis/callback-keys.ts';
import { queueConnection } from '../redis/connection.ts';
import { useTestRedis } from '../testing/store-fixture.ts';
import { CallbackQueue, type CallbackWorkerOptions, type DrainCallback } from './callback-queue.ts';

const fixture = useTestRedis();
let queue: CallbackQueue;
let connection: ReturnType<typeof queueConnection>;
const workers: AsyncDisposable[] = [];

beforeEach(() => {
  connection = queueConnection(fixture.client());
  queue = new CallbackQueue({ connection });
});
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker[Symbol.asyncDispose]();
  await queue[Symbol.asyncDispose]();
  connection.disconnect();
});

/** Works, and notes who was looked after. */
function work(
  drain: DrainCallback = async () => undefined,
  errors: unknown[] = [],
  options: Partial<CallbackWorkerOptions> = {},
) {
  const drained: string[] = [];
  const worker = queue.work({
    drain: async (id, stopping) => {
      drained.push(id);
      return drain(id, stopping);
    },
    onError: (error) => errors.push(error),
    timing: { errorBackoffMs: 50, turnMs: 50 },
    ...options,
  });
  workers.push(worker);
  return { drained, worker };
}

describe('the queue', () => {
  it('looks after a callback once for any number of reasons that wait', async () => {
    for (let i = 0; i < 5; i += 1) await queue.enqueue('a');
    await queue.enqueue('b');
    const { drained } = work();
    await expect.poll(() => drained.length).toBe(2);
    expect(drained.toSorted()).toEqual(['a', 'b']);
  });

  it('looks again after it when a reason comes while it is being looked after, one at a time', async () => {
    let now = 0;
    let most = 0;
    const { drained } = work(async () => {
      now += 1;
      most = Math.max(most, now);
      if (drained.length === 1) await queue.enqueue('a');
      await new Promise((resolve) => setTimeout(resolve, 20));
      now -= 1;
      return undefined;
    });
    await queue.enqueue('a');
    await expect.poll(() => drained.length).toBe(2);
    expect(most).toBe(1);
  });

  it('comes again when it is told to, sooner when there is news', async () => {
    const { drained } = work(async () => (drained.length === 1 ? 600_000 : undefined));
    await queue.enqueue('a');
    await expect.poll(() => drained.length).toBe(1);
    const jobs = new Queue('callbacks', { connection: fixture.client(), prefix: callbackKey() });
    await expect.poll(() => jobs.getDelayedCount()).toBe(1);
    await queue.enqueue('a');
    await expect.poll(() => drained.length).toBe(2);
    await expect.poll(() => jobs.getDelayedCount()).toBe(0);
    await jobs.close();
  });

  it('comes again after an error', async () => {
    const errors: unknown[] = [];
    const { drained } = work(async () => {
      if (drained.length === 1) throw new Error('a bug');
      return undefined;
    }, errors);
    await queue.enqueue('a');
    await expect.poll(() => drained.length).toBe(2);
    expect(errors).toMatchObject([{ message: 'a bug' }]);
  });

  it('ends the turn of one that takes long when another waits, and not before', async () => {
    const ended: string[] = [];
    const untilTold: DrainCallback = (id, stopping) =>
      new Promise((resolve) => {
        stopping.addEventListener('abort', () => {
          ended.push(id);
          resolve(undefined);
        });
      });
    const { drained } = work(untilTold, [], { atOnce: 1 });
    await queue.enqueue('a');
    await expect.poll(() => drained).toEqual(['a']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(ended).toEqual([]);
    await queue.enqueue('b');
    await expect.poll(() => drained).toEqual(['a', 'b']);
    expect(ended).toEqual(['a']);
  });

  it('waits for what is under way when it is closed, and tells it to stop', async () => {
    let ended = false;
    const { drained, worker } = work(async (_id, stopping) => {
      await new Promise((resolve) => stopping.addEventListener('abort', resolve));
      ended = true;
      return 600_000;
    });
    await queue.enqueue('a');
    await expect.poll(() => drained.length).toBe(1);
    await worker[Symbol.asyncDispose]();
    expect(ended).toBe(true);
  });

  it('adds what it has lost', async () => {
    await queue.enqueue('a');
    await queue.enqueue('b');
    expect(await queue.sweep(['a', 'b'])).toBe(0);
    const keys = await fixture.redis.keys(callbackKey('callbacks', '*'));
    // All but the names that jobs are deduplicated by: the worst that can be left.
    await fixture.redis.del(...keys.filter((key) => !key.includes(':de:')));
    expect(await queue.sweep(['a', 'b', 'c'])).toBe(3);
    const { drained } = work();
    await expect.poll(() => drained.toSorted()).toEqual(['a', 'b', 'c']);
  });
});
