import {
  isExpired,
  nextDelayMs,
  type Outcome,
  REASONS,
  type ReasonCode,
  type RetryPolicy,
} from '@gradewire/passback';
import type { Lease, Settlement } from '@gradewire/passback/redis';

/** What a failed attempt means for its score. `delivered` and `older` are not failures and not for this. */
export type Failure = Exclude<
  Outcome,
  { kind: 'delivered' | 'older' | 'renewToken' | 'reresolve' | 'regrade' }
>;

/**
 * How a failed attempt is settled: again later, or dead. A transient failure is dead by its own count of tries, or by
 * its age, which time held does not add to: with a reason of its own if it has one (a locked grade), else `EXPIRED`. A
 * probe never kills for what every score would meet: that is the lane's matter, and the grace decides.
 */
export function settlementOf(
  failure: Failure,
  lease: Pick<Lease, 'attempt' | 'firstFailureAtMs' | 'heldMs' | 'nowMs'>,
  { retry, random, probe }: { retry: RetryPolicy; random: () => number; probe: boolean },
): Settlement {
  const later = (retryAfterMs?: number, ambiguous = false): Settlement => ({
    kind: 'later',
    delayMs: nextDelayMs(lease.attempt, retry, random, retryAfterMs),
    ambiguous,
  });
  switch (failure.kind) {
    case 'dead':
      if (probe && REASONS[failure.reason].systemic) return later();
      return dead(failure.reason, failure.detail);
    case 'holdCredentials':
      return later();
    case 'throttled':
      // What was too much was the number of requests, not this one: the lane and its pace say when, and it need not wait longer.
      return {
        kind: 'later',
        delayMs: nextDelayMs(1, retry, random, failure.retryAfterMs),
        ambiguous: false,
      };
    case 'transient': {
      const { finalReason, detail, systemic } = failure;
      const { maxTries = Number.POSITIVE_INFINITY } = failure.budget ?? {};
      if (lease.attempt >= maxTries && !(probe && systemic)) return dead(finalReason, detail);
      const { firstFailureAtMs, heldMs, nowMs } = lease;
      if (firstFailureAtMs !== undefined && isExpired(firstFailureAtMs, heldMs, nowMs, retry)) {
        if (finalReason !== 'EXPIRED') return dead(finalReason, detail);
        return dead('EXPIRED', `kept failing with ${failure.reason}: ${detail}`.slice(0, 300));
      }
      return later(failure.retryAfterMs, failure.ambiguous);
    }
  }
}

function dead(reason: ReasonCode, detail: string): Settlement {
  return { kind: 'dead', reason, ...(detail && { detail }) };
}
