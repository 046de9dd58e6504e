import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Redis } from 'ioredis';
import { shortHash, userKeyOf } from '../cell.ts';
import type { Outcome } from '../outcome.ts';
import type { Roster } from '../roster.ts';
import { platformKey } from './keys.ts';
import { Script } from './script.ts';
import { SealBrokenError, type SecretBox } from './secret-box.ts';

/** Whose roster: a context by the address of its members. */
export interface RosterPlace {
  platformId: string;
  membershipsUrl: string;
}

/** Which roster will do. */
export interface RosterWish {
  /** One whose reading began at or after this, by Redis's clock. */
  sinceMs?: number | undefined;
  /** One that is not older than this. */
  maxAgeMs: number;
}

export type RosterLook =
  | { kind: 'roster'; roster: Roster }
  /** It was tried, at an instant that will do, and this is what the platform said. */
  | { kind: 'failed'; outcome: Outcome }
  /** None will do, and it was tried too short a while ago to be tried again. */
  | { kind: 'early'; forMs: number }
  /** To be read, by whoever gets the lock. */
  | { kind: 'read'; nowMs: number };

const DAY = 24 * 60 * 60_000;
const SEEN_LIFE_MS = 30 * DAY;
/** Of a user's key, enough to tell users of a course apart. */
const SEEN_CHARACTERS = 8;
const MOST_SEEN = 50_000;

/** ARGV of each begins with the clock shift. */
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
local function text(number) return string.format('%.0f', number) end
`;

/** Further ARGV: since ms or 0, greatest age ms, when the roster that the caller has was read or ''. */
const lookScript = new Script(`${clock}
local since = tonumber(ARGV[2])
local r = redis.call('HMGET', KEYS[1], 'readAt', 'sealed', 'failedAt', 'failure', 'retryAt')
local readAt, failedAt, waitMs = tonumber(r[1] or -1), tonumber(r[3] or -1), tonumber(r[5] or 0) - now
if r[2] and readAt >= since and now - readAt <= tonumber(ARGV[3]) then
  return {'roster', r[1], r[1] == ARGV[4] and '' or r[2]}
end
if waitMs > 0 then
  if r[4] and failedAt >= since then return {'failed', r[4]} end
  return {'early', text(waitMs)}
end
return {'read', text(now)}
`);

/** Further ARGV: lock key, fence, read at ms, sealed, retry in ms, life ms. 0: the lock was lost. */
const keepScript = new Script(`${clock}
if redis.call('GET', ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'readAt', ARGV[4], 'sealed', ARGV[5], 'retryAt', text(now + ARGV[6]))
redis.call('HDEL', KEYS[1], 'failedAt', 'failure')
return redis.call('PEXPIRE', KEYS[1], ARGV[7])
`);

/** Further ARGV: sealed outcome, retry in ms. */
const failScript = new Script(`${clock}
redis.call('HSET', KEYS[1], 'failedAt', text(now), 'failure', ARGV[2], 'retryAt', text(now + ARGV[3]))
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
`);

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/**
 * What processes share of rosters: the last one read, which is short-lived and sealed, since it names people; the last
 * failure; and for 30 days, as bits of hashes, who was in it, so that one who has left can be told from one who never was.
 */
export class SharedRosters {
  readonly #redis: Redis;
  readonly #box: SecretBox;
  readonly #clockShiftMs: () => number;

  constructor(options: { redis: Redis; box: SecretBox; clockShiftMs: () => number }) {
    this.#redis = options.redis;
    this.#box = options.box;
    this.#clockShiftMs = options.clockShiftMs;
  }

  /** `have` is the roster that the caller has: it is not sent again. */
  async look(place: RosterPlace, { sinceMs = 0, maxAgeMs }: RosterWish, have?: Roster): Promise<RosterLook> {
    const key = keyOf(place);
    const [kind, ...rest] = (await this.#run(lookScript, key, [sinceMs, maxAgeMs, have?.readAtMs ?? ''])) as [
      RosterLook['kind'],
      ...string[],
    ];
    switch (kind) {
      case 'roster': {
        const [, sealed = ''] = rest;
        const roster = sealed === '' ? have : await this.#open<Roster>(sealed, key);
        return roster ? { kind, roster } : this.#startOver(place, { sinceMs, maxAgeMs });
      }
      case 'failed': {
        const outcome = await this.#open<Outcome>(rest[0] ?? '', key);
        return outcome ? { kind, outcome } : this.#startOver(place, { sinceMs, maxAgeMs });
      }
      case 'early':
        return { kind, forMs: Number(rest[0]) };
      case 'read':
        return { kind, nowMs: Number(rest[0]) };
    }
  }

  /** Under the lock. What was lost with it is somebody else's to keep. */
  async keep(
    place: RosterPlace,
    lock: { key: string; fence: string },
    roster: Roster,
    times: { lifeMs: number; leastIntervalMs: number },
  ): Promise<void> {
    const key = keyOf(place);
    const sealed = await this.#seal(roster, key);
    const args = [lock.key, lock.fence, roster.readAtMs, sealed, times.leastIntervalMs, times.lifeMs];
    if ((await this.#run(keepScript, key, args)) !== 1) return;
    const seen = await this.#seen(place);
    for (const { userId } of roster.members) seen.add(seenMarkOf(userId));
    const marks = [...seen].slice(-MOST_SEEN).join('');
    await this.#redis.set(seenKeyOf(place), marks, 'PX', SEEN_LIFE_MS);
  }

  async fail(place: RosterPlace, outcome: Outcome, retryInMs: number): Promise<void> {
    const key = keyOf(place);
    await this.#run(failScript, key, [await this.#seal(outcome, key), retryInMs]);
  }

  /** Whether a user was in the roster, this or an earlier one, within the last 30 days of readings. */
  async wasSeen(place: RosterPlace, userId: string): Promise<boolean> {
    return (await this.#seen(place)).has(seenMarkOf(userId));
  }

  async #seen(place: RosterPlace): Promise<Set<string>> {
    const marks = (await this.#redis.get(seenKeyOf(place))) ?? '';
    const seen = new Set<string>();
    for (let i = 0; i < marks.length; i += SEEN_CHARACTERS) seen.add(marks.slice(i, i + SEEN_CHARACTERS));
    return seen;
  }

  /** What does not open was sealed with a key that is gone: it is read anew. */
  async #startOver(place: RosterPlace, wish: RosterWish): Promise<RosterLook> {
    await this.#redis.del(keyOf(place));
    return this.look(place, wish);
  }

  async #seal(value: object, key: string): Promise<string> {
    const zipped = await zip(JSON.stringify(value));
    return this.#box.seal(zipped.toString('base64'), key);
  }

  async #open<T>(sealed: string, key: string): Promise<T | undefined> {
    try {
      const zipped = Buffer.from(this.#box.open(sealed, key), 'base64');
      return JSON.parse((await unzip(zipped)).toString()) as T;
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }

  #run(script: Script, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return script.run(this.#redis, key, [this.#clockShiftMs(), ...args]);
  }
}

/** The key that rosters of a place lie at; tells nothing of the address. */
export function keyOf({ platformId, membershipsUrl }: RosterPlace): string {
  return platformKey(platformId, 'roster', shortHash(membershipsUrl));
}

function seenKeyOf({ platformId, membershipsUrl }: RosterPlace): string {
  return platformKey(platformId, 'roster-seen', shortHash(membershipsUrl));
}

function seenMarkOf(userId: string): string {
  return userKeyOf(userId).slice(0, SEEN_CHARACTERS);
}
