import { prelude } from './prelude.ts';

/**
 * Begins an attempt at a cell: the newest score, still wanted, not held, nobody else at it; takes the lease and fixes the
 * wire timestamp. Called again with its own fence it goes on with the lease it has (after a column was resolved, say).
 *
 * ARGV: clock shift, retention ms, cell retention ms, cell, fence or '', column or '', line item URL or '', lease ms,
 * wire step ms, probe '1' or '', crashes that bury a cell, least time between two deliveries to a cell ms.
 * Returns {kind, ...}; `post` and `resolve` hold the lease.
 */
export const beginScript = `${prelude}
local retention, cellRetention, place, fence, column, url = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local leaseMs, step, probe, crashLimit, pace = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12])

local lane = redis.call('HMGET', key('lane'), 'paused', 'holdReason', 'epoch')

-- Moves a cell's desired score to the cell of the column it is now known to belong to, by order.
local function merge(from, to)
  local source, target = key('cell', from), key('cell', to)
  local s = redis.call('HMGET', source, 'desired', 'order', 'seq', 'inFlight')
  local since = redis.call('ZSCORE', key('undelivered'), from)
  redis.call('ZREM', key('undelivered'), from)
  redis.call('HDEL', source, 'desired', 'order', 'seq', 'state', 'inFlight', 'leaseUntil', 'fence')
  clearAttempts(source)
  -- An alias stands for a column; once that is known it has nothing of its own to remember.
  if string.sub(from, 1, 1) == '~' then redis.call('DEL', source) else redis.call('PEXPIRE', source, cellRetention) end
  if not s[1] then return end
  redis.call('HSET', key('score', s[1]), 'cell', to)
  local t = redis.call('HMGET', target, 'desired', 'order', 'seq', 'delivered', 'deliveredOrder', 'deliveredSeq', 'inFlight', 'leaseUntil')
  local newest, order, seq = t[1] or t[4], t[2] or t[5], t[3] or t[6]
  if newest and older(s[2], s[3], order, seq) then return supersede(s[1], newest, 'NEWER_SCORE', retention) end
  local posting = t[1] and t[1] == t[7] and tonumber(t[8] or 0) > now
  if t[1] and not posting then supersede(t[1], s[1], 'NEWER_SCORE', retention) end
  redis.call('HSET', target, 'desired', s[1], 'order', s[2], 'seq', s[3])
  redis.call('HDEL', target, 'state')
  redis.call('PERSIST', target)
  clearAttempts(target)
  redis.call('ZADD', key('undelivered'), 'LT', since or now, to)
end

-- What holds for the cell that the attempt began at, before it is known where the score belongs.
local function mine(cell)
  return fence ~= '' and redis.call('HGET', key('cell', cell), 'fence') == fence
end

local stood, user = string.match(place, '^([^.]+)%.(.+)$')
local owned = mine(place)
if fence ~= '' and not owned then return {'lost'} end
if (lane[1] == '1' or lane[2]) and probe == '' and not owned then return {'held'} end

local known = column ~= '' and column or redis.call('GET', key('alias', stood))
if column ~= '' and url ~= '' then redis.call('HSETNX', key('column', column), 'url', url) end
if known and known ~= stood then
  merge(place, known .. '.' .. user)
  place, stood, owned = known .. '.' .. user, known, false
end

local cell = key('cell', place)
local fields = {'desired', 'order', 'seq', 'state', 'delivered', 'deliveredOrder', 'deliveredSeq', 'facts', 'wire', 'wireFor',
  'inFlight', 'leaseUntil', 'tries', 'firstFailureAt', 'heldBefore', 'nextAttemptAt', 'doubt', 'rechecked', 'crashes', 'wireAt'}
local values = redis.call('HMGET', cell, unpack(fields))
local c = {}
for i, name in ipairs(fields) do c[name] = values[i] end

local leased = tonumber(c.leaseUntil or 0)
if leased > now and not owned then return {'busy', text(leased - now), place} end
if c.leaseUntil and not owned then
  -- Whoever had the lease never settled: it may have posted.
  if c.inFlight then
    redis.call('HSET', cell, 'doubt', c.inFlight)
    c.doubt = c.inFlight
    if c.desired and c.inFlight ~= c.desired then supersede(c.inFlight, c.desired, 'NEWER_SCORE', retention) end
  end
  c.crashes = redis.call('HINCRBY', cell, 'crashes', 1)
  redis.call('HDEL', cell, 'leaseUntil', 'inFlight')
end
if not c.desired or c.state == 'dead' then
  redis.call('ZREM', key('undelivered'), place)
  return {'nothing', place}
end
local record = key('score', c.desired)
if c.delivered and older(c.order, c.seq, c.deliveredOrder, c.deliveredSeq) then
  supersede(c.desired, c.delivered, 'NEWER_SCORE', retention)
  redis.call('HDEL', cell, 'desired', 'order', 'seq', 'leaseUntil', 'inFlight')
  redis.call('ZREM', key('undelivered'), place)
  return {'nothing', place}
end
if tonumber(c.crashes or 0) >= crashLimit then
  redis.call('HSET', record, 'status', 'dead', 'reason', 'CRASHED', 'settledAt', text(now))
  redis.call('HSET', cell, 'state', 'dead')
  clearAttempts(cell)
  redis.call('ZADD', key('dead'), now, c.desired)
  redis.call('ZADD', key('dead', 'CRASHED'), now, c.desired)
  redis.call('SADD', key('dead-reasons'), 'CRASHED')
  redis.call('ZREM', key('undelivered'), place)
  return {'crashed', place, c.desired}
end
if not owned and probe == '' and c.nextAttemptAt and tonumber(c.nextAttemptAt) > now then
  return {'early', text(tonumber(c.nextAttemptAt) - now), place}
end

local line = redis.call('HGET', key('column', stood), 'url')
if line then
  -- Chosen once, when it may be sent, and the same on every retry.
  if c.wireFor ~= c.desired then
    local at = math.max(tonumber(c.order), c.wire and tonumber(c.wire) + step or 0)
    -- A burst of updates is two posts: the first at once, and the last of the others.
    local delivered = c.delivered and redis.call('HGET', key('score', c.delivered), 'settledAt')
    local from = math.max(at, delivered and tonumber(delivered) + pace or 0)
    if from > now then
      if owned then redis.call('HDEL', cell, 'leaseUntil', 'inFlight') end
      redis.call('HSET', cell, 'nextAttemptAt', text(from))
      return {'early', text(from - now), place}
    end
    c.wireAt = text(at)
    redis.call('HSET', cell, 'wireFor', c.desired, 'wireAt', c.wireAt, 'wire', c.wireAt)
  end
  redis.call('HSET', cell, 'inFlight', c.desired)
end
if owned then
  redis.call('HSET', cell, 'leaseUntil', text(now + leaseMs))
else
  fence = redis.call('HINCRBY', cell, 'fence', 1)
  redis.call('HSET', cell, 'leaseUntil', text(now + leaseMs))
end

local body = redis.call('HGET', record, 'body')
local held = c.heldBefore and laneStoppedMs() - tonumber(c.heldBefore) or 0
return {line and 'post' or 'resolve', place, c.desired, body, line or '', tostring(fence), text(now),
  tonumber(c.tries or 0) + 1, c.doubt == c.desired and 1 or 0, c.doubt and 1 or 0, c.rechecked and 1 or 0,
  c.facts or '', lane[3] or '0', c.firstFailureAt or '', text(held), c.wireAt or ''}
`;
