import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { globalKey } from './keys.ts';
import { Script } from './script.ts';

/** Requests may come this much early, so that a late caller does not lose its turn: a burst of rate x 50 ms at most. */
const TOLERANCE_MS = 50;
/** When no turn can be foreseen (one in flight has to end first). */
const ASK_AGAIN_MS = 50;
const KEPT_MS = 60_000;
/** Canvas' bucket: what a request reserves when it begins, and what leaks back each second (request_throttle.rb). */
const RESERVED_PER_REQUEST = 50;
const REFILL_PER_SECOND = 10;

/**
 * KEYS: the bucket. ARGV: its in-flight set, member, concurrency or 0, us between requests or 0, lease ms.
 * Times are in microseconds, which Lua's doubles hold exactly. Returns 0 when granted, else the ms to wait.
 */
const acquireScript = new Script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number) return string.format('%.0f', number) end
local concurrency, interval, leaseMs = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local b = redis.call('HMGET', KEYS[1], 'holdUntil', 'nextAt', 'remaining', 'observedAt')

local held = tonumber(b[1] or 0) * 1000 - now
if held > 0 then return math.ceil(held / 1000) end

if b[3] then
  local remaining = tonumber(b[3]) + (now - tonumber(b[4])) / 1000000 * ${REFILL_PER_SECOND}
  local lacking = ${RESERVED_PER_REQUEST} - remaining
  if lacking > 0 then return math.ceil(lacking / ${REFILL_PER_SECOND} * 1000) end
  local fitting = math.floor(remaining / ${RESERVED_PER_REQUEST})
  if concurrency == 0 or fitting < concurrency then concurrency = fitting end
end
redis.call('ZREMRANGEBYSCORE', ARGV[1], '-inf', text(now))
if concurrency > 0 and redis.call('ZCARD', ARGV[1]) >= concurrency then return ${ASK_AGAIN_MS} end

if interval > 0 then
  local due = tonumber(b[2] or 0)
  local early = due - now - ${TOLERANCE_MS * 1000}
  if early > 0 then return math.ceil(early / 1000) end
  redis.call('HSET', KEYS[1], 'nextAt', text(math.max(due, now) + interval))
end
redis.call('ZADD', ARGV[1], text(now + leaseMs * 1000), ARGV[2])
local keptMs = math.max(leaseMs, ${KEPT_MS})
redis.call('PEXPIRE', ARGV[1], keptMs)
if redis.call('PTTL', KEYS[1]) < keptMs then redis.call('PEXPIRE', KEYS[1], keptMs) end
return 0
`);

/** ARGV: the in-flight set, member, us between requests or 0. The rate gets back what was granted and not asked for. */
const giveBackScript = new Script(`
if redis.call('ZREM', ARGV[1], ARGV[2]) == 0 or ARGV[3] == '0' then return 0 end
local due = redis.call('HGET', KEYS[1], 'nextAt')
if due then redis.call('HSET', KEYS[1], 'nextAt', string.format('%.0f', due - ARGV[3])) end
return 1
`);

/** ARGV: until, epoch ms. A hold only grows. */
const holdScript = new Script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local untilMs = math.max(tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'holdUntil') or 0))
if untilMs <= now then return 0 end
redis.call('HSET', KEYS[1], 'holdUntil', string.format('%.0f', untilMs))
redis.call('PEXPIRE', KEYS[1], untilMs - now + ${KEPT_MS})
return 1
`);

/** ARGV: what is left of the platform's bucket. */
const observeScript = new Script(`
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'remaining', ARGV[1], 'observedAt', string.format('%.0f', time[1] * 1000000 + time[2]))
if redis.call('PTTL', KEYS[1]) < ${KEPT_MS} then redis.call('PEXPIRE', KEYS[1], ${KEPT_MS}) end
return 1
`);

export interface AcquireOptions {
  /** What shares the budget: a platform's `limitGroup`. */
  group: string;
  /** Requests in flight at once; absent: no limit. */
  concurrency?: number;
  /** Absent: no limit. */
  ratePerSecond?: number;
  /** After this a request that was never released counts no more: longer than one may take. */
  leaseMs: number;
}

export type Acquired =
  | { ok: true; release(how?: { unused: boolean }): Promise<void> }
  | { ok: false; retryInMs: number };

/**
 * What all processes together may ask of the platforms of one limit group: how many requests at once, how many per second,
 * and nothing at all while the platform throttles. It counts requests, not jobs, since one job may make several.
 */
export class RequestBudget {
  readonly #redis: Redis;

  constructor(options: { redis: Redis }) {
    this.#redis = options.redis;
  }

  /**
   * Asks for one request. Granted: `release` when its answer is there, or `unused` when it was not sent after all. Else ask
   * again after `retryInMs`.
   */
  async acquire(options: AcquireOptions): Promise<Acquired> {
    const { group, concurrency = 0, ratePerSecond, leaseMs } = options;
    const member = randomUUID();
    const intervalUs = ratePerSecond === undefined ? 0 : Math.ceil(1_000_000 / ratePerSecond);
    const retryInMs = (await acquireScript.run(this.#redis, bucketKey(group), [
      inFlightKey(group),
      member,
      concurrency,
      intervalUs,
      leaseMs,
    ])) as number;
    if (retryInMs > 0) return { ok: false, retryInMs };
    return {
      ok: true,
      release: async ({ unused } = { unused: false }) => {
        if (unused) {
          await giveBackScript.run(this.#redis, bucketKey(group), [inFlightKey(group), member, intervalUs]);
        } else await this.#redis.zrem(inFlightKey(group), member);
      },
    };
  }

  /** Grants nothing to the group until then (epoch ms). A hold that ends later already stays. */
  async hold(group: string, untilMs: number): Promise<void> {
    await holdScript.run(this.#redis, bucketKey(group), [Math.ceil(untilMs)]);
  }

  /** Told what an answer said is left (Canvas: `X-Rate-Limit-Remaining`), the budget takes fewer at once when little is. */
  async observe(group: string, remaining: number): Promise<void> {
    await observeScript.run(this.#redis, bucketKey(group), [remaining]);
  }
}

function bucketKey(group: string): string {
  return globalKey('budget', `{${group}}`, 'bucket');
}

function inFlightKey(group: string): string {
  return globalKey('budget', `{${group}}`, 'in-flight');
}
