import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRedis, queueConnection } from '../redis/connection.ts';
import { LaneQueues, lanePrefix, laneQueueName } from './lane-queues.ts';

const soon = { timeout: 20_000 };

let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.url, 'patient');
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => server.flush());

/** A producer, and a Worker for each of its lanes that notes the cells. */
function delivery(url = server.url) {
  const connection = queueConnection(connectRedis(url, 'patient'));
  const queues = new LaneQueues({ connection });
  const workers: Worker[] = [];
  const cells: string[] = [];
  return {
    queues,
    cells,
    /** Its jobs take as long as `work` does. */
    open(platformId: string, work?: Promise<void>): Worker {
      const worker = new Worker(
        laneQueueName(platformId),
        async (job) => {
          cells.push(`${platformId} ${job.data.cell}`);
          await work;
        },
        { connection, prefix: lanePrefix(platformId), drainDelay: 0.5 },
        queues.backend,
      );
      worker.on('error', () => undefined);
      workers.push(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close()));
      await queues[Symbol.asyncDispose]();
      connection.disconnect();
    },
  };
}

const clients = async (): Promise<string[]> =>
  String(await redis.client('LIST'))
    .trim()
    .split('\n');
const waiting = async () => (await clients()).filter((line) => line.includes('cmd=bzpopmin'));
/** Ends the connection that waits. */
const cut = async () => redis.client('KILL', 'ID', /(?<=id=)\d+/.exec((await waiting())[0]!)![0]);
const calls = async (command: string): Promise<number> =>
  Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await redis.info('commandstats'))?.[1] ?? 0);

describe('opening a lane', () => {
  it('costs one bare connection, and no script or INFO that an earlier one has not fetched', async () => {
    await using lanes = delivery();
    const platforms = Array.from({ length: 20 }, (_, i) => `p${i}`);
    await lanes.queues.enqueue('first', 'a');
    lanes.open('first');
    await expect.poll(waiting, soon).toHaveLength(1);
    const connections = (await clients()).length;
    await redis.config('RESETSTAT');
    for (const platformId of platforms) await lanes.queues.enqueue(platformId, 'a');
    for (const platformId of platforms) lanes.open(platformId);
    await expect.poll(() => lanes.cells.length, soon).toBe(21);
    await expect.poll(waiting, soon).toHaveLength(21);
    expect((await clients()).length).toBe(connections + 20);
    expect(await calls('info')).toBe(0);
    expect((await calls('eval')) + (await calls('hello')) + (await calls('client\\|setname'))).toBe(0);
  });

  it('leaves no connection when it closes, and takes no job that comes then', async () => {
    await using lanes = delivery();
    const worker = lanes.open('p');
    await expect.poll(waiting, soon).toHaveLength(1);
    const closed = worker.close();
    await lanes.queues.enqueue('p', 'late');
    await closed;
    await expect.poll(waiting, soon).toHaveLength(0);
    expect(lanes.cells).toEqual([]);
  });

  it('leaves no connection either when it closes at work', async () => {
    await using lanes = delivery();
    const work = Promise.withResolvers<void>();
    const worker = lanes.open('p', work.promise);
    await expect.poll(waiting, soon).toHaveLength(1);
    const connections = (await clients()).length;
    await lanes.queues.enqueue('p', 'a');
    await expect.poll(() => lanes.cells, soon).toEqual(['p a']);
    const closed = worker.close();
    work.resolve();
    await closed;
    await expect.poll(async () => (await clients()).length, soon).toBe(connections - 1);
  });
});

describe('a lane that waits', () => {
  it('goes on when its connection is cut, and when Redis was away', async () => {
    await using lanes = delivery();
    lanes.open('p');
    await expect.poll(waiting, soon).toHaveLength(1);
    await cut();
    await lanes.queues.enqueue('p', 'a');
    await expect.poll(() => lanes.cells, soon).toEqual(['p a']);
    await expect.poll(waiting, soon).toHaveLength(1);
    await server.kill();
    await server.restart();
    await lanes.queues.enqueue('p', 'b');
    await expect.poll(() => lanes.cells, soon).toContain('p b');
    await expect.poll(waiting, soon).toHaveLength(1);
  });

  it('finds a job whose marker was lost with the connection', async () => {
    await using lanes = delivery();
    lanes.open('p');
    await expect.poll(waiting, soon).toHaveLength(1);
    await cut();
    await lanes.queues.enqueue('p', 'a');
    await redis.del(lanes.queues.queue('p').toKey('marker'));
    await expect.poll(() => lanes.cells, soon).toEqual(['p a']);
  });

  it('goes on when its connection says nothing any more', async () => {
    await using wire = await startWire(server.port);
    await using lanes = delivery(wire.url);
    lanes.open('p');
    await expect.poll(waiting, soon).toHaveLength(1);
    wire.silence();
    await lanes.queues.enqueue('p', 'a');
    await expect.poll(() => lanes.cells, soon).toEqual(['p a']);
  });

  it('runs its scripts although Redis forgot them', async () => {
    await using lanes = delivery();
    lanes.open('p');
    await lanes.queues.enqueue('p', 'a');
    await expect.poll(() => lanes.cells, soon).toEqual(['p a']);
    await redis.script('FLUSH');
    await Promise.all([lanes.queues.enqueue('p', 'b'), lanes.queues.enqueue('q', 'c')]);
    await expect.poll(() => lanes.cells, soon).toEqual(['p a', 'p b']);
    expect(await lanes.queues.queue('q').getWaitingCount()).toBe(1);
  });
});

/** A way to Redis whose later connections can fall silent without an end: what a dropped route looks like. */
async function startWire(port: number) {
  const pairs: [Socket, Socket][] = [];
  const wire: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    pairs.push([near, far]);
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  const address = wire.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    /** All connections that were opened after the first one. */
    silence: () => {
      for (const [near, far] of pairs.slice(1)) {
        far.unpipe(near);
        near.unpipe(far);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const [near] of pairs) near.destroy();
      wire.close();
    },
  };
}
