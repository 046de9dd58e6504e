import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { ratePerSecond } from './in-flight.ts';

const width = 64;

/** Jobs per second into a bare BullMQ queue, one by one with 64 in flight. */
export async function bareAdds(redisUrl: string, count: number): Promise<number> {
  return withQueue(redisUrl, (queue) =>
    ratePerSecond(count, width, (i) => queue.add('score', { userId: `user-${i}`, scoreGiven: i })),
  );
}

/** Jobs per second into a bare BullMQ queue, a thousand at a time. */
export async function bareBulkAdds(redisUrl: string, count: number): Promise<number> {
  return withQueue(redisUrl, async (queue) => {
    const perCall = 1_000;
    const calls = await ratePerSecond(count / perCall, 1, (call) =>
      queue.addBulk(jobs(call * perCall, perCall)),
    );
    return calls * perCall;
  });
}

/** Bytes that a waiting bare BullMQ job takes, with a score as its data. */
export async function bareBytesPerJob(
  redisUrl: string,
  count: number,
  usedMemory: () => Promise<number>,
): Promise<number> {
  return withQueue(redisUrl, async (queue) => {
    const before = await usedMemory();
    for (let from = 0; from < count; from += 1_000) await queue.addBulk(jobs(from, 1_000));
    return ((await usedMemory()) - before) / count;
  });
}

/** Jobs per second through a bare BullMQ worker with 64 in flight that does this with each. */
export async function bareWorker(
  redisUrl: string,
  count: number,
  task: (index: number) => Promise<unknown>,
): Promise<number> {
  return withQueue(redisUrl, async (queue) => {
    for (let from = 0; from < count; from += 1_000)
      await queue.addBulk(jobs(from, Math.min(1_000, count - from)));
    const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
    let done = 0;
    const started = performance.now();
    await new Promise<void>((resolve, reject) => {
      const worker = new Worker(
        queue.name,
        async (job) => {
          await task(job.data.scoreGiven);
        },
        { connection, prefix: 'bare', concurrency: width },
      );
      worker.on('failed', (_job, error) => reject(error));
      worker.on('completed', () => {
        done += 1;
        if (done === count) resolve(worker.close());
      });
    });
    const seconds = (performance.now() - started) / 1_000;
    connection.disconnect();
    return count / seconds;
  });
}

/** A plain POST of a score, as the fastest tool would send it. */
export function scorePoster(options: {
  lineItemUrl: string;
  accessToken: string;
  userIds: readonly string[];
}) {
  const { origin, pathname, search } = new URL(options.lineItemUrl);
  const pool = new Pool(origin, { connections: width });
  const path = `${pathname}/scores${search}`;
  return {
    post: async (index: number): Promise<void> => {
      const response = await pool.request({
        path,
        method: 'POST',
        headers: {
          authorization: `Bearer ${options.accessToken}`,
          'content-type': 'application/vnd.ims.lis.v1.score+json',
        },
        body: JSON.stringify({
          userId: options.userIds[index % options.userIds.length],
          scoreGiven: index % 100,
          scoreMaximum: 100,
          activityProgress: 'Completed',
          gradingProgress: 'FullyGraded',
          timestamp: new Date().toISOString(),
        }),
      });
      await response.body.dump();
      if (response.statusCode >= 300) throw new Error(`the platform answered ${response.statusCode}`);
    },
    close: () => pool.close(),
  };
}

function jobs(from: number, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    name: 'score',
    data: {
      userId: `user-${from + i}`,
      lineItemUrl: 'https://lms.example/lineitems/1',
      scoreGiven: from + i,
      scoreMaximum: 100,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
      timestamp: '2026-01-01T00:00:00.000Z',
    },
    opts: { removeOnComplete: true, removeOnFail: true },
  }));
}

async function withQueue<T>(redisUrl: string, use: (queue: Queue) => Promise<T>): Promise<T> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('bare', {
    connection,
    prefix: 'bare',
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  try {
    await queue.waitUntilReady();
    return await use(queue);
  } finally {
    await queue.obliterate({ force: true });
    await queue.close();
    connection.disconnect();
  }
}
