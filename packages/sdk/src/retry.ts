/** How often a request is repeated and how long is waited in between. */
export interface RetryOptions {
  /** Repeats after the first try. Default 4; 0 turns retrying off. */
  retries: number;
  /** Upper bound of the first wait; it doubles from there. Default 200. */
  baseMs: number;
  /** Upper bound of every wait that the API did not ask for. Default 10,000. */
  maxMs: number;
  /** A longer `Retry-After` ends the request with its error instead of waiting. Default 60,000. */
  maxRetryAfterMs: number;
}

export const RETRY_DEFAULTS: RetryOptions = {
  retries: 4,
  baseMs: 200,
  maxMs: 10_000,
  maxRetryAfterMs: 60_000,
};

/** How a try went wrong. `status` is undefined when there was no answer. */
export interface FailedTry {
  /** Tries made so far, this one included. */
  attempt: number;
  status: number | undefined;
  code: string;
  retryAfterMs: number | undefined;
  /** Whether acting twice on the request is harmless: by its method, or by an idempotency key. */
  repeatable: boolean;
}

/**
 * How long to wait before the request is sent again, or undefined when it is not. 429 and 503 mean that nothing was done, so they
 * are repeated always; no answer at all, or one by a gateway, leaves that open, so only a repeatable request is. Full jitter:
 * anything between nothing and the doubled bound, and never less than `Retry-After`.
 */
export function nextRetryMs(
  failed: FailedTry,
  options: RetryOptions,
  random: () => number,
): number | undefined {
  if (failed.attempt > options.retries || !isWorthRetrying(failed)) return undefined;
  const asked = failed.retryAfterMs ?? 0;
  if (asked > options.maxRetryAfterMs) return undefined;
  const bound = Math.min(options.maxMs, options.baseMs * 2 ** (failed.attempt - 1));
  return asked + Math.round(random() * bound);
}

function isWorthRetrying({ status, code, repeatable }: FailedTry): boolean {
  if (status === 429 || status === 503) return true;
  // An earlier try of this very request, whose answer did not get here, is still at work.
  if (code === 'IDEMPOTENCY_IN_FLIGHT') return true;
  return repeatable && (status === undefined || status === 502 || status === 504);
}

/** Parses `Retry-After`: seconds or an HTTP date (RFC 9110, 10.2.3). Undefined when missing or unreadable. */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
