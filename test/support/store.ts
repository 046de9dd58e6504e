import { Redis } from 'ioredis';

/** The attacker's own connection to the store. */
export function openStore(url: string): { redis: Redis } & AsyncDisposable {
  const redis = new Redis(url);
  redis.on('error', () => undefined);
  return { redis, [Symbol.asyncDispose]: async () => redis.disconnect() };
}

/** The names of all keys that begin so; braces are taken as they are. */
export async function keysOf(redis: Redis, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (let cursor = '0'; ; ) {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    keys.push(...found);
    if (next === '0') return keys;
    cursor = next;
  }
}
