import { prelude } from './prelude.ts';

/**
 * Takes in scores of one platform: idempotency, order within the cell, desired score, undelivered set.
 *
 * ARGV: clock shift, retention ms, cell retention ms, idempotency life ms, furthest future ms, then 10 per score:
 * id, column (or alias), user (or alias), order ms or '', body, line item URL or '', idempotency key or '', fingerprint,
 * who the user is to be found by, sealed, or '', a progress report that may not clear '1' or ''.
 * Returns per score {code, id, acceptedAt, cell}: code is `accepted`, `superseded`, `replayed`, or a refusal.
 */
export const acceptScript = `${prelude}
local retention, cellRetention, idempotencyLife, furthest = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local known = redis.call('EXISTS', KEYS[1]) == 1

local function acceptOne(id, column, user, given, body, url, idempotencyKey, fingerprint, who, report)
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

  local boundColumn = redis.call('GET', key('alias', column))
  local boundUser, userId = boundTo(user)
  local place = (boundColumn or column) .. '.' .. (boundUser or user)
  local cell = key('cell', place)
  local c = redis.call('HMGET', cell, 'desired', 'order', 'deliveredOrder', 'delivered', 'inFlight', 'leaseUntil')
  local desired, newestOrder, newestId = c[1], tonumber(c[2] or c[3]), c[1] or c[4]
  -- The sequence only grows, so a score without a timestamp of its own is the cell's newest.
  local seq = redis.call('INCR', key('sequence'))
  local order = tonumber(given)
  if not order then order = newestOrder and math.max(now, newestOrder + 1) or now end

  redis.call('HSET', record, 'body', body, 'order', text(order), 'seq', seq, 'at', text(now), 'cell', place)
  if userId then redis.call('HSET', record, 'userId', userId)
  elseif who ~= '' then redis.call('HSET', record, 'who', who) end
  if report ~= '' then redis.call('HSET', record, 'report', '1') end
  redis.call('ZADD', key('scores'), now, id)
  if idempotencyKey ~= '' then
    redis.call('SET', key('idempotency', idempotencyKey), fingerprint .. ' ' .. id, 'PX', idempotencyLife)
  end
  if newestOrder and order < newestOrder then
    supersede(id, newestId, 'NEWER_SCORE', retention)
    return {'superseded', id, text(now), place}
  end
  -- Of a grade that was shown already it would be kept off when its turn comes.
  if report ~= '' and desired and not isReport(desired) then
    supersede(id, desired, 'WOULD_CLEAR_GRADE', retention)
    return {'superseded', id, text(now), place}
  end
  -- Those that died before column or user were known give way like any other.
  for _, thatColumn in ipairs(boundColumn and {column, boundColumn} or {column}) do
    for _, thatUser in ipairs(boundUser and {user, boundUser} or {user}) do
      local alias = thatColumn .. '.' .. thatUser
      local a = alias ~= place and redis.call('HMGET', key('cell', alias), 'desired', 'order', 'state')
      if a and a[3] == 'dead' and tonumber(a[2]) <= order and (report == '' or isReport(a[1])) then
        supersede(a[1], id, 'NEWER_SCORE', retention)
        redis.call('DEL', key('cell', alias))
      end
    end
  end
  -- A score that is being posted right now is settled by its own answer.
  local posting = desired and desired == c[5] and tonumber(c[6] or 0) > now
  if desired and not posting then supersede(desired, id, 'NEWER_SCORE', retention) end
  redis.call('HSET', cell, 'desired', id, 'order', text(order), 'seq', seq)
  redis.call('HDEL', cell, 'state')
  redis.call('PERSIST', cell)
  clearAttempts(cell)
  if url ~= '' then learnUrl(string.match(place, '^[^.]+'), url, cellRetention) end
  redis.call('ZADD', key('undelivered'), 'NX', now, place)
  return {'accepted', id, text(now), place}
end

local results = {}
for i = 6, #ARGV, 10 do results[#results + 1] = acceptOne(unpack(ARGV, i, i + 9)) end
return results
`;
