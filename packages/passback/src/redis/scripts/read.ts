import { prelude } from './prelude.ts';

/**
 * What each score's record says; the status of one that is not settled is derived from its cell and lane.
 * ARGV: clock shift, score ids. Returns per score false or {id, status, body, at, order, reason, detail, by, settledAt, url,
 * attempts, nextAttemptAt, userId, who, verifiedAt}; of user and who one at most is there.
 */
export const viewScript = `${prelude}
local lane = redis.call('HMGET', key('lane'), 'paused', 'holdReason', 'holdUntil')
local function view(id)
  local r = redis.call('HMGET', key('score', id), 'body', 'at', 'order', 'status', 'reason', 'detail', 'by', 'settledAt', 'url', 'attempts', 'cell', 'userId', 'who', 'verifiedAt')
  if not r[1] then return false end
  local status, reason, by, next = r[4], r[5], r[7], false
  local column = string.match(r[11], '^[^.]+')
  local url = r[9] or redis.call('HGET', key('column', column), 'url')
  if not status then
    local c = redis.call('HMGET', key('cell', r[11]), 'desired', 'inFlight', 'leaseUntil', 'tries', 'nextAttemptAt')
    if c[2] == id and tonumber(c[3] or 0) > now then status = 'delivering'
    elseif c[1] ~= id then status, reason, by = 'superseded', 'NEWER_SCORE', c[1]
    elseif lane[1] == '1' then status = 'held'
    elseif lane[2] then status, reason, next = 'held', lane[2], lane[3]
    else
      status = tonumber(c[4] or 0) > 0 and 'retrying' or 'queued'
      next = c[5]
    end
  end
  return {id, status, r[1], r[2], r[3], reason, r[6], by, r[8], url, r[10], next, r[12], r[13], r[14]}
end
local views = {}
for i = 2, #ARGV do views[#views + 1] = view(ARGV[i]) end
return views
`;

/**
 * Undelivered cells, oldest first, from a rank on. ARGV: clock shift, rank, how many.
 * Returns {cell, undelivered since, next attempt at or '', lease until or ''} in one flat list.
 */
export const undeliveredScript = `${prelude}
local from = tonumber(ARGV[2])
local page = redis.call('ZRANGE', key('undelivered'), from, from + tonumber(ARGV[3]) - 1, 'WITHSCORES')
local rows = {text(now)}
for i = 1, #page, 2 do
  local c = redis.call('HMGET', key('cell', page[i]), 'nextAttemptAt', 'leaseUntil')
  rows[#rows + 1] = page[i]
  rows[#rows + 1] = page[i + 1]
  rows[#rows + 1] = c[1] or ''
  rows[#rows + 1] = c[2] or ''
end
return rows
`;

/**
 * A window of a list, the newest first: behind an entry or, when that is gone, behind its time. Rank and window are read
 * together, since others leave the list and join it all the time.
 * KEYS: the list. ARGV: the entry or '', the time from which on it goes or '', how many. Returns ids and times, flat.
 */
export const windowScript = `
local rank = ARGV[1] ~= '' and redis.call('ZREVRANK', KEYS[1], ARGV[1])
local from = 0
if rank then from = rank + 1
elseif ARGV[2] ~= '' then from = redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[2], '+inf') end
return redis.call('ZREVRANGE', KEYS[1], from, from + tonumber(ARGV[3]) - 1, 'WITHSCORES')
`;
