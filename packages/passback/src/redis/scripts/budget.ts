/**
 * The scripts of a limit group's budget. KEYS[1] is its bucket. Times are in microseconds, which Lua's doubles hold exactly,
 * but for `holdUntil`, which is in ms.
 * The bucket's epoch grows with each refusal that taught something; of a request granted in an earlier one nothing more is
 * learnt. A pace is `rate` at `from`, growing by e^(growth x seconds) from then on.
 */
const prelude = `
local bucket = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function text(number) return string.format('%.0f', number) end
local function paceOf(rate, growth, from)
  return rate * math.exp(math.min(50, growth * math.max(0, now - from) / 1000000))
end
local function keep(ms)
  if redis.call('PTTL', bucket) < ms then redis.call('PEXPIRE', bucket, ms) end
end
local function inFlight(key)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now))
  return redis.call('ZCARD', key)
end
`;

/** A request that comes late may be made up for by so much, so that the rate is used: a burst of rate x 50 ms at most. */
const LATE_US = 50_000;
/** When no turn can be foreseen (one in flight has to end first). */
const ASK_AGAIN_MS = 50;
/** For so long the first request of a group is alone, unless it is answered sooner. */
const ALONE_MS = 1_000;
const KEPT_MS = 60_000;
/** What a group was served before such a pause tells nothing of its rate. */
const IDLE_US = 60_000_000;
/** A pace is forgotten so long after the last refusal. */
const PACE_KEPT_MS = 600_000;
/** Canvas' bucket: what a request reserves when it begins, and what leaks back each second (request_throttle.rb). */
const RESERVED_PER_REQUEST = 50;
const REFILL_PER_SECOND = 10;

/**
 * ARGV: the in-flight set, member, concurrency or 0, us between requests or 0, lease ms, '1' when the platform tells what
 * is left of its bucket. Returns {ms to wait, or 0 when granted; the epoch; us that it took of the rate}.
 */
export const acquireScript = `${prelude}
local concurrency, interval, leaseMs, tells = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6] == '1'
local b = redis.call('HMGET', bucket, 'holdUntil', 'nextAt', 'remaining', 'observedAt', 'epoch', 'rate', 'growth', 'from',
  'answered', 'aloneUntil')
local holdUntil, due = tonumber(b[1] or 0) * 1000, tonumber(b[2] or 0)

if holdUntil > now then return {math.ceil((holdUntil - now) / 1000), 0, 0} end

if b[3] then
  local remaining = tonumber(b[3]) + (now - tonumber(b[4])) / 1000000 * ${REFILL_PER_SECOND}
  local lacking = ${RESERVED_PER_REQUEST} - remaining
  if lacking > 0 then return {math.ceil(lacking / ${REFILL_PER_SECOND} * 1000), 0, 0} end
  local fitting = math.floor(remaining / ${RESERVED_PER_REQUEST})
  if concurrency == 0 or fitting < concurrency then concurrency = fitting end
end
-- Others may have emptied its bucket: one request finds out, not as many as may go at once.
local first = tells and not b[3] and not b[9]
if first and tonumber(b[10] or 0) > now then return {${ASK_AGAIN_MS}, 0, 0} end

if concurrency > 0 and inFlight(ARGV[1]) >= concurrency then return {${ASK_AGAIN_MS}, 0, 0} end

local late = ${LATE_US}
if b[6] then
  local learnt = 1000000 / paceOf(tonumber(b[6]), tonumber(b[7]), tonumber(b[8]))
  if learnt > interval then
    -- The platform's bucket may be as small as one request: after a pause nothing is made up for.
    interval, late = learnt, now - due > learnt and 0 or math.min(late, learnt / 4)
  end
end
if interval > 0 then
  if due > now then return {math.ceil((due - now) / 1000), 0, 0} end
  redis.call('HSET', bucket, 'nextAt', text(math.max(due, now - late) + interval))
end
if first then redis.call('HSET', bucket, 'aloneUntil', text(now + ${ALONE_MS} * 1000)) end
if b[5] then
  local idle = b[6] and now - math.max(due, holdUntil) > ${IDLE_US}
  if idle then redis.call('HSET', bucket, 'since', text(now), 'granted', 0) end
  redis.call('HINCRBY', bucket, 'granted', 1)
end
redis.call('ZADD', ARGV[1], text(now + leaseMs * 1000), ARGV[2])
local keptMs = math.max(leaseMs, ${KEPT_MS})
redis.call('PEXPIRE', ARGV[1], keptMs)
keep(keptMs)
return {0, tonumber(b[5] or 0), math.ceil(interval)}
`;

/** ARGV: the in-flight set, member. */
export const releaseScript = `${prelude}
redis.call('HSETNX', bucket, 'answered', 1)
redis.call('HDEL', bucket, 'aloneUntil')
keep(${KEPT_MS})
return redis.call('ZREM', ARGV[1], ARGV[2])
`;

/** ARGV: the in-flight set, member, us that it took of the rate, its epoch. The group gets back what was not used. */
export const giveBackScript = `${prelude}
if redis.call('ZREM', ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('HDEL', bucket, 'aloneUntil')
local b = redis.call('HMGET', bucket, 'nextAt', 'epoch')
if b[1] then redis.call('HSET', bucket, 'nextAt', text(b[1] - ARGV[3])) end
if b[2] == ARGV[4] then redis.call('HINCRBY', bucket, 'granted', -1) end
return 1
`;

/**
 * ARGV: the in-flight set, the epoch of the refused request, ms to pause. The pause only grows. Returns what the refusal
 * teaches, or nothing: {epoch now} for a first one, else with {served, ms, pace} since the one before. Of many that were
 * in flight together the first counts; and when nothing was served in between, the pause was too short, not the pace too high.
 */
export const throttledScript = `${prelude}
local b = redis.call('HMGET', bucket, 'holdUntil', 'epoch', 'since', 'granted', 'rate', 'growth', 'from')
local holdUntil = math.max(math.ceil(now / 1000 + ARGV[3]), tonumber(b[1] or 0))
redis.call('HSET', bucket, 'holdUntil', text(holdUntil))
-- A pace does not grow while nothing is sent.
if b[5] then redis.call('HSET', bucket, 'from', text(holdUntil * 1000)) end
keep(math.ceil(holdUntil - now / 1000) + ${PACE_KEPT_MS})
if (b[2] or '0') ~= ARGV[2] then return nil end
local seen = {}
if b[2] then
  local served = tonumber(b[4]) - 1 - inFlight(ARGV[1])
  if served <= 0 then
    redis.call('HINCRBY', bucket, 'granted', -1)
    return nil
  end
  local pace = b[5] and paceOf(tonumber(b[5]), tonumber(b[6]), tonumber(b[7])) or 0
  seen = {text(served), text((now - b[3]) / 1000), tostring(pace)}
end
redis.call('HSET', bucket, 'since', text(now), 'granted', 0)
return {redis.call('HINCRBY', bucket, 'epoch', 1), unpack(seen)}
`;

/** ARGV: the epoch that the pace was learnt for, rate per second, growth per second. It begins when the pause ends. */
export const learnScript = `${prelude}
local b = redis.call('HMGET', bucket, 'epoch', 'holdUntil')
if b[1] ~= ARGV[1] then return 0 end
redis.call('HSET', bucket, 'rate', ARGV[2], 'growth', ARGV[3], 'from', text(b[2] * 1000))
return 1
`;

/** Returns the pace in force, per second, or nothing. */
export const paceScript = `${prelude}
local b = redis.call('HMGET', bucket, 'rate', 'growth', 'from')
return b[1] and tostring(paceOf(tonumber(b[1]), tonumber(b[2]), tonumber(b[3])))
`;

/** ARGV: what is left of the platform's bucket. */
export const observeScript = `${prelude}
redis.call('HSET', bucket, 'remaining', ARGV[1], 'observedAt', text(now))
keep(${KEPT_MS})
return 1
`;
