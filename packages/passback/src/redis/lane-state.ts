import type { Redis } from 'ioredis';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';

/** What is known about a platform's lane besides its cells. Times are Redis' clock in milliseconds. */
export interface LaneView {
  /** The operator's own flag: the lane's own recovery never ends it. */
  paused: boolean;
  pausedAtMs?: number;
  /** Set while the lane is held. */
  holdReason?: string;
  holdUntilMs?: number;
  heldSinceMs?: number;
  /** Since when the lane is held for this very reason. */
  reasonSinceMs?: number;
  /** How many probes in a row kept the lane held. */
  holdLevel: number;
  /** Grows with every change of the hold, so that a failure can tell which hold it knew. */
  epoch: number;
  /** The cell that was probed last. */
  lastProbe?: string;
  /** Redis' clock when this was read. */
  nowMs: number;
}

export interface Hold {
  reason: string;
  /** How long until the next probe. */
  forMs: number;
  level: number;
  /** The epoch in which the failed attempt began; a hold of any other epoch is left as it is. */
  epochSeen: number;
  /** The cell whose failed probe prolongs the hold. */
  probe?: string;
}

const prelude = `
local lane = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
-- The outbox, as of scores: written to if a callback asked to be told.
local prefix = string.sub(lane, 1, -5)
local function tell(event, ...)
  if not string.find(redis.call('GET', prefix .. 'events-wanted') or '', event, 1, true) then return end
  redis.call('XADD', prefix .. 'events', '*', 'type', event, 'at', text(now), ...)
end
-- Time held or paused, overlaps once: what the other flag still covers is added when that one ends.
local function addHeld(since, other)
  since, other = tonumber(since), tonumber(other)
  if not since then return end
  local ms = other and math.max(0, other - since) or math.max(0, now - since)
  redis.call('HSET', lane, 'heldTotalMs', text(tonumber(redis.call('HGET', lane, 'heldTotalMs') or 0) + ms))
end
`;

const readScript = new Script(`${prelude}
local fields = redis.call('HMGET', lane, 'paused', 'pausedAt', 'holdReason', 'holdUntil', 'heldSince', 'reasonSince', 'holdLevel',
  'epoch', 'lastProbe')
fields[#fields + 1] = text(now)
return fields
`);

const holdScript = new Script(`${prelude}
local h = redis.call('HMGET', lane, 'epoch', 'holdReason', 'holdUntil')
if (h[1] or '0') ~= ARGV[1] then return 0 end
local untilMs = math.max(tonumber(h[3] or 0), now + tonumber(ARGV[3]))
if h[2] ~= ARGV[2] then
  redis.call('HSET', lane, 'reasonSince', text(now))
  tell('lane.held', 'reason', ARGV[2], 'until', text(untilMs))
end
redis.call('HSETNX', lane, 'heldSince', text(now))
redis.call('HSET', lane, 'holdReason', ARGV[2], 'holdUntil', text(untilMs), 'holdLevel', ARGV[4])
redis.call('HINCRBY', lane, 'epoch', 1)
if ARGV[5] ~= '' then redis.call('HSET', lane, 'lastProbe', ARGV[5]) end
redis.call('HDEL', lane, 'streakReason', 'streakCells')
return 1
`);

const releaseScript = new Script(`${prelude}
local h = redis.call('HMGET', lane, 'epoch', 'heldSince', 'pausedAt', 'holdReason')
if not h[4] or (h[1] or '0') ~= ARGV[1] then return 0 end
addHeld(h[2], h[3])
redis.call('HDEL', lane, 'holdReason', 'holdUntil', 'holdLevel', 'heldSince', 'reasonSince', 'lastProbe', 'streakReason', 'streakCells')
redis.call('HINCRBY', lane, 'epoch', 1)
tell('lane.resumed', 'reason', h[4])
return 1
`);

const pauseScript = new Script(`${prelude}
redis.call('HSETNX', lane, 'pausedAt', text(now))
redis.call('HSET', lane, 'paused', '1')
return 1
`);

const resumeScript = new Script(`${prelude}
local h = redis.call('HMGET', lane, 'pausedAt', 'heldSince')
addHeld(h[1], h[2])
redis.call('HDEL', lane, 'paused', 'pausedAt')
return 1
`);

/**
 * Why a lane is not delivering: held by itself, or paused by an operator; the two are apart and each counts its time,
 * which no score's retry age includes. The record's scripts read the same hash.
 */
export class LaneState {
  readonly #redis: Redis;

  constructor({ redis }: { redis: Redis }) {
    this.#redis = redis;
  }

  async get(platformId: string): Promise<LaneView> {
    const fields = (await this.#run(platformId, readScript)) as (string | null)[];
    const [paused, pausedAt, holdReason, holdUntil, heldSince, reasonSince, level, epoch, lastProbe, now] =
      fields;
    return {
      paused: paused === '1',
      ...(pausedAt && { pausedAtMs: Number(pausedAt) }),
      ...(holdReason && { holdReason }),
      ...(holdUntil && { holdUntilMs: Number(holdUntil) }),
      ...(heldSince && { heldSinceMs: Number(heldSince) }),
      ...(reasonSince && { reasonSinceMs: Number(reasonSince) }),
      holdLevel: Number(level ?? 0),
      epoch: Number(epoch ?? 0),
      ...(lastProbe && { lastProbe }),
      nowMs: Number(now),
    };
  }

  /** Holds the lane, or prolongs its hold; the time of the next probe only grows. False when the epoch is another. */
  async hold(platformId: string, { reason, forMs, level, epochSeen, probe = '' }: Hold): Promise<boolean> {
    return (await this.#run(platformId, holdScript, epochSeen, reason, Math.ceil(forMs), level, probe)) === 1;
  }

  /** Ends the lane's own hold, never an operator's pause. False when the lane is not held or the epoch is another. */
  async release(platformId: string, epochSeen: number): Promise<boolean> {
    return (await this.#run(platformId, releaseScript, epochSeen)) === 1;
  }

  /** The operator's pause; pausing twice keeps the first time. */
  async pause(platformId: string): Promise<void> {
    await this.#run(platformId, pauseScript);
  }

  /** Ends the operator's pause, never the lane's own hold. */
  async resume(platformId: string): Promise<void> {
    await this.#run(platformId, resumeScript);
  }

  /** Remembers a probe that said nothing about the platform, so that the next one takes another cell. */
  async noteProbe(platformId: string, cell: string): Promise<void> {
    await this.#redis.hset(platformKey(platformId, 'lane'), 'lastProbe', cell);
  }

  #run(platformId: string, script: Script, ...values: (string | number)[]): Promise<unknown> {
    return script.run(this.#redis, platformKey(platformId, 'lane'), values);
  }
}
