import { prelude } from './prelude.ts';

/**
 * Takes in scores of one platform: idempotency, order within the cell, desired score, undelivered set.
 *
 * ARGV: clock shift, retention ms, cell retention ms, idempotency life ms, furthest future ms, then 8 per score:
 * id, column (or alias), user, order ms or '', body, line item URL or '', idempotency key or '', fingerprint.
 * Returns per score {code, id, acceptedAt, cell}: code is `accepted`, `superseded`, `replayed`, or a refusal.
 */
export const acceptScript = `${prelude}
local retention, cellRetention, idempotencyLife, furthest = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local known = redis.call('EXISTS', KEYS[1]) == 1

local function acceptOne(id, column, user, given, body, url, idempotencyKey, fingerprint)
  if not known then return {'UNKNOWN_PLATFORM'} end
  if idempotencyKey ~= '' then
    local earlier = redis.call('GET', key('idempotency', idempotencyKey))
    if earlier then
      local priorFingerprint, priorId = string.match(earlier, '^(%S+) (%S+)$')
      if priorFingerprint ~= fingerprint then return {'IDEMPOTENCY_MISMATCH'} end
      id = priorId
    end
  end
  local record = key('score', id)
  local prior = redis.call('HMGET', record, 'at', 'cell')
  if prior[1] then return {'replayed', id, prior[1], prior[2]} end
  if given ~= '' then
    if tonumber(given) > now + furthest then return {'TIMESTAMP_IN_FUTURE'} end
    if tonumber(given) < now - cellRetention then return {'TIMESTAMP_TOO_OLD'} end
  end

  local bound = redis.call('GET', key('alias', column))
  local place = (bound or column) .. '.' .. user
  local cell = key('cell', place)
  local c = redis.call('HMGET', cell, 'desired', 'order', 'deliveredOrder', 'delivered', 'inFlight', 'leaseUntil')
  local desired, newestOrder, newestId = c[1], tonumber(c[2] or c[3]), c[1] or c[4]
  -- The sequence only grows, so a score without a timestamp of its own is the cell's newest.
  local seq = redis.call('INCR', key('sequence'))
  local order = tonumber(given)
  if not order then order = newestOrder and math.max(now, newestOrder + 1) or now end

  redis.call('HSET', record, 'body', body, 'order', text(order), 'seq', seq, 'at', text(now), 'cell', place)
  redis.call('ZADD', key('scores'), now, id)
  if idempotencyKey ~= '' then
    redis.call('SET', key('idempotency', idempotencyKey), fingerprint .. ' ' .. id, 'PX', idempotencyLife)
  end
  if newestOrder and order < newestOrder then
    supersede(id, newestId, 'NEWER_SCORE', retention)
    return {'superseded', id, text(now), place}
  end
  if bound then
    -- One that died before its column was known gives way like any other.
    local aliasCell = key('cell', column .. '.' .. user)
    local a = redis.call('HMGET', aliasCell, 'desired', 'order', 'state')
    if a[3] == 'dead' and tonumber(a[2]) <= order then
      supersede(a[1], id, 'NEWER_SCORE', retention)
      redis.call('DEL', aliasCell)
    end
  end
  -- A score that is being posted right now is settled by its own answer.
  local posting = desired and desired == c[5] and tonumber(c[6] or 0) > now
  if desired and not posting then supersede(desired, id, 'NEWER_SCORE', retention) end
  redis.call('HSET', cell, 'desired', id, 'order', text(order), 'seq', seq)
  redis.call('HDEL', cell, 'state')
  redis.call('PERSIST', cell)
  clearAttempts(cell)
  if url ~= '' then redis.call('HSETNX', key('column', string.match(place, '^[^.]+')), 'url', url) end
  redis.call('ZADD', key('undelivered'), 'NX', now, place)
  return {'accepted', id, text(now), place}
end

local results = {}
for i = 6, #ARGV, 8 do
  results[#results + 1] =
    acceptOne(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6], ARGV[i + 7])
end
return results
`;
