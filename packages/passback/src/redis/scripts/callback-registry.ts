import { callbacksPrelude } from './callbacks.ts';

/**
 * What is known of a callback. ARGV: clock shift, callback. Returns {now, JSON or '', revision, endpoint or '', delivered last
 * at or '', what waits}.
 */
export const readCallbackScript = `${callbacksPrelude}
local id = ARGV[2]
local s = redis.call('HMGET', key('state', id), 'revision', 'endpoint', 'deliveredAt')
local pending = redis.call('ZCARD', key('due', id)) + redis.call('ZCARD', key('gathering', id))
return {text(now), redis.call('HGET', KEYS[1], id) or '', s[1] or '0', s[2] or '', s[3] or '', pending}
`;

/**
 * Puts a callback if it is as it was read. ARGV: clock shift, callback, JSON that is to be there or '', revision, JSON,
 * endpoint. Returns 1 or 0.
 */
export const putCallbackScript = `${callbacksPrelude}
local id, state = ARGV[2], key('state', ARGV[2])
if (redis.call('HGET', KEYS[1], id) or '') ~= ARGV[3] then return 0 end
if (redis.call('HGET', state, 'revision') or '0') ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], id, ARGV[5])
redis.call('HSET', state, 'endpoint', ARGV[6])
redis.call('HDEL', state, 'probingUntil')
redis.call('HINCRBY', state, 'revision', 1)
redis.call('INCR', key('version'))
return 1
`;

/** Puts another JSON in a callback's place that means the same. ARGV: clock shift, callback, JSON that is there, JSON. */
export const resealCallbackScript = `${callbacksPrelude}
if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
return 1
`;

/** Puts another body in a unit's place, or in that of a gathered event. ARGV: clock shift, callback, id, body that is there, body. */
export const resealBodyScript = `${callbacksPrelude}
local unit, gathered = key('unit', ARGV[2], ARGV[3]), key('gathered', ARGV[2])
if redis.call('HGET', unit, 'body') == ARGV[4] then redis.call('HSET', unit, 'body', ARGV[5])
elseif redis.call('HGET', gathered, ARGV[3]) == ARGV[4] then redis.call('HSET', gathered, ARGV[3], ARGV[5])
else return 0 end
return 1
`;

/**
 * Removes a callback, with a page of its log at a time and itself with the last one. ARGV: clock shift, callback, page.
 * Returns deleted, more or notFound.
 */
export const deleteCallbackScript = `${callbacksPrelude}
local id, page = ARGV[2], tonumber(ARGV[3])
if redis.call('HEXISTS', KEYS[1], id) == 0 then return 'notFound' end
local units = redis.call('ZRANGE', key('log', id), 0, page - 1)
for _, unit in ipairs(units) do
  redis.call('DEL', key('unit', id, unit))
  redis.call('ZREM', key('log', id), unit)
  redis.call('ZREM', key('due', id), unit)
end
if #units == page then return 'more' end
redis.call('HDEL', KEYS[1], id)
redis.call('INCR', key('version'))
redis.call('DEL', key('state', id), key('due', id), key('log', id), key('gathering', id), key('gathered', id))
return 'deleted'
`;

const resendPrelude = `${callbacksPrelude}
local id = ARGV[2]
if redis.call('HEXISTS', KEYS[1], id) == 0 then return {'notFound'} end
if endpointOf(id).disabled then return {'disabled'} end

-- As if it had never been tried, but for the count of attempts. One that is being sent just now is left alone.
local function again(unit, at)
  local record = key('unit', id, unit)
  if tonumber(redis.call('HGET', record, 'claim') or 0) > now then return end
  redis.call('HSET', record, 'status', 'pending')
  redis.call('HDEL', record, 'tries', 'firstFailureAt', 'openedBefore', 'httpStatus', 'error', 'deliveredAt', 'claim')
  redis.call('PERSIST', record)
  redis.call('ZADD', key('due', id), at, unit)
end
`;

/** ARGV: clock shift, callback, unit. Returns {resent, 1}, {notFound} or {disabled}. */
export const resendUnitScript = `${resendPrelude}
local at = redis.call('ZSCORE', key('log', id), ARGV[3])
if not at or redis.call('EXISTS', key('unit', id, ARGV[3])) == 0 then return {'notFound'} end
again(ARGV[3], at)
return {'resent', 1}
`;

/**
 * A page of what there has been since an instant, the newest first: what is pending is on its way anyhow. ARGV: clock shift,
 * callback, since ms, how many to pass over, page, status or ''. Returns {resent, how many, looked at}, {notFound} or {disabled}.
 */
export const resendSinceScript = `${resendPrelude}
local units = redis.call('ZREVRANGEBYSCORE', key('log', id), '+inf', ARGV[3], 'WITHSCORES', 'LIMIT', ARGV[4], ARGV[5])
local resent = 0
for i = 1, #units, 2 do
  local status = redis.call('HGET', key('unit', id, units[i]), 'status')
  if status and status ~= 'pending' and (ARGV[6] == '' or status == ARGV[6]) then
    again(units[i], units[i + 1])
    resent = resent + 1
  end
end
return {'resent', resent, #units / 2}
`;
