import type { DisabledReason } from './callback.ts';
import { holdIntervalMs } from './retry.ts';

/** So many failures in a row, with no success between, open the breaker. */
const FAILURES_THAT_OPEN = 5;

/** How the endpoint of a callback has fared. Times are ms since 1970. */
export interface Endpoint {
  /** In a row, with no success between. */
  failures: number;
  failingSinceMs?: number;
  /** The unit that failed last. */
  lastFailed?: string;
  /** The failures in a row were of more than one unit. */
  several?: boolean;
  /** Set while the breaker is open: nothing is sent but one probe per interval. */
  open?: { sinceMs: number; level: number; probeAtMs: number };
  /** How long the breaker was open before, in all. */
  openedMs: number;
  disabled?: { reason: DisabledReason; atMs: number };
}

export interface EndpointPolicy {
  /** First and longest time between two probes, ms. */
  hold: { baseMs: number; maxMs: number };
  /** Failing for so long without one success disables the callback, ms. */
  maxAgeMs: number;
}

export interface EndpointFailure {
  unit: string;
  /** It was the one that is sent while the breaker is open. */
  isProbe: boolean;
  /** The endpoint said that nothing is to be sent to it any more. */
  isGone: boolean;
  retryAfterMs?: number | undefined;
}

/** An endpoint of which nothing is known. */
export const NEW_ENDPOINT: Endpoint = { failures: 0, openedMs: 0 };

/** After a success: whatever was wrong is over. One that said it is gone stays disabled. */
export function afterSuccess(endpoint: Endpoint, nowMs: number): Endpoint {
  return endpoint.disabled ? endpoint : enabled(endpoint, nowMs);
}

/** As a callback starts afresh that somebody put again. */
export function enabled(endpoint: Endpoint, nowMs: number): Endpoint {
  return { failures: 0, openedMs: openMsOf(endpoint, nowMs) };
}

/**
 * After a failed attempt. The breaker opens for failures in a row of several units: one alone that fails again and
 * again waits out its own backoff, and is none of the endpoint's trouble. A failed probe makes the next wait longer.
 */
export function afterFailure(
  endpoint: Endpoint,
  failure: EndpointFailure,
  nowMs: number,
  { hold, maxAgeMs }: EndpointPolicy,
): Endpoint {
  if (endpoint.disabled) return endpoint;
  const { open, lastFailed, failingSinceMs = nowMs } = endpoint;
  const several = endpoint.several || (lastFailed !== undefined && lastFailed !== failure.unit);
  const failing: Endpoint = {
    ...endpoint,
    failures: endpoint.failures + 1,
    failingSinceMs,
    lastFailed: failure.unit,
    several,
  };
  const isMany = failing.failures >= FAILURES_THAT_OPEN;
  if (failure.isGone) return disabled(failing, 'GONE', nowMs);
  if (isMany && nowMs - failingSinceMs >= maxAgeMs) return disabled(failing, 'FAILING', nowMs);
  if (open ? !failure.isProbe : !(isMany && several)) return failing;
  const level = open ? open.level + 1 : 0;
  const probeAtMs = nowMs + holdIntervalMs(level, hold, failure.retryAfterMs);
  return { ...failing, open: { sinceMs: open?.sinceMs ?? nowMs, level, probeAtMs } };
}

/** How long the breaker has been open in all: a unit's age does not count it. */
export function openMsOf({ openedMs, open }: Endpoint, nowMs: number): number {
  return openedMs + (open ? Math.max(0, nowMs - open.sinceMs) : 0);
}

function disabled(endpoint: Endpoint, reason: DisabledReason, nowMs: number): Endpoint {
  const { open: _, ...rest } = endpoint;
  return { ...rest, openedMs: openMsOf(endpoint, nowMs), disabled: { reason, atMs: nowMs } };
}
