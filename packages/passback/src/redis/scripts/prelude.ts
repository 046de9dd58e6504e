/**
 * What every script of the record begins with. KEYS[1] is the platform's own key (it names the slot), ARGV[1] shifts the
 * clock for tests. A score's record has a `status` once it is settled; a cell's `desired` is the newest score that is not.
 */
export const prelude = `
local prefix = string.sub(KEYS[1], 1, -9)
local function key(kind, id) return id and (prefix .. kind .. ':' .. id) or (prefix .. kind) end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])

-- Lua prints large numbers as 1.8e+12 unless told otherwise.
local function text(number) return string.format('%.0f', number) end

local function older(order, seq, thanOrder, thanSeq)
  order, seq, thanOrder, thanSeq = tonumber(order), tonumber(seq), tonumber(thanOrder), tonumber(thanSeq)
  return order < thanOrder or (order == thanOrder and seq < thanSeq)
end

-- The outbox: what has become of a score, if a callback asked to be told. Where none did, that is one look for a whole script.
local wanted
local told = false
local function tell(event, score)
  wanted = wanted or redis.call('GET', key('events-wanted')) or ''
  if not string.find(wanted, event, 1, true) then return end
  redis.call('XADD', key('events'), '*', 'type', event, 'score', score, 'at', text(now))
  told = true
end

-- The user that an alias stands for: its key, and behind it the platform's id; nil when it is none, or stands for nobody yet.
local function boundTo(user)
  local bound = string.sub(user, 1, 1) == '~' and redis.call('GET', key('user-alias', user))
  if bound then return string.sub(bound, 1, 22), string.sub(bound, 24) end
end

-- Where a column is. One that never got a score is not kept for ever.
local function learnUrl(column, url, retention)
  if redis.call('HSETNX', key('column', column), 'url', url) == 1 then
    redis.call('PEXPIRE', key('column', column), text(tonumber(retention)))
  end
end

local function unbury(score)
  local reason = redis.call('HGET', key('score', score), 'reason')
  redis.call('ZREM', key('dead'), score)
  if reason then
    redis.call('ZREM', key('dead', reason), score)
    if redis.call('EXISTS', key('dead', reason)) == 0 then redis.call('SREM', key('dead-reasons'), reason) end
  end
end

-- Tells of work going on, and may not take the place of a grade.
local function isReport(score) return redis.call('HEXISTS', key('score', score), 'report') == 1 end

-- Final for good: a settled score's outcome is never rewritten by what its cell does later.
local function supersede(score, by, reason, retention)
  local record = key('score', score)
  local status = redis.call('HGET', record, 'status')
  if redis.call('EXISTS', record) == 0 or (status and status ~= 'dead') then return end
  if status == 'dead' then unbury(score) end
  redis.call('HSET', record, 'status', 'superseded', 'reason', reason, 'by', by, 'settledAt', text(now))
  redis.call('HDEL', record, 'detail', 'who')
  redis.call('PEXPIRE', record, retention)
  tell('score.superseded', score)
end

-- How long the lane has been held or paused in all: a cell's age does not count it.
local function laneStoppedMs()
  local l = redis.call('HMGET', key('lane'), 'heldTotalMs', 'heldSince', 'pausedAt')
  local since = math.min(tonumber(l[2] or now), tonumber(l[3] or now))
  return tonumber(l[1] or 0) + now - since
end

-- Posts of the cell whose answers never came, the last few of them: what the gradebook shows may be theirs.
local function mayHaveLanded(cell, score)
  local sent = redis.call('HGET', cell, 'sent') or ''
  if string.find(sent, score, 1, true) then return end
  while #sent > 300 do sent = string.gsub(sent, '^%S+ ', '', 1) end
  redis.call('HSET', cell, 'sent', sent .. score .. ' ')
end

local function clearAttempts(cell)
  redis.call('HDEL', cell, 'tries', 'firstFailureAt', 'heldBefore', 'nextAttemptAt', 'rechecked', 'crashes')
end
`;
