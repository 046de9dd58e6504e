import { startTestRedis } from '@gradewire/local-redis/testing';
import { expect, it } from 'vitest';
import { connectRedis } from '../redis/connection.ts';
import { Wakes } from './wakes.ts';

it('wakes other processes, each platform at most once a second', async () => {
  await using server = await startTestRedis();
  const redis = connectRedis(server.url, 'patient');
  let now = 0;
  await using sender = new Wakes({ redis, now: () => now });
  await using receiver = new Wakes({ redis });
  const heard: string[] = [];
  await receiver.subscribe((platformId) => heard.push(platformId));

  await sender.publish('a');
  await sender.publish('a');
  await sender.publish('b');
  now = 1_000;
  await sender.publish('a');
  await expect.poll(() => heard).toEqual(['a', 'b', 'a']);
  redis.disconnect();
});
