import type { CellDelivery, DeliverCell } from '@gradewire/passback/bullmq';
import type { PlatformStore, RequestBudget } from '@gradewire/passback/redis';
import { deliverCell } from './deliver-cell.ts';
import type { Parts } from './parts.ts';
import { sharesLimits, type Turns } from './turns.ts';

/** What lanes call: finds the platform, waits for a turn, delivers, and tells a limit group when it was throttled. */
export function createDeliver(options: {
  parts: Parts;
  platforms: Pick<PlatformStore, 'cached'>;
  turns: Pick<Turns, 'take'>;
  budget: Pick<RequestBudget, 'hold'>;
  /** How long a group is left alone that was throttled without a word of how long, ms. */
  throttleMs: number;
}): DeliverCell {
  const { parts, platforms, turns, budget, throttleMs } = options;
  return async ({ platformId, cell, probe, stopping }): Promise<CellDelivery> => {
    const platform = await platforms.cached(platformId);
    if (!platform) return { signal: { kind: 'none' } };
    const turn = await turns.take(platform, stopping);
    if ('retryAtMs' in turn) return { again: { cell, atMs: turn.retryAtMs }, signal: { kind: 'none' } };
    try {
      const delivery = await deliverCell(parts, { platform, cell, probe, turn });
      const { signal } = delivery;
      if (signal.kind === 'hold' && signal.reason === 'THROTTLED' && sharesLimits(platform)) {
        await budget.hold(platform.limitGroup, parts.now() + (signal.retryAfterMs ?? throttleMs));
      }
      return delivery;
    } finally {
      await turn.release();
    }
  };
}
