import { setTimeout as delay } from 'node:timers/promises';
import type { Member } from '@gradewire/ags';
import type { Redis } from 'ioredis';
import { shortHash } from '../cell.ts';
import type { Outcome } from '../outcome.ts';
import { type Roster, uniqueMembers } from '../roster.ts';
import { LockLostError, takeFencedLock } from './fenced-lock.ts';
import { platformKey } from './keys.ts';
import type { SecretBox } from './secret-box.ts';
import { keyOf, type RosterLook, type RosterPlace, SharedRosters } from './shared-rosters.ts';

/** What came of asking the platform. */
export type RosterReading =
  | { ok: true; members: Member[]; complete: boolean }
  /** The platform's word, which others who ask are told too. */
  | { ok: false; outcome: Outcome }
  /** Nothing could be asked: there is no token just now. */
  | { ok: false; retryAtMs: number };

/** A roster that will do, or what the platform said, or when to come again: another reads it, or it was read just now. */
export type RosterResult =
  | { ok: true; roster: Roster }
  | { ok: false; outcome: Outcome }
  | { ok: false; retryAtMs: number };

export interface RosterQuery extends RosterPlace {
  /** Only one that was read since then will do, by Redis's clock. */
  sinceMs?: number;
  /** Only one that is not older. @default the life of a roster */
  maxAgeMs?: number;
  /** How long to wait for whoever is reading it. @default 0, and a second for one of this process */
  patienceMs?: number;
  /**
   * Reads it, all pages. `stillMine` is to be called before each request, and throws when another process has taken over.
   * Whatever the platform does is a value.
   */
  read(stillMine: () => Promise<void>): Promise<RosterReading>;
}

export interface RosterCacheOptions {
  redis: Redis;
  box: SecretBox;
  /** How long one process may be at one page: longer than a request may take. @default 30_000 */
  lockMs?: number;
  /** How old a roster may be that nobody wants newer. @default 10 min */
  lifeMs?: number;
  /** The least time between two readings of a roster, whoever wants it how new. @default 30_000 */
  leastIntervalMs?: number;
  now?: () => number;
  random?: () => number;
  /** Added to Redis's clock; tests move time with it. */
  clockShiftMs?: () => number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A platform that is away is asked again soon: its lane is held meanwhile. */
const PASSING_FAILURE_MS = 1 * SECOND;
/** A long roster is not waited for in a lane's slot: whoever joins its reading comes again. */
const JOINED_FOR_MS = 1 * SECOND;
/** What a process keeps in memory, of all rosters together. */
const MOST_MEMBERS = 50_000;

type Read = RosterResult | { busyForMs: number };

/**
 * Rosters of courses: read once for all processes and all students, and again only when somebody needs a newer one, which
 * is granted every 30 s at most. One process reads; callers within it wait for that a while, others come again.
 */
export class RosterCache {
  readonly #redis: Redis;
  readonly #shared: SharedRosters;
  readonly #lockMs: number;
  readonly #times: { lifeMs: number; leastIntervalMs: number };
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #local = new Map<string, Roster>();
  readonly #pending = new Map<string, Promise<Read>>();

  constructor(options: RosterCacheOptions) {
    const { redis, box, clockShiftMs = () => 0 } = options;
    this.#redis = redis;
    this.#shared = new SharedRosters({ redis, box, clockShiftMs });
    this.#lockMs = options.lockMs ?? 30 * SECOND;
    this.#times = {
      lifeMs: options.lifeMs ?? 10 * MINUTE,
      leastIntervalMs: options.leastIntervalMs ?? 30 * SECOND,
    };
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  /** Rejects only when Redis does, or `read`. */
  async get(query: RosterQuery): Promise<RosterResult> {
    const key = keyOf(query);
    const patientUntil = this.#now() + (query.patienceMs ?? 0);
    for (;;) {
      const look = await this.#look(query);
      if (look.kind !== 'read') return this.#resultOf(look);
      // No await between looking and setting: the callers of this process share one reading.
      const joined = this.#pending.get(key);
      const reading = joined ?? this.#read(query, key).finally(() => this.#pending.delete(key));
      if (!joined) this.#pending.set(key, reading);
      const joinedForMs = Math.max(JOINED_FOR_MS, patientUntil - this.#now());
      const read = joined ? await within(reading, joinedForMs) : await reading;
      if (!read) return { ok: false, retryAtMs: this.#now() + JOINED_FOR_MS * (0.5 + this.#random()) };
      if ('busyForMs' in read) {
        const waitMs = Math.min(read.busyForMs, 200) * (0.5 + this.#random());
        if (this.#now() + waitMs > patientUntil) return { ok: false, retryAtMs: this.#now() + 2 * waitMs };
        await delay(waitMs);
      } else if (!joined || !read.ok) {
        return read;
      }
    }
  }

  /** Whether a user was in the roster, or in one of the last 30 days. */
  wasSeen(place: RosterPlace, userId: string): Promise<boolean> {
    return this.#shared.wasSeen(place, userId);
  }

  async #read(query: RosterQuery, key: string): Promise<Read> {
    const hash = shortHash(query.membershipsUrl);
    const lockKey = platformKey(query.platformId, 'roster-lock', hash);
    const fences = platformKey(query.platformId, 'roster-fence');
    const lock = await takeFencedLock(this.#redis, lockKey, fences, this.#lockMs);
    if ('busyForMs' in lock) return lock;
    try {
      // Whoever had the lock until now may have read it.
      const look = await this.#look(query);
      if (look.kind !== 'read') return this.#resultOf(look);
      const reading = await query.read(() => lock.extend());
      if (!reading.ok) {
        if ('outcome' in reading)
          await this.#shared.fail(query, reading.outcome, this.#restMs(reading.outcome));
        return reading;
      }
      const { complete } = reading;
      const roster = { members: uniqueMembers(reading.members), complete, readAtMs: look.nowMs };
      await this.#shared.keep(query, { key: lockKey, fence: lock.fence }, roster, this.#times);
      this.#remember(key, roster);
      return { ok: true, roster };
    } catch (error) {
      if (error instanceof LockLostError) return { busyForMs: this.#lockMs };
      throw error;
    } finally {
      await lock.release();
    }
  }

  async #look(query: RosterQuery): Promise<RosterLook> {
    const { sinceMs, maxAgeMs = this.#times.lifeMs } = query;
    const key = keyOf(query);
    const look = await this.#shared.look(query, { sinceMs, maxAgeMs }, this.#local.get(key));
    if (look.kind === 'roster') this.#remember(key, look.roster);
    return look;
  }

  #resultOf(look: Exclude<RosterLook, { kind: 'read' }>): RosterResult {
    switch (look.kind) {
      case 'roster':
        return { ok: true, roster: look.roster };
      case 'failed':
        return { ok: false, outcome: look.outcome };
      case 'early':
        return { ok: false, retryAtMs: this.#now() + look.forMs };
    }
  }

  #restMs(outcome: Outcome): number {
    if (outcome.kind === 'throttled') return outcome.retryAfterMs ?? PASSING_FAILURE_MS;
    return outcome.kind === 'transient' ? PASSING_FAILURE_MS : this.#times.leastIntervalMs;
  }

  #remember(key: string, roster: Roster): void {
    this.#local.delete(key);
    this.#local.set(key, roster);
    let members = 0;
    // The most recently used one is the last.
    for (const [each, { members: of }] of [...this.#local].reverse()) {
      members += of.length;
      if (members > MOST_MEMBERS && each !== key) this.#local.delete(each);
    }
  }
}

/** Undefined when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const done = new AbortController();
  const tooLong = delay(ms, undefined, { signal: done.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    done.abort();
  }
}
