import { Script } from './script.ts';

/**
 * Makes a runner the one who runs a run (a replay, a reconciliation), for the time of a lease. KEYS: the run's hash. ARGV:
 * runner, lease ms. Returns 1, or 0 when it is over or another runs it.
 */
export const takeRun = new Script(`
local r = redis.call('HMGET', KEYS[1], 'status', 'runner', 'runUntil')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if r[1] ~= 'running' then return 0 end
if r[2] and r[2] ~= ARGV[1] and tonumber(r[3]) > now then return 0 end
redis.call('HSET', KEYS[1], 'runner', ARGV[1], 'runUntil', string.format('%.0f', now + ARGV[2]))
return 1
`);

/** Ends a run that is under way. ARGV: the new status, then fields and values. Returns it, `settled` or `notFound`. */
export const endRun = new Script(`
local status = redis.call('HGET', KEYS[1], 'status')
if not status then return 'notFound' end
if status ~= 'running' then return 'settled' end
redis.call('HSET', KEYS[1], 'status', unpack(ARGV))
return ARGV[1]
`);
