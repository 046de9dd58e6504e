import { startTestRedis } from '@gradewire/local-redis/testing';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { readText } from './repository.ts';

const directives = Object.fromEntries(
  readText('infra/redis/redis.conf')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => {
      const [name, ...values] = line.split(' ');
      return [name!, values.join(' ').replace(/^""$/, '')];
    }),
);

describe('infra/redis/redis.conf', () => {
  test('keeps what a 202 promised', () => {
    expect(directives).toMatchObject({
      appendonly: 'yes',
      appendfsync: 'always',
      'no-appendfsync-on-rewrite': 'no',
      'maxmemory-policy': 'noeviction',
      'hash-max-listpack-value': '1024',
    });
  });

  test('a real server takes every directive', async () => {
    // Where it listens and keeps its data is the container's business; here the test's own server decides.
    const { bind, dir, 'protected-mode': _, ...config } = directives;
    expect([bind, dir]).toEqual(['* -::*', '/data']);
    await using server = await startTestRedis({ appendfsync: 'always', config });
    const redis = new Redis(server.url);
    try {
      const read: Record<string, string> = {};
      for (const name of Object.keys(config)) {
        const answer = (await redis.config('GET', name)) as string[] | Record<string, string>;
        read[name] = Array.isArray(answer) ? answer[1]! : answer[name]!;
      }
      expect(read).toEqual(config);
    } finally {
      await redis.quit();
    }
  });
});
