import type { Platform } from '@gradewire/passback';
import type { LaneView } from '@gradewire/passback/redis';
import type { Context } from './context.ts';

export interface LaneStatus {
  platformId: string;
  state: 'open' | 'held' | 'paused';
  reason?: string;
  heldUntil?: string;
  undelivered: number;
  oldestUndeliveredSeconds: number;
  dead: number;
  limits: Platform['limits'] & { learnedRatePerSecond?: number };
}

/** A lane as an operator sees it: an own pause first, then what the lane decided itself. */
export async function readLane(
  { laneState, reader, budget, now }: Pick<Context, 'laneState' | 'reader' | 'budget' | 'now'>,
  platform: Platform,
): Promise<LaneStatus> {
  const [lane, undelivered, dead, pace] = await Promise.all([
    laneState.get(platform.id),
    reader.undelivered(platform.id),
    reader.deadSummary([platform.id]),
    budget.pace(platform.limitGroup),
  ]);
  return {
    platformId: platform.id,
    ...stateOf(lane),
    undelivered: undelivered.count,
    oldestUndeliveredSeconds: ageSeconds(undelivered.oldestSinceMs, now()),
    dead: dead.reduce((sum, row) => sum + row.count, 0),
    limits: {
      ...platform.limits,
      ...(pace !== undefined && { learnedRatePerSecond: Math.round(pace * 100) / 100 }),
    },
  };
}

/** Whole seconds since `sinceMs`, 0 without one; clocks that differ never make it negative. */
export function ageSeconds(sinceMs: number | undefined, nowMs: number): number {
  return sinceMs === undefined ? 0 : Math.max(0, Math.round((nowMs - sinceMs) / 1000));
}

function stateOf({
  paused,
  holdReason,
  holdUntilMs,
}: LaneView): Pick<LaneStatus, 'state' | 'reason' | 'heldUntil'> {
  const hold = {
    ...(holdReason !== undefined && { reason: holdReason }),
    ...(holdUntilMs !== undefined && { heldUntil: new Date(holdUntilMs).toISOString() }),
  };
  return { state: paused ? 'paused' : holdReason === undefined ? 'open' : 'held', ...hold };
}
