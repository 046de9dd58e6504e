import { callbacksPrelude } from './callbacks.ts';

/**
 * What is gathered for a digest. ARGV: clock shift, callback, how many, of about how many bytes together. Returns {now, count,
 * first gathered at or '', then id and body of each}.
 */
export const gatheredScript = `${callbacksPrelude}
local id = ARGV[2]
local first = redis.call('ZRANGE', key('gathering', id), 0, 0, 'WITHSCORES')
local rows = {text(now), redis.call('ZCARD', key('gathering', id)), first[2] or ''}
if tonumber(ARGV[3]) == 0 then return rows end
local bytes = 0
for _, event in ipairs(redis.call('ZRANGE', key('gathering', id), 0, tonumber(ARGV[3]) - 1)) do
  rows[#rows + 1] = event
  rows[#rows + 1] = redis.call('HGET', key('gathered', id), event) or ''
  bytes = bytes + #rows[#rows]
  if bytes > tonumber(ARGV[4]) then break end
end
return rows
`;

/**
 * Makes a unit of gathered events, if all of them are still gathered. ARGV: clock shift, callback, unit, at, body, events.
 * Returns 1 or 0.
 */
export const cutDigestScript = `${callbacksPrelude}
local id = ARGV[2]
if redis.call('HEXISTS', KEYS[1], id) == 0 then return 0 end
for i = 6, #ARGV do
  if not redis.call('ZSCORE', key('gathering', id), ARGV[i]) then return 0 end
end
for i = 6, #ARGV do
  redis.call('ZREM', key('gathering', id), ARGV[i])
  redis.call('HDEL', key('gathered', id), ARGV[i])
end
addUnit(id, ARGV[3], 'digest', ARGV[4], ARGV[5])
return 1
`;
