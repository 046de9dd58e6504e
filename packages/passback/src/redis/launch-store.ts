import type { Redis } from 'ioredis';
import { type Launch, type LaunchNews, platformOfLaunch } from '../launch.ts';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';

/**
 * ARGV: kept ms, launched at ms, then name and value of each member. What the launch does not tell stays; one that is older
 * than the last one known fills gaps only. Returns all that is known then.
 */
const putScript = new Script(`
local known = tonumber(redis.call('HGET', KEYS[1], 'updatedAt') or '-1')
local write = tonumber(ARGV[2]) >= known and 'HSET' or 'HSETNX'
redis.call(write, KEYS[1], 'updatedAt', ARGV[2])
for i = 3, #ARGV, 2 do redis.call(write, KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return redis.call('HGETALL', KEYS[1])
`);

/** ARGV: kept ms. Written to only when a tenth of that has gone by, so that reading often costs no more than reading. */
const getScript = new Script(`
local kept = tonumber(ARGV[1])
if redis.call('PTTL', KEYS[1]) < kept * 0.9 then redis.call('PEXPIRE', KEYS[1], kept) end
return redis.call('HGETALL', KEYS[1])
`);

/** ARGV: line item URL, the one that was gone or ''. A launch that meanwhile named another one knows better. */
const learnScript = new Script(`
local known = redis.call('HGET', KEYS[1], 'lineItemUrl')
if redis.call('EXISTS', KEYS[1]) == 0 or (known and known ~= ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'lineItemUrl', ARGV[1])
return 1
`);

/** What is known of each platform's resource links. Kept for as long as cells are, from the last launch or use. */
export class LaunchStore {
  readonly #redis: Redis;
  readonly #cellRetentionMs: number;

  constructor(options: { redis: Redis; cellRetentionMs: number }) {
    this.#redis = options.redis;
    this.#cellRetentionMs = options.cellRetentionMs;
  }

  /** Takes in what a launch tells; what it leaves out and was known before stays. Returns what is known now. */
  async put({ id, platformId, updatedAt, scopes, ...rest }: LaunchNews): Promise<Launch> {
    const told = { ...rest, ...(scopes && { scopes: JSON.stringify(scopes) }) };
    const args = [this.#cellRetentionMs, updatedAt, ...Object.entries(told).flat()];
    const flat = await putScript.run(this.#redis, launchKey(platformId, id), args);
    return launchOf(id, platformId, flat as string[])!;
  }

  /** Undefined also for a launch of another platform. */
  async get(platformId: string, launchId: string): Promise<Launch | undefined> {
    if (platformOfLaunch(launchId) !== platformId) return undefined;
    const flat = await getScript.run(this.#redis, launchKey(platformId, launchId), [this.#cellRetentionMs]);
    return launchOf(launchId, platformId, flat as string[]);
  }

  /** Takes in the line item that was found, or made, for a launch that named none; or in place of one that is gone. */
  async learn(platformId: string, launchId: string, lineItemUrl: string, gone = ''): Promise<void> {
    await learnScript.run(this.#redis, launchKey(platformId, launchId), [lineItemUrl, gone]);
  }
}

function launchKey(platformId: string, launchId: string): string {
  return platformKey(platformId, 'launch', launchId);
}

function launchOf(id: string, platformId: string, flat: readonly string[]): Launch | undefined {
  if (flat.length === 0) return undefined;
  const fields = Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : [])));
  const { updatedAt, scopes, ...rest } = fields;
  return {
    id,
    platformId,
    ...rest,
    scopes: scopes ? (JSON.parse(scopes) as string[]) : [],
    updatedAt: Number(updatedAt),
  };
}
