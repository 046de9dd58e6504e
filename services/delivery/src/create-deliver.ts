import { holdIntervalMs } from '@gradewire/passback';
import type { CellDelivery, DeliverCell } from '@gradewire/passback/bullmq';
import type { PlatformStore } from '@gradewire/passback/redis';
import { deliverCell } from './deliver-cell.ts';
import type { Parts } from './parts.ts';
import type { Turns } from './turns.ts';

/** What lanes call: finds the platform, waits for a turn, delivers, and tells the budget when it was throttled. */
export function createDeliver(options: {
  parts: Parts;
  platforms: Pick<PlatformStore, 'cached'>;
  turns: Pick<Turns, 'take'>;
  /** How long a platform is left alone that throttled without a word of how long, ms. */
  throttleMs: number;
}): DeliverCell {
  const { parts, platforms, turns, throttleMs } = options;
  const bounds = { baseMs: throttleMs, maxMs: throttleMs };
  return async ({ platformId, cell, probe, stopping }): Promise<CellDelivery> => {
    const platform = await platforms.cached(platformId);
    if (!platform) return { signal: { kind: 'none' } };
    const turn = await turns.take(platform, stopping);
    if ('retryAtMs' in turn) return { again: { cell, atMs: turn.retryAtMs }, signal: { kind: 'none' } };
    try {
      const delivery = await deliverCell(parts, { platform, cell, probe, turn });
      const { signal } = delivery;
      if (signal.kind === 'hold' && signal.reason === 'THROTTLED') {
        await turn.throttled(holdIntervalMs(0, bounds, signal.retryAfterMs));
      }
      return delivery;
    } finally {
      await turn.release();
    }
  };
}
