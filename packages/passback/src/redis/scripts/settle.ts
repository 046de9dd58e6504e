import { prelude } from './prelude.ts';

/**
 * Writes what an attempt came to and gives the lease back.
 *
 * ARGV: clock shift, retention ms, cell retention ms, cell, fence, score id, kind, reason, detail, attempt (JSON without its
 * opening brace, or ''), next attempt in ms or '', ambiguous '1' or '', delivered facts JSON, line item URL, wire floor ms or '',
 * streak ('' leaves it, '-' ends it, else the systemic reason), attempts kept, recheck '1' or ''.
 * kind: delivered, superseded, later, dead, released. Returns {result, again '1' or '0', streak length, next attempt at or '', '1' if
 * something was written to the outbox or ''}.
 */
export const settleScript = `${prelude}
local retention, cellRetention, place, fence, id, kind = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local reason, detail, attempt, delay, ambiguous = ARGV[8], ARGV[9], ARGV[10], ARGV[11], ARGV[12] == '1'
local facts, url, wireFloor, streak, kept, recheck = ARGV[13], ARGV[14], ARGV[15], ARGV[16], tonumber(ARGV[17]), ARGV[18] == '1'
local cell, record, lane = key('cell', place), key('score', id), key('lane')

if attempt ~= '' and redis.call('EXISTS', record) == 1 then
  local entry = '{"at":' .. text(now) .. ',' .. attempt
  local earlier = redis.call('HGET', record, 'attempts')
  local list = earlier and (string.sub(earlier, 1, -2) .. ',' .. entry .. ']') or ('[' .. entry .. ']')
  local decoded = cjson.decode(list)
  if #decoded > kept then
    while #decoded > kept do table.remove(decoded, 1) end
    list = cjson.encode(decoded)
  end
  redis.call('HSET', record, 'attempts', list)
  if url ~= '' then redis.call('HSET', record, 'url', url) end
end

-- How many cells in a row met the same systemic reason with no success between.
local inARow = 0
if streak == '-' then
  redis.call('HDEL', lane, 'streakReason', 'streakCells')
elseif streak ~= '' then
  local s = redis.call('HMGET', lane, 'streakReason', 'streakCells')
  local cells = s[1] == streak and s[2] or ''
  -- Long enough for every limit; probes of a long outage do not make it grow.
  if not string.find(cells, place, 1, true) and #cells < 2000 then cells = cells .. place .. ' ' end
  redis.call('HSET', lane, 'streakReason', streak, 'streakCells', cells)
  for _ in string.gmatch(cells, '%S+') do inARow = inARow + 1 end
end

local function answer(result, again, next)
  return {result, again, inARow, next or '', told and '1' or ''}
end

local c = redis.call('HMGET', cell, 'fence', 'desired', 'order', 'seq', 'delivered', 'deliveredOrder', 'deliveredSeq', 'inFlight', 'late', 'tries', 'firstFailureAt', 'leaseUntil')
local desired, order, seq = c[2], c[3], c[4]
local mine = redis.call('HMGET', record, 'order', 'seq', 'status')

-- Wanted again although it was delivered: something older may have reached the platform after it.
local function postAgain(score, scoreOrder, scoreSeq)
  redis.call('HSET', cell, 'desired', score, 'order', scoreOrder, 'seq', scoreSeq, 'doubt', 'late')
  redis.call('HDEL', cell, 'late', 'wireFor', 'state')
  redis.call('PERSIST', cell)
  redis.call('ZADD', key('undelivered'), 'NX', now, place)
end

if c[1] ~= fence or not c[12] then
  -- The lease was lost, and others may have posted since: what has landed, or may have, landed at an unknown time.
  if not (kind == 'delivered' or ambiguous) or not mine[1] then return answer('late', '0') end
  mayHaveLanded(cell, id)
  if desired then
    redis.call('HSET', cell, 'doubt', desired == id and id or 'late')
    if c[8] and c[8] ~= id then redis.call('HSET', cell, 'late', '1') end
    return answer('late', '1')
  end
  if c[5] and c[5] ~= id and older(mine[1], mine[2], c[6], c[7]) then
    postAgain(c[5], c[6], c[7])
    return answer('late', '1')
  end
  return answer('late', '0')
end

redis.call('HDEL', cell, 'leaseUntil', 'inFlight', 'crashes')
if kind == 'released' then
  local at = ''
  if delay ~= '' and desired == id then
    at = text(now + tonumber(delay))
    redis.call('HSET', cell, 'nextAttemptAt', at)
  end
  if desired and desired ~= id then supersede(id, desired, 'NEWER_SCORE', retention) end
  return answer('released', desired and desired ~= id and '1' or '0', at)
end

if wireFloor ~= '' then
  local wire = tonumber(redis.call('HGET', cell, 'wire') or 0)
  if tonumber(wireFloor) > wire then redis.call('HSET', cell, 'wire', wireFloor) end
end

local function finish(status)
  if mine[3] == 'dead' then unbury(id) end
  redis.call('HSET', record, 'status', status, 'settledAt', text(now))
  if reason ~= '' then redis.call('HSET', record, 'reason', reason) else redis.call('HDEL', record, 'reason') end
  if detail ~= '' then redis.call('HSET', record, 'detail', detail) else redis.call('HDEL', record, 'detail') end
  if url ~= '' then redis.call('HSET', record, 'url', url) end
  -- Again what it was already, as after a correction: nothing new to be told.
  if mine[3] ~= status then tell('score.' .. status, id) end
end

-- The cell wants nothing any more, or goes on with the newer score that came meanwhile.
local function moveOn()
  clearAttempts(cell)
  if desired and desired ~= id then
    redis.call('ZADD', key('undelivered'), 'XX', redis.call('HGET', key('score', desired), 'at') or now, place)
    return '1'
  end
  redis.call('HDEL', cell, 'desired', 'order', 'seq', 'state', 'wireFor', 'wireAt')
  redis.call('ZREM', key('undelivered'), place)
  redis.call('PEXPIRE', cell, cellRetention)
  return '0'
end

if kind == 'delivered' then
  if mine[3] ~= 'superseded' and mine[3] ~= 'cancelled' then
    finish('delivered')
    redis.call('PEXPIRE', record, retention)
  end
  redis.call('HSET', cell, 'delivered', id, 'deliveredOrder', mine[1] or order, 'deliveredSeq', mine[2] or seq, 'facts', facts)
  redis.call('HDEL', cell, 'doubt')
  if not c[9] then redis.call('HDEL', cell, 'sent') end
  local column = key('column', string.match(place, '^[^.]+'))
  local users = key('column-users', string.match(place, '^[^.]+'))
  if not c[5] then
    redis.call('HINCRBY', column, 'delivered', 1)
    local r = redis.call('HMGET', record, 'userId', 'body')
    local user = r[1] or (r[2] and cjson.decode(r[2]).userId)
    if user then redis.call('SADD', users, user) end
  end
  redis.call('PEXPIRE', column, cellRetention)
  redis.call('PEXPIRE', users, cellRetention)
  redis.call('ZADD', key('columns'), now, string.match(place, '^[^.]+'))
  redis.call('ZREMRANGEBYSCORE', key('columns'), '-inf', text(now - tonumber(cellRetention)))
  redis.call('PEXPIRE', key('columns'), cellRetention)
  local again = moveOn()
  if c[9] then
    redis.call('HDEL', cell, 'late')
    if again == '0' then
      postAgain(id, mine[1], mine[2])
      again = '1'
    end
  end
  return answer('delivered', again)
end

if ambiguous then
  redis.call('HSET', cell, 'doubt', id)
  mayHaveLanded(cell, id)
end
if desired and desired ~= id then
  supersede(id, desired, 'NEWER_SCORE', retention)
  return answer('superseded', moveOn())
end
if not desired then return answer('nothing', '0') end
if kind == 'superseded' then
  finish('superseded')
  if facts ~= '' then redis.call('HSET', cell, 'facts', facts) end
  redis.call('PEXPIRE', record, retention)
  return answer('superseded', moveOn())
end
if kind == 'dead' then
  finish('dead')
  redis.call('PERSIST', record)
  clearAttempts(cell)
  redis.call('HSET', cell, 'state', 'dead')
  redis.call('ZREM', key('undelivered'), place)
  redis.call('ZADD', key('dead'), now, id)
  redis.call('ZADD', key('dead', reason), now, id)
  redis.call('SADD', key('dead-reasons'), reason)
  return answer('dead', '0')
end

-- later
local at = text(now + tonumber(delay))
redis.call('HSET', cell, 'tries', tonumber(c[10] or 0) + 1, 'nextAttemptAt', at)
if recheck then
  -- The platform keeps a later time stamp than ours: the next post needs a new one.
  redis.call('HSET', cell, 'rechecked', '1')
  redis.call('HDEL', cell, 'wireFor')
end
if not c[11] then
  redis.call('HSET', cell, 'firstFailureAt', text(now), 'heldBefore', text(laneStoppedMs()))
end
return answer('later', '0', at)
`;
