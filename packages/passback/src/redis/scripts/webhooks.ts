/**
 * What every script of one platform's deliveries begins with. KEYS[1] is the platform's own key (it names the slot), ARGV[1]
 * shifts the clock for tests. A delivery is a hash: beside what is the same for all, `score:F` has the score that came of the part
 * with fingerprint F, or '' when that was given up; `left:I` has the fingerprint of the unmatched part I, `note:I` why I was given
 * up. `claim` counts claims: only the last one settles.
 */
const prelude = `
local prefix = string.sub(KEYS[1], 1, -9)
local function key(kind, id) return id and (prefix .. kind .. ':' .. id) or (prefix .. kind) end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
local function text(number) return string.format('%.0f', number) end

local function eachLeft(record, use)
  for _, field in ipairs(redis.call('HKEYS', record)) do
    if string.sub(field, 1, 5) == 'left:' then use(field) end
  end
end

-- What was sent is not kept for longer than it is of use.
local function finish(id, record, status, life)
  local source = redis.call('HGET', record, 'source')
  redis.call('HSET', record, 'status', status)
  redis.call('HDEL', record, 'body', 'unmatched', 'retryAt')
  redis.call('PEXPIRE', record, life)
  redis.call('ZREM', key('webhooks-unread', source), id)
  redis.call('ZREM', key('webhooks-unmatched', source), id)
  redis.call('ZREM', key('webhooks-unmatched'), id)
end
`;

/** Lets a source receive. ARGV: clock shift, source. The clock of a source is the time of its last delivery. */
export const openScript = `${prelude}
redis.call('SET', key('webhook-clock', ARGV[2]), '0', 'NX')
`;

/**
 * Ends that, with all that is pending or unmatched if need be. ARGV: clock shift, source, whatever there is '1' or ''.
 * Returns 'notEmpty' or 'closed'.
 */
export const closeScript = `${prelude}
local source, lists = ARGV[2], {key('webhooks-unread', ARGV[2]), key('webhooks-unmatched', ARGV[2])}
if ARGV[3] ~= '1' and redis.call('EXISTS', unpack(lists)) > 0 then return 'notEmpty' end
for _, list in ipairs(lists) do
  for _, id in ipairs(redis.call('ZRANGE', list, 0, -1)) do
    redis.call('DEL', key('webhook', id))
    redis.call('ZREM', key('webhooks-unmatched'), id)
  end
end
redis.call('DEL', key('webhook-clock', source), unpack(lists))
return 'closed'
`;

/**
 * Takes a delivery in, or tells that it was taken in before: as long as that is remembered, and there is still something of it.
 * ARGV: clock shift, source, hash of what the delivery is told by, how long that is remembered ms, id, sealed body, content type,
 * event. Returns {accepted|duplicate, id, received at}, or {closed} when the source does not receive.
 */
export const receiveScript = `${prelude}
local source, id = ARGV[2], ARGV[5]
local clock, seen = key('webhook-clock', source), key('webhook-seen', source .. ':' .. ARGV[3])
local last = redis.call('GET', clock)
if not last then return {'closed'} end
local earlier = redis.call('GET', seen)
local e = earlier and redis.call('HMGET', key('webhook', earlier), 'at', 'status') or {}
-- One that was ignored is read anew: the source may have been changed, and whoever sends it again means it.
if e[1] and e[2] ~= 'ignored' then return {'duplicate', earlier, e[1]} end

-- Scores without a timestamp of their own have this one: of two, the later one is the newer.
local at = text(math.max(now, tonumber(last) + 1))
redis.call('SET', clock, at)
redis.call('SET', seen, id, 'PX', ARGV[4])
redis.call('HSET', key('webhook', id), 'source', source, 'at', at, 'status', 'pending', 'body', ARGV[6], 'type', ARGV[7], 'event', ARGV[8])
redis.call('ZADD', key('webhooks-unread', source), at, id)
return {'accepted', id, at}
`;

/** Claims deliveries. ARGV: clock shift, ids. Returns of each: the claim, 0 when nothing is to be done with it, -1 when there is none. */
export const takeScript = `${prelude}
local claims = {}
for i = 2, #ARGV do
  local record = key('webhook', ARGV[i])
  local status = redis.call('HGET', record, 'status')
  if not status then claims[#claims + 1] = -1
  elseif status == 'pending' or status == 'unmatched' then claims[#claims + 1] = redis.call('HINCRBY', record, 'claim', 1)
  else claims[#claims + 1] = 0 end
end
return claims
`;

/**
 * Writes down what came of a delivery, if the claim is the last one and nothing changed that could make a difference.
 * ARGV: clock shift, id, claim, version, life of a finished one ms, why it is ignored or '', retry at ms or '', sealed unmatched
 * parts or '', how many scores; then of each score: fingerprint, id; then of each unmatched part: index, fingerprint.
 * Returns `done`, `unmatched`, `again`, or `gone` when there is no such delivery any more.
 */
export const settleScript = `${prelude}
local id, ignored, retryAt, scores = ARGV[2], ARGV[6], ARGV[7], tonumber(ARGV[9])
local record = key('webhook', id)
local r = redis.call('HMGET', record, 'claim', 'source', 'at')
if not r[2] then return 'gone' end
-- These were accepted, whatever else holds.
for i = 10, 8 + 2 * scores, 2 do redis.call('HSET', record, 'score:' .. ARGV[i], ARGV[i + 1]) end
if r[1] ~= ARGV[3] then return 'again' end

local left = {}
for i = 10 + 2 * scores, #ARGV, 2 do
  if redis.call('HGET', record, 'score:' .. ARGV[i + 1]) ~= '' then left[#left + 1] = i end
end
if #left > 0 and (redis.call('GET', key('intake-version')) or '0') ~= ARGV[4] then return 'again' end

redis.call('HINCRBY', record, 'tries', 1)
eachLeft(record, function(field) redis.call('HDEL', record, field) end)
if #left == 0 then
  if ignored ~= '' then redis.call('HSET', record, 'ignored', ignored) end
  finish(id, record, ignored == '' and 'done' or 'ignored', ARGV[5])
  return 'done'
end
for _, i in ipairs(left) do redis.call('HSET', record, 'left:' .. ARGV[i], ARGV[i + 1]) end
redis.call('HSET', record, 'status', 'unmatched', 'unmatched', ARGV[8])
if retryAt == '' then redis.call('HDEL', record, 'retryAt') else redis.call('HSET', record, 'retryAt', retryAt) end
redis.call('ZREM', key('webhooks-unread', r[2]), id)
redis.call('ZADD', key('webhooks-unmatched', r[2]), r[3], id)
redis.call('ZADD', key('webhooks-unmatched'), r[3], id)
return 'unmatched'
`;

/** Ends the claims on unmatched deliveries. ARGV: clock shift, ids. Returns how many of them are unmatched. */
export const unclaimScript = `${prelude}
local count = 0
for i = 2, #ARGV do
  local record = key('webhook', ARGV[i])
  if redis.call('HGET', record, 'status') == 'unmatched' then
    redis.call('HINCRBY', record, 'claim', 1)
    redis.call('HDEL', record, 'retryAt')
    count = count + 1
  end
end
return count
`;

/**
 * Gives an unmatched part up, and with the last one the rest of the delivery. ARGV: clock shift, id, index, note, life of a finished
 * one ms. Returns 1, or 0 when there is no such part.
 */
export const discardScript = `${prelude}
local id, index, record = ARGV[2], ARGV[3], key('webhook', ARGV[2])
local fingerprint = redis.call('HGET', record, 'left:' .. index)
if not fingerprint then return 0 end
redis.call('HDEL', record, 'left:' .. index)
redis.call('HSETNX', record, 'score:' .. fingerprint, '')
redis.call('HSET', record, 'note:' .. index, ARGV[4])
local isLast = true
eachLeft(record, function() isLast = false end)
if isLast then
  -- Whoever is at work on it has nothing left to say.
  redis.call('HINCRBY', record, 'claim', 1)
  finish(id, record, 'done', ARGV[5])
end
return 1
`;

/**
 * Deliveries without their bodies. ARGV: clock shift, how many bytes are enough, ids. Returns of each its fields and values, flat;
 * nothing of one that is gone; of those after enough was read, not even that. The first is always there.
 */
export const viewScript = `${prelude}
local views, left = {}, tonumber(ARGV[2])
for i = 3, #ARGV do
  if left <= 0 then break end
  local all, view = redis.call('HGETALL', key('webhook', ARGV[i])), {}
  for j = 1, #all, 2 do
    left = left - #all[j + 1]
    if all[j] ~= 'body' then
      view[#view + 1] = all[j]
      view[#view + 1] = all[j + 1]
    end
  end
  views[#views + 1] = view
end
return views
`;

/** ARGV: clock shift, id, field, SHA-1 of what is to be there, what to put there. Returns 1, or 0 when it is something else by now. */
export const replaceScript = `${prelude}
local record = key('webhook', ARGV[2])
local sealed = redis.call('HGET', record, ARGV[3])
if not sealed or redis.sha1hex(sealed) ~= ARGV[4] then return 0 end
redis.call('HSET', record, ARGV[3], ARGV[5])
return 1
`;
