const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long a platform, or a cache before it, may keep the published key set without asking again: its `max-age`. */
export const KEY_SET_MAX_AGE_MS = 5 * MINUTE;

/**
 * The longest that a platform is taken to go by its own copy without looking for a `kid` that it lacks. Moodle and Canvas
 * read again at once; others by age only, and up to a day was seen (oat-sa/lib-lti1p3-core pull request 68).
 */
const PLATFORM_CACHE_MS = DAY;

/** A copy can be made from one that a cache has held for its `max-age`: both lives together before every platform knows a key. */
export const PUBLISHED_BEFORE_SIGNING_MS = PLATFORM_CACHE_MS + KEY_SET_MAX_AGE_MS;

/** How long a key is served after it signed last. */
export const SERVED_AFTER_SIGNING_MS = 14 * DAY;

/** What a key's life depends on. Keys without a `platformId` are for all platforms that have none of their own. */
export interface ToolKeyTimes {
  kid: string;
  createdAtMs: number;
  /** From when it signs in its line; absent for an imported key, which signs only where it is pinned. */
  signsFromMs?: number;
  platformId?: string;
  /** When it was last seen to be needed. */
  neededAtMs?: number;
}

/** Who uses keys: the registered platforms, and which of them pin one. */
export interface ToolKeyUses {
  platformIds: ReadonlySet<string>;
  /** By kid, the platforms that pin it. */
  pinnedBy: ReadonlyMap<string, readonly string[]>;
}

/** `published`: platforms can learn it, it does not sign yet. `retired`: it signs no more and is served until it goes. */
export type ToolKeyState = 'published' | 'signing' | 'retired';

export interface ToolKeyLife {
  state: ToolKeyState;
  /** The earliest time at which it goes; absent while nothing is to take its place. */
  servedUntilMs?: number;
  pinnedBy: readonly string[];
}

/**
 * The key that signs for a platform that pins none: the newest of its own line that has begun, else of the line for all.
 * Of the line for all the first to begin signs early rather than nobody: the clock here can be behind the one that made it.
 */
export function signerFor<K extends ToolKeyTimes>(
  keys: readonly K[],
  platformId: string | undefined,
  nowMs: number,
): K | undefined {
  const own = platformId === undefined ? undefined : begun(lineOf(keys, platformId), nowMs);
  const shared = lineOf(keys, undefined);
  return own ?? begun(shared, nowMs) ?? shared[0];
}

/** What a key is at the moment, among all keys and uses. */
export function lifeOf(
  key: ToolKeyTimes,
  keys: readonly ToolKeyTimes[],
  uses: ToolKeyUses,
  nowMs: number,
): ToolKeyLife {
  const { kid, platformId, signsFromMs, createdAtMs, neededAtMs } = key;
  const pinnedBy = uses.pinnedBy.get(kid) ?? [];
  if (pinnedBy.length > 0) return { state: 'signing', pinnedBy };
  const hasLine = platformId === undefined || uses.platformIds.has(platformId);
  const endsAtMs = successorOf(key, keys)?.signsFromMs;
  if (hasLine && signerFor(keys, platformId, nowMs)?.kid === kid) {
    return { state: 'signing', pinnedBy, ...(endsAtMs !== undefined && servedAfter(endsAtMs)) };
  }
  const isToCome = signsFromMs === undefined ? neededAtMs === undefined : signsFromMs > nowMs;
  if (hasLine && isToCome) return { state: 'published', pinnedBy };
  const lastMs = Math.max(createdAtMs, neededAtMs ?? 0, endsAtMs ?? 0);
  return { state: 'retired', pinnedBy, ...servedAfter(lastMs) };
}

/** The key that takes its place in its line, now or one day. */
export function successorOf<K extends ToolKeyTimes>(key: ToolKeyTimes, keys: readonly K[]): K | undefined {
  const line = lineOf(keys, key.platformId);
  const place = line.findIndex(({ kid }) => kid === key.kid);
  return place === -1 ? undefined : line[place + 1];
}

/** The keys of a line in the order in which they sign. */
function lineOf<K extends ToolKeyTimes>(keys: readonly K[], platformId: string | undefined): K[] {
  return keys
    .filter((key) => key.platformId === platformId && key.signsFromMs !== undefined)
    .sort(
      (a, b) => a.signsFromMs! - b.signsFromMs! || a.createdAtMs - b.createdAtMs || (a.kid < b.kid ? -1 : 1),
    );
}

function begun<K extends ToolKeyTimes>(line: readonly K[], nowMs: number): K | undefined {
  return line.findLast((key) => key.signsFromMs! <= nowMs);
}

function servedAfter(ms: number): { servedUntilMs: number } {
  return { servedUntilMs: ms + SERVED_AFTER_SIGNING_MS };
}
