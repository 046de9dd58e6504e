import type { Redis } from 'ioredis';
import { columnKeyOf } from '../cell.ts';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';
import { follow } from './scripts/follow.ts';

/** The line item behind a column: `created` by us, or found. */
export interface ColumnFacts {
  url: string;
  label: string;
  scoreMaximum: number;
  created: boolean;
}

export interface BoundColumn {
  column: string;
  url: string;
}

/** ARGV: what the keys of columns begin with, retention ms, key of the URL used before. Returns {column, url, used before}. */
const findScript = new Script(`${follow}
local bound = redis.call('GET', KEYS[1])
local before = redis.call('GET', ARGV[3])
if not bound then return {false, false, before} end
local column = follow(ARGV[1], bound)
local url = redis.call('HGET', ARGV[1] .. column, 'url')
if not url then return {false, false, before} end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if column ~= bound then redis.call('PEXPIRE', ARGV[1] .. bound, ARGV[2]) end
return {column, url, before}
`);

/**
 * ARGV: what the keys of columns begin with, retention ms, lock key, fence, column, url, created, label, score maximum.
 * One who lost its lock does not take the place of who came after it. Returns the column that the alias is bound to, and the
 * one that it stands for with its URL.
 */
const bindScript = new Script(`${follow}
local function write(column)
  local key = ARGV[1] .. column
  redis.call('HSET', key, 'url', ARGV[6], 'label', ARGV[8], 'scoreMaximum', ARGV[9])
  if ARGV[7] == '1' then redis.call('HSET', key, 'created', '1') else redis.call('HSETNX', key, 'created', '0') end
  redis.call('PEXPIRE', key, ARGV[2])
end
local present = redis.call('GET', KEYS[1])
local url = present and redis.call('HGET', ARGV[1] .. present, 'url')
local bound = ARGV[5]
if url and present ~= bound and redis.call('GET', ARGV[3]) ~= ARGV[4] then
  bound = present
else
  write(bound)
  redis.call('SET', KEYS[1], bound, 'PX', ARGV[2])
end
local column = follow(ARGV[1], bound)
return {bound, column, redis.call('HGET', ARGV[1] .. column, 'url')}
`);

/** ARGV: what the keys of columns begin with, retention ms, column, url. Returns the column that it stands for, and its URL. */
const pointScript = new Script(`${follow}
redis.call('HSETNX', ARGV[1] .. ARGV[3], 'url', ARGV[4])
redis.call('PEXPIRE', ARGV[1] .. ARGV[3], ARGV[2])
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
local column = follow(ARGV[1], ARGV[3])
return {column, redis.call('HGET', ARGV[1] .. column, 'url')}
`);

/**
 * ARGV: what the keys of columns begin with, retention ms, key of the URL used before, column or '' for any. One that was
 * adopted in place of another is not any more.
 */
const forgetScript = new Script(`${follow}
local bound = redis.call('GET', KEYS[1])
if not bound then return 0 end
local column = follow(ARGV[1], bound)
if ARGV[4] ~= '' and ARGV[4] ~= column then return 0 end
local at = bound
for _ = 1, 8 do
  local other = at ~= column and redis.call('HGET', ARGV[1] .. at, 'replacedBy')
  if not other then break end
  if other == column then redis.call('HDEL', ARGV[1] .. at, 'replacedBy') end
  at = other
end
local url = redis.call('HGET', ARGV[1] .. column, 'url')
if url then redis.call('SET', ARGV[3], url, 'PX', ARGV[2]) end
return redis.call('DEL', KEYS[1])
`);

/**
 * Which column each alias (a target that names a resource) stands for: the one it is bound to, or the one that was adopted in
 * place of that.
 */
export class ColumnStore {
  readonly #redis: Redis;
  readonly #retentionMs: number;

  /** `retentionMs` is counted from the last use. */
  constructor(options: { redis: Redis; retentionMs: number }) {
    this.#redis = options.redis;
    this.#retentionMs = options.retentionMs;
  }

  /** The column an alias stands for; `usedBefore` is the URL it stood for until it was forgotten. */
  async find(platformId: string, alias: string): Promise<{ bound?: BoundColumn; usedBefore?: string }> {
    const [column, url, before] = (await this.#run(findScript, platformId, alias, [
      beforeKey(platformId, alias),
    ])) as (string | null)[];
    return { ...(column && url && { bound: { column, url } }), ...(before && { usedBefore: before }) };
  }

  /**
   * Binds an alias under a lock. What it stands for then is returned: another column when one was adopted, or, `lost`, when
   * the lock was lost meanwhile.
   */
  async bind(
    platformId: string,
    alias: string,
    lock: { key: string; fence: string },
    { url, label, scoreMaximum, created }: ColumnFacts,
  ): Promise<BoundColumn & { lost: boolean }> {
    const args = [lock.key, lock.fence, columnKeyOf(url), url, created ? '1' : '0', label, scoreMaximum];
    const [bound, column, boundUrl] = (await this.#run(bindScript, platformId, alias, args)) as [
      string,
      string,
      string,
    ];
    return { column, url: boundUrl, lost: bound !== columnKeyOf(url) };
  }

  /** Has an alias stand for a line item that needed no looking for, or for the one that was adopted in its place. */
  async point(platformId: string, alias: string, lineItemUrl: string): Promise<BoundColumn> {
    const args = [columnKeyOf(lineItemUrl), lineItemUrl];
    const [column, url] = (await this.#run(pointScript, platformId, alias, args)) as [string, string];
    return { column, url };
  }

  /** Forgets what an alias stands for; with `column`, only if it stands for that one still. */
  async forget(platformId: string, alias: string, column = ''): Promise<void> {
    await this.#run(forgetScript, platformId, alias, [beforeKey(platformId, alias), column]);
  }

  async #run(
    script: Script,
    platformId: string,
    alias: string,
    args: ReadonlyArray<string | number>,
  ): Promise<unknown> {
    const columns = `${platformKey(platformId, 'column')}:`;
    const key = platformKey(platformId, 'alias', alias);
    return await script.run(this.#redis, key, [columns, this.#retentionMs, ...args]);
  }
}

function beforeKey(platformId: string, alias: string): string {
  return platformKey(platformId, 'alias-before', alias);
}
