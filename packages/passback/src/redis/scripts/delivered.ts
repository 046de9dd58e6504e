import { prelude } from './prelude.ts';

/**
 * What cells hold. ARGV: clock shift, cells. Returns per cell {delivered, facts, desired, body of the desired score if its
 * post was not answered and nobody is at it, '1' if that one is dead}.
 */
export const cellsScript = `${prelude}
local rows = {}
for i = 2, #ARGV do
  local c = redis.call('HMGET', key('cell', ARGV[i]), 'delivered', 'facts', 'desired', 'doubt', 'leaseUntil', 'state')
  local open = c[3] and c[4] == c[3] and tonumber(c[5] or 0) <= now
  rows[#rows + 1] = {c[1], c[2], c[3], open and redis.call('HGET', key('score', c[3]), 'body'), c[6] == 'dead' and '1'}
end
return rows
`;

/** Notes that the gradebook shows what was delivered. ARGV: clock shift, then a cell and its score, and so on. */
export const verifiedScript = `${prelude}
for i = 2, #ARGV, 2 do
  local c = redis.call('HMGET', key('cell', ARGV[i]), 'delivered', 'desired')
  local record = key('score', ARGV[i + 1])
  if c[1] == ARGV[i + 1] and not c[2] and redis.call('HGET', record, 'status') == 'delivered' then
    redis.call('HSET', record, 'verifiedAt', text(now))
  end
end
return 1
`;

/**
 * Takes users off a column whose cells remember no delivery; one that came meanwhile keeps its user. ARGV: clock shift,
 * column, then a cell and its user, and so on.
 */
export const forgetScript = `${prelude}
for i = 3, #ARGV, 2 do
  if redis.call('HEXISTS', key('cell', ARGV[i]), 'delivered') == 0 then
    redis.call('SREM', key('column-users', ARGV[2]), ARGV[i + 1])
  end
end
return 1
`;
