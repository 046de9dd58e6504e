import { DEAD_STREAK, DOWN_STREAK, type Outcome, REASONS } from '@gradewire/passback';
import type { LaneSignal } from '@gradewire/passback/bullmq';

/** How an outcome counts for the lane's streak: ends it, lengthens it by a systemic reason, or leaves it. */
export function streakOf(outcome: Outcome): 'end' | { reason: string } | undefined {
  switch (outcome.kind) {
    case 'delivered':
    case 'older':
      return 'end';
    case 'dead':
      // A refusal of this one score shows that the platform is up and lets us in.
      return REASONS[outcome.reason].systemic ? { reason: outcome.reason } : 'end';
    case 'transient':
      return outcome.systemic ? { reason: isRefusal(outcome) ? outcome.reason : 'PLATFORM_DOWN' } : undefined;
    default:
      return undefined;
  }
}

/**
 * What an outcome says about the lane. `streak` is how many cells in a row have met its systemic reason. A probe speaks
 * for the lane alone: one systemic failure keeps it shut, one cell's own trouble neither keeps nor opens it.
 */
export function signalOf(
  outcome: Outcome,
  { streak, epoch, probe }: { streak: number; epoch: number; probe: boolean },
): LaneSignal {
  switch (outcome.kind) {
    case 'delivered':
    case 'older':
      return { kind: 'healthy' };
    case 'throttled':
      return { kind: 'hold', reason: 'THROTTLED', epoch, ...retryAfter(outcome.retryAfterMs) };
    case 'holdCredentials': {
      const refusal = { reason: outcome.reason, detail: outcome.detail };
      return { kind: 'hold', reason: 'CREDENTIALS_REJECTED', epoch, refusal };
    }
    case 'transient':
      if (!outcome.systemic) return { kind: 'none' };
      if (!probe && streak < (isRefusal(outcome) ? DEAD_STREAK : DOWN_STREAK)) return { kind: 'none' };
      if (isRefusal(outcome)) {
        const { reason, detail } = outcome;
        return { kind: 'hold', reason, epoch, refusal: { reason, detail } };
      }
      return { kind: 'hold', reason: 'PLATFORM_DOWN', epoch, ...retryAfter(outcome.retryAfterMs) };
    case 'dead': {
      const { reason, detail } = outcome;
      if (!REASONS[reason].systemic) return { kind: 'healthy' };
      if (!probe && streak < DEAD_STREAK) return { kind: 'none' };
      return { kind: 'hold', reason, epoch, refusal: { reason, detail } };
    }
    default:
      return { kind: 'none' };
  }
}

/** Refused with a token that cannot be renewed now: it waits, but tells of the platform what a dead one does. */
function isRefusal(outcome: Outcome): outcome is Outcome & { reason: 'UNAUTHORIZED' } {
  return outcome.kind === 'transient' && outcome.reason === 'UNAUTHORIZED';
}

function retryAfter(retryAfterMs: number | undefined): { retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
