import { setTimeout as delay } from 'node:timers/promises';
import type { Platform, Roster } from '@gradewire/passback';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { readRoster } from '../platform-reads/read-roster.ts';
import { isOnOrigin } from '../platform-reads/require-origin.ts';
import type { Why } from './sieve.ts';

/** How long a delivery waits for a roster before others have its place; the reading goes on and serves the next try. */
const PATIENCE_MS = 10_000;
/** How long nobody waits for a roster again that took longer. */
const REST_MS = 10_000;
/** A student is who the roster said they were that long ago; whom it lacks is looked for in a new one. */
const KNOWN_FOR_MS = 10 * 60_000;

export type RosterAnswer = { ok: true; roster: Roster } | { ok: false; why: Why };

export interface RosterWish {
  platform: Platform;
  membershipsUrl: string;
  /** Read just now; else one of the last ten minutes will do. */
  fresh?: boolean;
  /** Nobody waits for the answer, so that scores under way go first; until it is aborted. */
  unhurried?: AbortSignal | undefined;
}

/** The rosters in which senders' students are looked up. A platform that does not answer keeps nobody waiting for long. */
export class CourseRosters {
  readonly #parts: Pick<Context, 'rosters' | 'reads' | 'now'>;
  readonly #patienceMs: number;
  readonly #slowUntil = new Map<string, number>();

  constructor(
    parts: Pick<Context, 'rosters' | 'reads' | 'now'>,
    { patienceMs = PATIENCE_MS }: { patienceMs?: number } = {},
  ) {
    this.#parts = parts;
    this.#patienceMs = patienceMs;
  }

  /** A roster, or why there is none. Rejects only when Redis does. */
  async read({ platform, membershipsUrl, fresh = false, unhurried }: RosterWish): Promise<RosterAnswer> {
    if (!isOnOrigin(platform, membershipsUrl)) return { ok: false, why: foreign };
    const name = `${platform.id} ${membershipsUrl}`;
    if (this.#isSlow(name)) return { ok: false, why: slow };
    const open = this.#parts.reads.open(platform, unhurried ? { unhurried } : {});
    const reading = readRoster(this.#parts, open, membershipsUrl, fresh ? {} : { maxAgeMs: KNOWN_FOR_MS });
    try {
      const roster = await within(reading, this.#patienceMs);
      if (roster) return { ok: true, roster };
      this.#slowUntil.set(name, this.#parts.now() + REST_MS);
      return { ok: false, why: slow };
    } catch (error) {
      return { ok: false, why: unreadable(error) };
    }
  }

  #isSlow(name: string): boolean {
    for (const [each, untilMs] of this.#slowUntil) {
      if (untilMs <= this.#parts.now()) this.#slowUntil.delete(each);
    }
    return this.#slowUntil.has(name);
  }
}

/** @throws what is no word of the platform */
function unreadable(error: unknown): Why {
  if (!(error instanceof Problem)) throw error;
  const { code, detail, reason } = error.toJSON();
  if (code === 'PLATFORM_UNAVAILABLE') return { reason: 'PLATFORM_UNAVAILABLE', detail };
  return { reason: 'ROSTER_UNREADABLE', detail: reason === undefined ? detail : `${reason}: ${detail}` };
}

const slow: Why = {
  reason: 'PLATFORM_UNAVAILABLE',
  detail:
    'the platform takes long to give the member list of the course; it is still being read, or will be again',
};

const foreign: Why = {
  reason: 'ROSTER_UNREADABLE',
  detail:
    'ORIGIN_NOT_ALLOWED: the address of the member list is not among the service origins of the platform',
};

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
