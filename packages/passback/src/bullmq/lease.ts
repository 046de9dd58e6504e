import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Script } from '../redis/script.ts';

const releaseScript = new Script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);

/**
 * Takes a lease so that one process at a time does a thing that all could. Returns its release, or undefined when another
 * has it. It guards effort, not correctness: what runs under it must be harmless done twice.
 */
export async function takeLease(
  redis: Redis,
  key: string,
  lifeMs: number,
): Promise<(() => Promise<void>) | undefined> {
  const token = randomUUID();
  if ((await redis.set(key, token, 'PX', Math.ceil(lifeMs), 'NX')) !== 'OK') return undefined;
  return async () => {
    await releaseScript.run(redis, key, [token]);
  };
}
