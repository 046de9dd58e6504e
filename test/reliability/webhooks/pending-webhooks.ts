import type { Redis } from 'ioredis';
import { keysOf } from '../../support/store.ts';

const pending = 'gw:webhooks-pending';

const agingScript = `
local entries = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #entries, 2 do redis.call('ZADD', KEYS[1], string.format('%.3f', tonumber(entries[i + 1]) - tonumber(ARGV[1])), entries[i]) end
`;

/** Makes claims on webhooks, and what is to be tried again, older, as if so much time had passed. */
export async function agePending(redis: Redis, ms: number): Promise<void> {
  await redis.eval(agingScript, 1, pending, ms);
}

/** Whether no webhook of any platform is to be worked through, now or later. */
export async function isIdle(redis: Redis): Promise<boolean> {
  return (await redis.exists(pending)) === 0;
}

/** Webhooks that are to be worked through, now or later. `unborn`: listed for a minute, and never kept, as nobody was answered. */
export async function pendingWebhooks(
  redis: Redis,
  platformId: string,
): Promise<{ kept: number; unborn: number }> {
  const ids = await redis.zrange(pending, '0', '-1');
  const there = await Promise.all(ids.map((id) => redis.exists(`gw:{${platformId}}:webhook:${id}`)));
  const kept = there.filter((one) => one === 1).length;
  return { kept, unborn: ids.length - kept };
}

/** What Redis still has of webhooks of a platform that are all done: lists of those that are not, and bodies. */
export async function leftovers(redis: Redis, platformId: string): Promise<string[]> {
  const lists = [
    ...(await keysOf(redis, `gw:{${platformId}}:webhooks-unread:`)),
    ...(await keysOf(redis, `gw:{${platformId}}:webhooks-unmatched`)),
  ];
  const records = await keysOf(redis, `gw:{${platformId}}:webhook:`);
  const kept = await Promise.all(
    records.map(async (key) => {
      const fields = await redis.hkeys(key);
      const left = fields.filter((field) => /^(body|unmatched|retryAt|left:.*)$/.test(field));
      return left.length === 0 ? [] : [`${key} still has ${left.join(', ')}`];
    }),
  );
  return [...lists.map((key) => `${key} is not empty`), ...kept.flat()];
}
