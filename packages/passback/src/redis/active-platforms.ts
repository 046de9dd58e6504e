import type { Redis } from 'ioredis';
import { globalKey, platformKey } from './keys.ts';
import { Script } from './script.ts';

const mark = new Script(`
local time = redis.call('TIME')
return redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
`);

const retire = new Script(`
local time = redis.call('TIME')
local marked = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not marked then return 1 end
if tonumber(marked) + tonumber(ARGV[2]) > time[1] * 1000 + math.floor(time[2] / 1000) then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
`);

/** A mark is good for this long: an accept that follows it is over by then. */
const markLifeMs = 60_000;

/**
 * The platforms that may have undelivered cells, so that workers need not look at all that are registered. It lies in
 * another slot than the cells, so no script covers both: a platform is marked before its scores are accepted, and is taken
 * out only when its mark is a minute old, nothing is undelivered and nothing is to be told.
 */
export class ActivePlatforms {
  readonly #redis: Redis;
  readonly #now: () => number;
  readonly #markLifeMs: number;
  readonly #marked = new Map<string, number>();

  /** `now` is monotonic ms; it only spares marks that this process made in the last half of their life. */
  constructor(options: { redis: Redis; now?: () => number; markLifeMs?: number }) {
    this.#redis = options.redis;
    this.#now = options.now ?? (() => performance.now());
    this.#markLifeMs = options.markLifeMs ?? markLifeMs;
  }

  /** Call before `accept` or `replay`. */
  async add(platformId: string): Promise<void> {
    const marked = this.#marked.get(platformId);
    if (marked !== undefined && this.#now() - marked < this.#markLifeMs / 2) return;
    const at = this.#now();
    await mark.run(this.#redis, globalKey('active'), [platformId]);
    this.#marked.set(platformId, at);
  }

  async list(): Promise<string[]> {
    return this.#redis.zrange(globalKey('active'), '0', '-1');
  }

  /** Takes the platform out when nothing of it is undelivered or to be told. True when it is out. */
  async retireIfIdle(platformId: string): Promise<boolean> {
    if (!(await this.#isIdle(platformId))) return false;
    const out = await retire.run(this.#redis, globalKey('active'), [platformId, this.#markLifeMs]);
    if (out === 0) return false;
    this.#marked.delete(platformId);
    if (await this.#isIdle(platformId)) return true;
    await this.add(platformId);
    return false;
  }

  async #isIdle(platformId: string): Promise<boolean> {
    const [undelivered, events] = await Promise.all([
      this.#redis.zcard(platformKey(platformId, 'undelivered')),
      this.#redis.xlen(platformKey(platformId, 'events')),
    ]);
    return undelivered === 0 && events === 0;
  }
}
