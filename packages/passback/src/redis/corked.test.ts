import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corked } from './corked.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());

const reads = async (redis: Redis): Promise<number> =>
  Number(/total_reads_processed:(\d+)/.exec(await redis.info('stats'))?.[1]);

describe('corked', () => {
  it('sends what one turn asks for in one packet, scripts and pipelines included', async () => {
    const redis = corked(new Redis(server.url));
    await once(redis, 'ready');
    const before = await reads(redis);
    const answers = await Promise.all([
      ...Array.from({ length: 100 }, (_, i) => redis.incrby('sum', i)),
      redis.eval('return redis.call("GET", KEYS[1])', 1, 'sum'),
      redis.pipeline().incr('sum').get('sum').exec(),
    ]);
    expect(answers.slice(-2)).toEqual([
      '4950',
      [
        [null, 4951],
        [null, '4951'],
      ],
    ]);
    expect((await reads(redis)) - before).toBeLessThan(5);
    redis.disconnect();
  });

  it('sends on although earlier commands have not been answered', async () => {
    // Answers the handshake's INFO, and PINGs only once it has had both.
    const fake = createServer((socket: Socket) => {
      let pings = 0;
      socket.on('data', (data) => {
        if (/info/i.test(String(data))) socket.write('$0\r\n\r\n');
        pings += String(data).match(/ping/gi)?.length ?? 0;
        if (pings === 2) socket.write('+one\r\n+two\r\n');
      });
    });
    fake.listen(0, '127.0.0.1');
    await once(fake, 'listening');
    const { port } = fake.address() as { port: number };
    const redis = corked(new Redis(port, '127.0.0.1', { protocol: 2, disableClientInfo: true }));
    await once(redis, 'ready');
    const one = redis.ping();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await Promise.all([one, redis.ping()])).toEqual(['one', 'two']);
    redis.disconnect();
    fake.close();
  });

  it('comes back after a lost connection', async () => {
    await using own = await startTestRedis();
    const redis = corked(new Redis(own.url, { maxRetriesPerRequest: null }));
    redis.on('error', () => undefined);
    await redis.set('a', '1');
    const ready = once(redis, 'ready');
    await own.kill();
    const later = Promise.all([redis.incr('a'), redis.incr('a')]);
    await own.restart();
    await ready;
    expect(await later).toEqual([2, 3]);
    redis.disconnect();
  });
});
