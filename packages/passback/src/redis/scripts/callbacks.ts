/**
 * What the scripts of callbacks begin with. KEYS[1] is the registry; ARGV[1] shifts the clock for tests.
 * A unit is one request with all its attempts. It is `pending` while it is in `due`, at the time of its next attempt; while
 * it is being sent that is the end of the sender's claim.
 */
export const callbacksPrelude = `
local prefix = string.sub(KEYS[1], 1, -9)
local function key(kind, id, unit)
  return prefix .. kind .. (id and ':' .. id or '') .. (unit and ':' .. unit or '')
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])

-- Lua prints large numbers as 1.8e+12 unless told otherwise.
local function text(number) return string.format('%.0f', number) end

local function callbackOf(id)
  local json = redis.call('HGET', KEYS[1], id)
  return json and cjson.decode(json)
end

local function endpointOf(id)
  return cjson.decode(redis.call('HGET', key('state', id), 'endpoint') or '{}')
end

local function addUnit(id, unit, type, at, body)
  if redis.call('ZADD', key('log', id), 'NX', at, unit) == 0 then return end
  redis.call('HSET', key('unit', id, unit), 'type', type, 'status', 'pending', 'body', body)
  redis.call('ZADD', key('due', id), at, unit)
end

-- Takes an event in for a callback, to be sent by itself or in a digest. Which was there before is not taken in again.
local function store(id, unit, type, at, body)
  local callback = callbackOf(id)
  if not callback then return end
  if callback.form ~= 'digest' then return addUnit(id, unit, type, at, body) end
  if redis.call('HSETNX', key('gathered', id), unit, body) == 1 then redis.call('ZADD', key('gathering', id), now, unit) end
end

local function finish(id, unit, status, retention)
  local record = key('unit', id, unit)
  redis.call('HSET', record, 'status', status)
  redis.call('HDEL', record, 'tries', 'firstFailureAt', 'openedBefore')
  redis.call('PEXPIRE', record, retention)
  redis.call('ZREM', key('due', id), unit)
end
`;

/**
 * Takes in events of one platform. ARGV: clock shift, platform, then six per event: its id in the outbox, message id, type,
 * when it happened, body, callbacks (with a space between). Events not younger than the last one taken in are left out.
 */
export const storeEventsScript = `${callbacksPrelude}
local function younger(id, than)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  local thanMs, thanSeq = string.match(than, '^(%d+)-(%d+)$')
  ms, seq, thanMs, thanSeq = tonumber(ms), tonumber(seq), tonumber(thanMs), tonumber(thanSeq)
  return ms > thanMs or (ms == thanMs and seq > thanSeq)
end
local seen = redis.call('HGET', key('seen'), ARGV[2]) or '0-0'
for i = 3, #ARGV, 6 do
  if younger(ARGV[i], seen) then
    seen = ARGV[i]
    for id in string.gmatch(ARGV[i + 5], '%S+') do store(id, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]) end
  end
end
redis.call('HSET', key('seen'), ARGV[2], seen)
return 1
`;

/**
 * Takes units to be sent, and claims them. While the breaker is open that is one probe, whether it is due or not.
 * ARGV: clock shift, callback, at most so many, claim ms.
 * Returns the callback's JSON, the time, '1' if it is a probe or '', then per unit: id, claim, body, tries, first failure at or '',
 * opened before or ''. Nothing for a callback that is not there.
 */
export const takeUnitsScript = `${callbacksPrelude}
local id, most, claim = ARGV[2], tonumber(ARGV[3]), text(now + tonumber(ARGV[4]))
local json = redis.call('HGET', KEYS[1], id)
if not json then return {} end
local endpoint = endpointOf(id)
local open = endpoint.open
local taken = {json, text(now), open and '1' or ''}
local found = {}
if endpoint.disabled then return taken end
if not open then
  found = redis.call('ZRANGEBYSCORE', key('due', id), '-inf', now, 'LIMIT', 0, most)
else
  local probing = redis.call('HGET', key('state', id), 'probingUntil')
  if open.probeAtMs > now or tonumber(probing or 0) > now then return taken end
  for _, unit in ipairs(redis.call('ZRANGE', key('due', id), 0, 99)) do
    if tonumber(redis.call('HGET', key('unit', id, unit), 'claim') or 0) <= now then
      found = {unit}
      redis.call('HSET', key('state', id), 'probingUntil', claim)
      break
    end
  end
end
for _, unit in ipairs(found) do
  local u = redis.call('HMGET', key('unit', id, unit), 'body', 'tries', 'firstFailureAt', 'openedBefore')
  if u[1] then
    redis.call('ZADD', key('due', id), claim, unit)
    redis.call('HSET', key('unit', id, unit), 'claim', claim)
    for _, value in ipairs({unit, claim, u[1], u[2] or '0', u[3] or '', u[4] or ''}) do taken[#taken + 1] = value end
  else
    redis.call('ZREM', key('due', id), unit)
  end
end
return taken
`;

/** How the endpoint fares. ARGV: clock shift, callback. Returns {now, revision, endpoint or '', URL or ''}. */
export const endpointScript = `${callbacksPrelude}
local s = redis.call('HMGET', key('state', ARGV[2]), 'revision', 'endpoint')
local callback = callbackOf(ARGV[2])
return {text(now), s[1] or '0', s[2] or '', callback and callback.url or ''}
`;

/**
 * Writes what an attempt came to, if the endpoint is still as it was read.
 * ARGV: clock shift, callback, revision, endpoint, unit, claim, probe '1' or '', retention ms, kind, status or '', error or '',
 * delay ms or '', opened so far ms; then, if others are to be told of it: message id, type, at, body, callbacks.
 * kind: delivered, later, failed. Returns 1; 0 if the endpoint is another than was read.
 */
export const settleUnitScript = `${callbacksPrelude}
local id, revision, endpoint, unit, claim, probe, retention = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local kind, status, err, delay, opened = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
if redis.call('HEXISTS', KEYS[1], id) == 0 then return 1 end
local state = key('state', id)
local s = redis.call('HMGET', state, 'revision', 'endpoint')
if (s[1] or '0') ~= revision then return 0 end
-- Of an endpoint that works, many answers at once are not in each other's way.
if s[2] ~= endpoint then
  redis.call('HINCRBY', state, 'revision', 1)
  redis.call('HSET', state, 'endpoint', endpoint)
end
if probe == '1' then redis.call('HDEL', state, 'probingUntil') end
if kind == 'delivered' then redis.call('HSET', state, 'deliveredAt', text(now)) end
if ARGV[14] then
  for other in string.gmatch(ARGV[18], '%S+') do store(other, ARGV[14], ARGV[15], ARGV[16], ARGV[17]) end
end

local record, due = key('unit', id, unit), key('due', id)
if redis.call('EXISTS', record) == 0 then return 1 end
redis.call('HINCRBY', record, 'attempts', 1)
redis.call('HSET', record, 'lastAttemptAt', text(now))
local mine = redis.call('HGET', record, 'claim') == claim
if mine then redis.call('HDEL', record, 'claim') end
-- Another has taken it since, and says what becomes of it; that it arrived is so in any case.
if kind ~= 'delivered' and (not mine or redis.call('HGET', record, 'status') ~= 'pending') then return 1 end
if status ~= '' then redis.call('HSET', record, 'httpStatus', status) else redis.call('HDEL', record, 'httpStatus') end
if err ~= '' then redis.call('HSET', record, 'error', err) else redis.call('HDEL', record, 'error') end
if kind == 'later' then
  if probe == '' then redis.call('HINCRBY', record, 'tries', 1) end
  if redis.call('HSETNX', record, 'firstFailureAt', text(now)) == 1 then redis.call('HSET', record, 'openedBefore', opened) end
  redis.call('ZADD', due, text(now + tonumber(delay)), unit)
  return 1
end
finish(id, unit, kind, retention)
if kind == 'delivered' then redis.call('HSET', record, 'deliveredAt', text(now)) end
return 1
`;

/** Gives up a unit that its taker will not send. ARGV: clock shift, callback, unit, claim, retention ms, error. */
export const giveUpUnitScript = `${callbacksPrelude}
local id, unit = ARGV[2], ARGV[3]
local record = key('unit', id, unit)
if redis.call('HGET', record, 'claim') ~= ARGV[4] then return 0 end
redis.call('HDEL', key('state', id), 'probingUntil')
redis.call('HDEL', record, 'claim')
redis.call('HSET', record, 'error', ARGV[6])
finish(id, unit, 'failed', ARGV[5])
return 1
`;

/** Gives up what a disabled callback was to be sent, a page of it. ARGV: clock shift, callback, how many, retention ms, error. */
export const failDisabledScript = `${callbacksPrelude}
local id = ARGV[2]
if not endpointOf(id).disabled then return 0 end
local units = redis.call('ZRANGE', key('due', id), 0, tonumber(ARGV[3]) - 1)
for _, unit in ipairs(units) do
  redis.call('HSET', key('unit', id, unit), 'error', ARGV[5])
  finish(id, unit, 'failed', ARGV[4])
end
return #units
`;

/**
 * When the callback wants to be looked after next. ARGV: clock shift, callback, digest wait ms, digest events.
 * Returns how many ms from now, below 0 when it is overdue; '' when there is nothing to come.
 */
export const waitScript = `${callbacksPrelude}
local id = ARGV[2]
if redis.call('HEXISTS', KEYS[1], id) == 0 then return '' end
local at = math.huge
local first = redis.call('ZRANGE', key('due', id), 0, 0, 'WITHSCORES')
if first[2] then
  local endpoint = endpointOf(id)
  at = tonumber(first[2])
  if endpoint.disabled then at = now
  elseif endpoint.open then
    at = math.max(endpoint.open.probeAtMs, tonumber(redis.call('HGET', key('state', id), 'probingUntil') or 0))
  end
end
local gathered = redis.call('ZRANGE', key('gathering', id), 0, 0, 'WITHSCORES')
if gathered[2] then
  local full = redis.call('ZCARD', key('gathering', id)) >= tonumber(ARGV[4])
  at = math.min(at, full and now or tonumber(gathered[2]) + tonumber(ARGV[3]))
end
return at == math.huge and '' or text(at - now)
`;

/** Takes entries out of the log whose units have ended their life. ARGV: clock shift, callback, retention ms, how many. */
export const trimLogScript = `${callbacksPrelude}
local id, removed = ARGV[2], 0
local old = redis.call('ZRANGEBYSCORE', key('log', id), '-inf', text(now - tonumber(ARGV[3])), 'LIMIT', 0, ARGV[4])
for _, unit in ipairs(old) do
  if redis.call('EXISTS', key('unit', id, unit)) == 0 then removed = removed + redis.call('ZREM', key('log', id), unit) end
end
return removed
`;
