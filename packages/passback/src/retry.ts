/** How a cell is retried. All in milliseconds. */
export interface RetryPolicy {
  /** The longest first backoff. */
  baseMs: number;
  /** The longest backoff of all. */
  maxMs: number;
  /** The age, from the first failure and not counting held time, at which the cell is given up. */
  maxAgeMs: number;
}

const HOUR_MS = 3_600_000;

/** What a platform may ask for by `Retry-After`, at most: an hour. */
export const MAX_RETRY_AFTER_MS = HOUR_MS;

/**
 * The wait after a failed attempt: exponential with full jitter, never shorter than what the platform asked for (up to an hour).
 * @param attempt the attempt that failed, counted from 1
 * @param random a number from 0 up to but not 1
 */
export function nextDelayMs(
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
  retryAfterMs?: number,
): number {
  const ceilingMs = doubled(policy.baseMs, attempt - 1, policy.maxMs);
  return Math.max(Math.round(random() * ceilingMs), honoured(retryAfterMs));
}

/** Whether a cell has been failing for longer than the policy allows; the time its lane was held or paused is not counted. */
export function isExpired(firstFailureMs: number, heldMs: number, now: number, policy: RetryPolicy): boolean {
  return now - firstFailureMs - Math.max(0, heldMs) >= policy.maxAgeMs;
}

/**
 * How long a lane stays held before its next probe. Doubles with each level, without jitter (one supervisor probes),
 * and is never shorter than what the platform asked for (up to an hour).
 * @param level 0 for the first hold
 */
export function holdIntervalMs(
  level: number,
  bounds: { baseMs: number; maxMs: number },
  retryAfterMs?: number,
): number {
  return Math.max(doubled(bounds.baseMs, level, bounds.maxMs), honoured(retryAfterMs));
}

function doubled(baseMs: number, times: number, maxMs: number): number {
  return Math.min(maxMs, baseMs * 2 ** Math.max(0, times));
}

function honoured(retryAfterMs: number | undefined): number {
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, retryAfterMs ?? 0));
}
