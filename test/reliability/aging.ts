import type { Redis } from 'ioredis';

const agingScript = `
local prefix, ms = ARGV[1], tonumber(ARGV[2])
local function text(number) return string.format('%.0f', number) end
local function age(key, fields)
  for _, field in ipairs(fields) do
    local at = redis.call('HGET', key, field)
    if at then redis.call('HSET', key, field, text(tonumber(at) - ms)) end
  end
end
age(prefix .. 'lane', {'holdUntil', 'heldSince', 'reasonSince', 'pausedAt'})
local cells = redis.call('ZRANGE', prefix .. 'undelivered', 0, -1, 'WITHSCORES')
for i = 1, #cells, 2 do
  redis.call('ZADD', prefix .. 'undelivered', text(tonumber(cells[i + 1]) - ms), cells[i])
  age(prefix .. 'cell:' .. cells[i], {'firstFailureAt', 'nextAttemptAt'})
end
return #cells / 2
`;

/** Makes all that Redis knows of a lane and its undelivered cells older, as if so much time had passed. */
export async function ageLane(redis: Redis, platformId: string, ms: number): Promise<void> {
  const prefix = `gw:{${platformId}}:`;
  await redis.eval(agingScript, 1, `${prefix}lane`, prefix, ms);
}
