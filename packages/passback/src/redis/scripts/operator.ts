import { prelude } from './prelude.ts';

/** ARGV: clock shift, retention ms, cell retention ms, score id. Returns cancelled, settled, delivering or notFound. */
export const cancelScript = `${prelude}
local id, record = ARGV[4], key('score', ARGV[4])
local r = redis.call('HMGET', record, 'cell', 'status')
if not r[1] then return 'notFound' end
if r[2] then return 'settled' end
local cell = key('cell', r[1])
local c = redis.call('HMGET', cell, 'desired', 'inFlight', 'leaseUntil')
if c[2] == id and tonumber(c[3] or 0) > now then return 'delivering' end
if c[1] ~= id then return 'settled' end
redis.call('HSET', record, 'status', 'cancelled', 'settledAt', text(now))
redis.call('HDEL', record, 'who')
redis.call('PEXPIRE', record, ARGV[2])
redis.call('HDEL', cell, 'desired', 'order', 'seq', 'state', 'wireFor', 'wireAt')
clearAttempts(cell)
redis.call('ZREM', key('undelivered'), r[1])
redis.call('PEXPIRE', cell, ARGV[3])
return 'cancelled'
`;

/**
 * ARGV: clock shift, retention ms, cell retention ms, score id, delivered ones too '1' or '', what the platform was seen to
 * have of the cell (facts JSON) or ''.
 * Returns {replayed, cell}, {notNewest}, {notDead} or {notFound}.
 */
export const replayScript = `${prelude}
local id, record = ARGV[4], key('score', ARGV[4])
local r = redis.call('HMGET', record, 'cell', 'status', 'order', 'seq')
if not r[1] then return {'notFound'} end
local cell = key('cell', r[1])
local c = redis.call('HMGET', cell, 'desired', 'delivered')
if r[2] == 'dead' and c[1] == id then
  unbury(id)
  redis.call('HDEL', record, 'status', 'reason', 'detail', 'settledAt')
  redis.call('HDEL', cell, 'state')
  clearAttempts(cell)
elseif r[2] == 'delivered' and ARGV[5] == '1' then
  if c[1] or c[2] ~= id then return {'notNewest'} end
  redis.call('HSET', cell, 'desired', id, 'order', r[3], 'seq', r[4])
  -- Whether the platform still shows it is exactly what is in doubt, unless somebody looked: so it counts as changed.
  if ARGV[6] == '' then redis.call('HSET', cell, 'doubt', 'replay')
  else
    -- Whatever was done to the cell may carry the platform's time: what is posted now comes after it.
    local wire = math.max(tonumber(redis.call('HGET', cell, 'wire') or 0), now - 1000)
    redis.call('HSET', cell, 'facts', ARGV[6], 'wire', text(wire))
  end
  redis.call('HDEL', record, 'status', 'reason', 'detail', 'settledAt', 'verifiedAt')
else
  return {'notDead'}
end
redis.call('PERSIST', record)
redis.call('PERSIST', cell)
redis.call('ZADD', key('undelivered'), 'NX', now, r[1])
return {'replayed', r[1]}
`;

/** ARGV: clock shift, retention ms, cell retention ms, score id, note. Returns discarded, notDead or notFound. */
export const discardScript = `${prelude}
local id, record = ARGV[4], key('score', ARGV[4])
local r = redis.call('HMGET', record, 'cell', 'status')
if not r[1] then return 'notFound' end
if r[2] ~= 'dead' then return 'notDead' end
unbury(id)
redis.call('HSET', record, 'status', 'cancelled', 'detail', ARGV[5], 'settledAt', text(now))
redis.call('HDEL', record, 'reason', 'who')
redis.call('PEXPIRE', record, ARGV[2])
local cell = key('cell', r[1])
if redis.call('HGET', cell, 'desired') == id then
  redis.call('HDEL', cell, 'desired', 'order', 'seq', 'state', 'wireFor', 'wireAt')
  redis.call('PEXPIRE', cell, ARGV[3])
end
return 'discarded'
`;
