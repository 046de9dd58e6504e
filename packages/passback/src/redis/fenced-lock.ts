import type { Redis } from 'ioredis';
import { Script } from './script.ts';

/** ARGV: the counter of fences, life ms. */
const acquireScript = new Script(`
local life = redis.call('PTTL', KEYS[1])
if life > 0 then return {'', life} end
local fence = redis.call('INCR', ARGV[1])
redis.call('SET', KEYS[1], fence, 'PX', ARGV[2])
return {tostring(fence), 0}
`);

/** ARGV: fence, life ms. */
const extendScript = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/** ARGV: fence. */
const releaseScript = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** The lock is another's by now: what was done under it must not go on. */
export class LockLostError extends Error {
  override name = 'LockLostError';
}

/** A lock that ends by itself unless it is extended, and that knows whether it still holds. */
export interface FencedLock {
  /** Grows with every holder: a write under an older one can be told. */
  fence: string;
  /** @throws LockLostError when it had run out and was taken, or just ran out */
  extend(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock for `lifeMs`, or tells how long its holder may keep it unless it extends. `counterKey` lies in its slot. */
export async function takeFencedLock(
  redis: Redis,
  key: string,
  counterKey: string,
  lifeMs: number,
): Promise<FencedLock | { busyForMs: number }> {
  const [fence, busyForMs] = (await acquireScript.run(redis, key, [counterKey, lifeMs])) as [string, number];
  if (fence === '') return { busyForMs };
  return {
    fence,
    extend: async () => {
      if ((await extendScript.run(redis, key, [fence, lifeMs])) !== 1) throw new LockLostError(key);
    },
    release: async () => {
      await releaseScript.run(redis, key, [fence]);
    },
  };
}
