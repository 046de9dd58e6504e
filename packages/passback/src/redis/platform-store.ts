import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Platform } from '../platform.ts';
import { alignEventsWanted } from './events-wanted.ts';
import { globalKey, platformKey } from './keys.ts';
import { Script } from './script.ts';

/** The platforms of one issuer and client, each with its deployments; none given stands for any. */
const claimScript = new Script(`
local function overlap(a, b)
  if #a == 0 or #b == 0 then return true end
  local known = {}
  for _, id in ipairs(a) do known[id] = true end
  for _, id in ipairs(b) do if known[id] then return true end end
  return false
end
local mine = cjson.decode(ARGV[2])
local time = redis.call('TIME')
local claims = redis.call('HGETALL', KEYS[1])
for i = 1, #claims, 2 do
  local claim = claims[i] ~= ARGV[1] and cjson.decode(claims[i + 1])
  if claim and overlap(mine, claim.deployments) then return {claims[i], claims[i + 1], time[1] - claim.at} end
end
redis.call('HSET', KEYS[1], ARGV[1], '{"at":' .. time[1] .. ',"deployments":' .. ARGV[2] .. '}')
return false
`);

const dropClaimScript = new Script(`
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0
`);

const deleteScript = new Script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 'notFound' end
if redis.call('ZCARD', ARGV[1]) > 0 then return 'undelivered' end
redis.call('DEL', KEYS[1], ARGV[2])
return 'deleted'
`);

/** A claim this old whose platform does not bear it out was left behind by a crash between the two writes. */
const CLAIM_SETTLES_SECONDS = 30;
const CACHE_LIFE_MS = 3_000;

/** The registered platforms. What `accept` relies on is the key `platform` of each; the rest here serves finding them. */
export class PlatformStore {
  readonly #redis: Redis;
  readonly #now: () => number;
  readonly #cacheLifeMs: number;
  readonly #cache = new Map<string, { platform: Platform; untilMs: number }>();

  constructor(options: { redis: Redis; now?: () => number; cacheLifeMs?: number }) {
    this.#redis = options.redis;
    this.#now = options.now ?? (() => performance.now());
    this.#cacheLifeMs = options.cacheLifeMs ?? CACHE_LIFE_MS;
  }

  /**
   * Creates or replaces a platform; a replaced one keeps its `createdAt`. Refused when another platform has the same issuer
   * and client, and deployments in common: which of the two a launch belongs to could not be told.
   */
  async put(platform: Platform): Promise<'created' | 'replaced' | { conflictWith: string }> {
    const conflictWith = await this.#claim(platform);
    if (conflictWith !== undefined) return { conflictWith };
    const former = await this.get(platform.id);
    const kept = former ? { ...platform, createdAt: former.createdAt } : platform;
    await this.#redis.zadd(globalKey('platforms'), 0, platform.id);
    // In the list first, and there for scores last: whoever registers a callback meanwhile finds it, or is found.
    if (!former) await alignEventsWanted(this.#redis, [platform.id]);
    await this.#redis.set(platformKey(platform.id, 'platform'), JSON.stringify(kept));
    this.#cache.delete(platform.id);
    if (former && registrationKey(former) !== registrationKey(platform)) {
      await this.#redis.hdel(registrationKey(former), platform.id);
    }
    return former ? 'replaced' : 'created';
  }

  async get(id: string): Promise<Platform | undefined> {
    const json = await this.#redis.get(platformKey(id, 'platform'));
    return json === null ? undefined : (JSON.parse(json) as Platform);
  }

  /** Like `get`, but up to a few seconds old: for what happens once per score. */
  async cached(id: string): Promise<Platform | undefined> {
    const known = this.#cache.get(id);
    if (known && this.#now() < known.untilMs) return known.platform;
    const platform = await this.get(id);
    if (platform) this.#cache.set(id, { platform, untilMs: this.#now() + this.#cacheLifeMs });
    else this.#cache.delete(id);
    return platform;
  }

  /** By id; with `among`, of these only. A page may be shorter than `limit` although more follow. */
  async list(options: {
    cursor?: string;
    limit: number;
    among?: readonly string[];
  }): Promise<{ data: Platform[]; nextCursor?: string }> {
    const { cursor = '', limit, among } = options;
    const from = cursor === '' ? '-' : `(${cursor}`;
    const ids = among
      ? among
          .filter((id) => id > cursor)
          .toSorted()
          .slice(0, limit)
      : await this.#redis.zrangebylex(globalKey('platforms'), from, '+', 'LIMIT', 0, limit);
    const platforms = await Promise.all(ids.map((id) => this.get(id)));
    const last = ids.length === limit ? ids.at(-1) : undefined;
    return {
      data: platforms.filter((platform) => platform !== undefined),
      ...(last === undefined ? {} : { nextCursor: last }),
    };
  }

  /**
   * The platform that a launch is of. Undefined also when there are several, of which only the deployment could tell one, and
   * none is named.
   */
  async find(registration: {
    issuer: string;
    clientId: string;
    deploymentId?: string | undefined;
  }): Promise<Platform | undefined> {
    const { deploymentId } = registration;
    const key = registrationKey(registration);
    const ids = await this.#redis.hkeys(key);
    const found = await Promise.all(ids.map((id) => this.get(id)));
    const fitting = found.filter((platform) => {
      // A claim of a platform that was not written, or is another by now, was left behind by a crash.
      if (!platform || registrationKey(platform) !== key) return false;
      return deploymentId === undefined || (platform.deploymentIds?.includes(deploymentId) ?? true);
    });
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /** Refuses while scores are undelivered; after it no further score is accepted. */
  async delete(id: string): Promise<'deleted' | 'notFound' | 'undelivered'> {
    const former = await this.get(id);
    const key = platformKey(id, 'platform');
    const result = (await deleteScript.run(this.#redis, key, [
      platformKey(id, 'undelivered'),
      platformKey(id, 'events-wanted'),
    ])) as 'deleted';
    if (result !== 'deleted') return result;
    this.#cache.delete(id);
    await this.#redis.zrem(globalKey('platforms'), id);
    if (former) await this.#redis.hdel(registrationKey(former), id);
    return result;
  }

  /** Takes the platform's registration, or names the platform that has it. */
  async #claim(platform: Platform): Promise<string | undefined> {
    const key = registrationKey(platform);
    const deployments = JSON.stringify(platform.deploymentIds ?? []);
    for (;;) {
      const found = await claimScript.run(this.#redis, key, [platform.id, deployments]);
      if (found === null) return undefined;
      const [id, claim, ageSeconds] = found as [string, string, number];
      const other = await this.get(id);
      const isReal = other && registrationKey(other) === key && overlaps(other, platform);
      if (isReal || ageSeconds < CLAIM_SETTLES_SECONDS) return id;
      await dropClaimScript.run(this.#redis, key, [id, claim]);
    }
  }
}

function registrationKey({ issuer, clientId }: Pick<Platform, 'issuer' | 'clientId'>): string {
  const name = createHash('sha256')
    .update(JSON.stringify([issuer, clientId]))
    .digest('base64url');
  return globalKey('registration', name.slice(0, 22));
}

function overlaps(a: Platform, b: Platform): boolean {
  const [some = [], others = []] = [a.deploymentIds, b.deploymentIds];
  return some.length === 0 || others.length === 0 || some.some((id) => others.includes(id));
}
