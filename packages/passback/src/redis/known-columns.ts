import type { Redis } from 'ioredis';
import { columnKeyOf } from '../cell.ts';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';
import { follow } from './scripts/follow.ts';

/** What is remembered of a gradebook column. */
export interface KnownColumn {
  /** Gradewire made it. */
  created: boolean;
  /** How many students have had scores delivered to it. */
  delivered: number;
  /** Label and maximum when it was last found, made or changed by Gradewire. */
  label?: string;
  scoreMaximum?: number;
  /** The line item that was adopted in its place. */
  replacedBy?: string;
}

/** ARGV: what the keys of columns begin with, columns. Returns per column {created, delivered, label, maximum, url adopted}. */
const factsScript = new Script(`${follow}
local rows = {}
for i = 2, #ARGV do
  local row = redis.call('HMGET', ARGV[1] .. ARGV[i], 'created', 'delivered', 'label', 'scoreMaximum')
  local at = follow(ARGV[1], ARGV[i])
  row[5] = at ~= ARGV[i] and redis.call('HGET', ARGV[1] .. at, 'url')
  rows[#rows + 1] = row
end
return rows
`);

/** ARGV: what the keys of columns begin with, retention ms, column, url, label, maximum, the columns it takes the place of. */
const adoptScript = new Script(`
local key = ARGV[1] .. ARGV[3]
redis.call('HSET', key, 'url', ARGV[4], 'label', ARGV[5], 'scoreMaximum', ARGV[6])
redis.call('HDEL', key, 'replacedBy')
redis.call('PEXPIRE', key, ARGV[2])
for i = 7, #ARGV do
  redis.call('HSET', ARGV[1] .. ARGV[i], 'replacedBy', ARGV[3])
  redis.call('PEXPIRE', ARGV[1] .. ARGV[i], ARGV[2])
end
return #ARGV - 6
`);

/** ARGV: what the keys of columns begin with, column, label, maximum. */
const changeScript = new Script(`
local key = ARGV[1] .. ARGV[2]
if redis.call('HEXISTS', key, 'url') == 0 then return 0 end
redis.call('HSET', key, 'label', ARGV[3], 'scoreMaximum', ARGV[4])
return 1
`);

const SCAN_COUNT = 1_000;

/** What is remembered of platforms' gradebook columns, and which of several stands for all of them. */
export class KnownColumns {
  readonly #redis: Redis;
  readonly #retentionMs: number;

  /** `retentionMs` is counted from the last use. */
  constructor(options: { redis: Redis; retentionMs: number }) {
    this.#redis = options.redis;
    this.#retentionMs = options.retentionMs;
  }

  /** In the order of the URLs. Of a column that was never used nothing is remembered. */
  async many(platformId: string, lineItemUrls: readonly string[]): Promise<KnownColumn[]> {
    if (lineItemUrls.length === 0) return [];
    const rows = (await this.#run(factsScript, platformId, lineItemUrls.map(columnKeyOf))) as (
      | string
      | null
    )[][];
    return rows.map(([created, delivered, label, maximum, adopted]) => ({
      created: created === '1',
      delivered: Number(delivered ?? 0),
      ...(label != null && { label }),
      ...(maximum != null && { scoreMaximum: Number(maximum) }),
      ...(adopted != null && { replacedBy: adopted }),
    }));
  }

  /**
   * From now on scores that name a resource (not those that name a line item) go to this one where they would have gone to
   * one of the others, the waiting ones included. Undone by adopting another.
   */
  async adopt(
    platformId: string,
    { url, label, scoreMaximum }: { url: string; label: string; scoreMaximum: number },
    insteadOf: readonly string[],
  ): Promise<void> {
    const column = columnKeyOf(url);
    const others = insteadOf.map(columnKeyOf).filter((other) => other !== column);
    await this.#run(adoptScript, platformId, [
      this.#retentionMs,
      column,
      url,
      label,
      scoreMaximum,
      ...others,
    ]);
  }

  /** Takes note of what a column is called and worth by now. */
  async changed(
    platformId: string,
    { url, label, scoreMaximum }: { url: string; label: string; scoreMaximum: number },
  ): Promise<void> {
    await this.#run(changeScript, platformId, [columnKeyOf(url), label, scoreMaximum]);
  }

  /**
   * The column is no more: what stands for it is looked up anew. Waiting scores for it are looked up too, when their turn
   * comes. What was adopted in its place stays so.
   */
  async drop(platformId: string, lineItemUrl: string): Promise<void> {
    const key = platformKey(platformId, 'column', columnKeyOf(lineItemUrl));
    await this.#redis.hdel(key, 'url', 'label', 'scoreMaximum', 'created', 'delivered');
  }

  /** How many scores wait to be sent to a column. */
  async waiting(platformId: string, lineItemUrl: string): Promise<number> {
    const match = `${columnKeyOf(lineItemUrl)}.*`;
    const cells = new Set<string>();
    let cursor = '0';
    do {
      const key = platformKey(platformId, 'undelivered');
      const [next, found] = await this.#redis.zscan(key, cursor, 'MATCH', match, 'COUNT', SCAN_COUNT);
      for (let i = 0; i < found.length; i += 2) cells.add(found[i]!);
      cursor = next;
    } while (cursor !== '0');
    return cells.size;
  }

  #run(script: Script, platformId: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    const columns = `${platformKey(platformId, 'column')}:`;
    return script.run(this.#redis, platformKey(platformId, 'platform'), [columns, ...args]);
  }
}
