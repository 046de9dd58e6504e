import { follow } from './follow.ts';
import { prelude } from './prelude.ts';

/**
 * Begins an attempt at a cell: the newest score, still wanted, not held, nobody else at it; takes the lease and fixes the
 * wire timestamp. Called again with its own fence it goes on with the lease it has (after a column was resolved, say).
 *
 * ARGV: clock shift, retention ms, cell retention ms, cell, fence or '', column or '', line item URL or '', lease ms,
 * wire step ms, probe '1' or '', crashes that bury a cell, least time between two deliveries to a cell ms, user or '',
 * the platform's id of that user or '', how long an alias stands for it ms.
 * Returns {kind, ...}; `post`, `resolve` and `identify` hold the lease.
 */
export const beginScript = `${prelude}${follow}
local retention, cellRetention, place, fence, column, url = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local leaseMs, step, probe, crashLimit, pace = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12])
local foundUser, foundId, bindingLife = ARGV[13], ARGV[14], ARGV[15]

local lane = redis.call('HMGET', key('lane'), 'paused', 'holdReason', 'epoch')

-- Moves a cell's desired score to the cell of the column and user it is now known to belong to, by order.
local function merge(from, to, userId)
  local source, target = key('cell', from), key('cell', to)
  local s = redis.call('HMGET', source, 'desired', 'order', 'seq', 'inFlight')
  local since = redis.call('ZSCORE', key('undelivered'), from)
  redis.call('ZREM', key('undelivered'), from)
  redis.call('HDEL', source, 'desired', 'order', 'seq', 'state', 'inFlight', 'leaseUntil', 'fence')
  clearAttempts(source)
  -- An alias stands for a column or a user; once that is known it has nothing of its own to remember.
  if string.find(from, '~', 1, true) then redis.call('DEL', source) else redis.call('PEXPIRE', source, cellRetention) end
  if not s[1] then return end
  redis.call('HSET', key('score', s[1]), 'cell', to)
  if userId then
    redis.call('HSET', key('score', s[1]), 'userId', userId)
    redis.call('HDEL', key('score', s[1]), 'who')
  end
  local t = redis.call('HMGET', target, 'desired', 'order', 'seq', 'delivered', 'deliveredOrder', 'deliveredSeq', 'inFlight', 'leaseUntil')
  local newest, order, seq = t[1] or t[4], t[2] or t[5], t[3] or t[6]
  if newest and older(s[2], s[3], order, seq) then return supersede(s[1], newest, 'NEWER_SCORE', retention) end
  if t[1] and isReport(s[1]) and not isReport(t[1]) then return supersede(s[1], t[1], 'WOULD_CLEAR_GRADE', retention) end
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

-- A score of a resource goes to the column that was adopted in place of this one; one that names its line item goes there.
local function wantedAt(column)
  local adopted = follow(prefix .. 'column:', column)
  if adopted == column then return column end
  local c = redis.call('HMGET', key('cell', place), 'desired', 'leaseUntil')
  local body = c[1] and redis.call('HGET', key('score', c[1]), 'body')
  if not body or cjson.decode(body).target.lineItemUrl then return column end
  -- One that is being posted is settled where it is.
  if tonumber(c[2] or 0) > now and not owned then return column end
  redis.call('PEXPIRE', key('column', column), cellRetention)
  return adopted
end

local known = column ~= '' and column or redis.call('GET', key('alias', stood))
if column ~= '' and url ~= '' then learnUrl(column, url, cellRetention) end
if foundUser ~= '' then redis.call('SET', key('user-alias', user), foundUser .. ' ' .. foundId, 'PX', bindingLife) end
local knownUser, userId = boundTo(user)
local at = wantedAt(known or stood)
local home = at .. '.' .. (knownUser or user)
if home ~= place then
  merge(place, home, userId)
  place, stood, user, owned = home, at, knownUser or user, false
end
local unmatched = string.sub(user, 1, 1) == '~'

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
    mayHaveLanded(cell, c.inFlight)
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
  tell('score.dead', c.desired)
  return {'crashed', place, c.desired}
end
if not owned and probe == '' and c.nextAttemptAt and tonumber(c.nextAttemptAt) > now then
  return {'early', text(tonumber(c.nextAttemptAt) - now), place}
end

local line = not unmatched and redis.call('HGET', key('column', stood), 'url')
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
  -- One that no cell of this name had before, also if it was deleted meanwhile.
  fence = redis.call('INCR', key('sequence'))
  redis.call('HSET', cell, 'fence', fence, 'leaseUntil', text(now + leaseMs))
end

local r = redis.call('HMGET', record, 'body', 'userId', 'who', 'at')
local held = c.heldBefore and laneStoppedMs() - tonumber(c.heldBefore) or 0
-- The budget of a limit group that is this platform alone lies in its slot, so that learning of a pace costs no trip of its own.
local paced = redis.call('HEXISTS', 'gw:budget:' .. string.sub(prefix, 4) .. 'bucket', 'epoch')
local earlier = {}
for id in string.gmatch(c.doubt and redis.call('HGET', cell, 'sent') or '', '%S+') do
  local body = id ~= c.desired and redis.call('HGET', key('score', id), 'body')
  if body then earlier[#earlier + 1] = body end
end
local wantedSince = math.max(tonumber(r[4] or 0), tonumber(redis.call('ZSCORE', key('undelivered'), place) or 0))
return {unmatched and 'identify' or line and 'post' or 'resolve', place, c.desired, r[1], line or '', tostring(fence), text(now),
  tonumber(c.tries or 0) + 1, c.doubt == c.desired and 1 or 0, c.doubt and 1 or 0, c.rechecked and 1 or 0,
  c.facts or '', lane[3] or '0', c.firstFailureAt or '', text(held), c.wireAt or '', r[2] or '', r[3] or '', text(wantedSince),
  paced, '[' .. table.concat(earlier, ',') .. ']'}
`;

/**
 * Prolongs the lease of an attempt that goes on with other requests. ARGV: clock shift, retention ms, cell retention ms, cell,
 * fence, lease ms. Returns 1, or 0 when it is lost.
 */
export const extendScript = `${prelude}
local cell = key('cell', ARGV[4])
local c = redis.call('HMGET', cell, 'fence', 'leaseUntil')
if c[1] ~= ARGV[5] or not c[2] then return 0 end
redis.call('HSET', cell, 'leaseUntil', text(now + tonumber(ARGV[6])))
return 1
`;
