/**
 * What every script of the list of pending deliveries begins with: KEYS[1] is the list, ARGV[1] shifts the clock for tests. Times
 * are ms with a fraction, so that two claims of a delivery are never the same.
 */
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000 + tonumber(ARGV[1])
local function put(ms, id) redis.call('ZADD', KEYS[1], string.format('%.3f', ms), id) end
`;

/** Adds a delivery that is due at once. ARGV: clock shift, platform, random hex. Returns its id, which says when it was born. */
export const addScript = `${prelude}
local id = 'wh_' .. ARGV[2] .. '_' .. string.format('%012x', math.floor(now)) .. ARGV[3]
put(now, id)
return id
`;

/** Claims what is due. ARGV: clock shift, claim ms, how many. Returns {now, claim, ids...}. */
export const dueScript = `${prelude}
local claim = string.format('%.3f', now + tonumber(ARGV[2]))
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.3f', now), 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], claim, id) end
return {string.format('%.0f', now), claim, unpack(ids)}
`;

/** Claims one delivery if it is due. ARGV: clock shift, claim ms, id. Returns {now, claim, id}, or {now, claim} when it is not. */
export const claimScript = `${prelude}
local claim = string.format('%.3f', now + tonumber(ARGV[2]))
local due = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[3]) or nil)
if not due or due > now then return {string.format('%.0f', now), claim} end
redis.call('ZADD', KEYS[1], claim, ARGV[3])
return {string.format('%.0f', now), claim, ARGV[3]}
`;

/** Makes deliveries due at once, whoever has claimed them. ARGV: clock shift, ids. */
export const wakeScript = `${prelude}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'LT', string.format('%.3f', now), ARGV[i]) end
`;

/**
 * Ends a claim on deliveries; what somebody made due meanwhile, or claimed, is left as it is. ARGV: clock shift, claim, then of each:
 * id, and what is to become of it: `never`, `in` so many ms, or `at` that instant.
 */
export const leaveScript = `${prelude}
local claim = tonumber(ARGV[2])
for i = 3, #ARGV, 2 do
  local id, kind, ms = ARGV[i], string.match(ARGV[i + 1], '^(%a+) ?(.*)$')
  local due = redis.call('ZSCORE', KEYS[1], id)
  if due and tonumber(due) == claim then
    if kind == 'never' then redis.call('ZREM', KEYS[1], id)
    elseif kind == 'at' then put(tonumber(ms), id)
    else put(now + tonumber(ms), id) end
  end
end
`;
