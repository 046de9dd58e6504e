import type { PlatformLimits } from './platform.ts';

/** The platform's limits, and how fast requests go at present where it throttles: learnt from refusals, growing without any. */
export interface LaneLimits extends PlatformLimits {
  learnedRatePerSecond?: number;
}

/** The state of delivery to one platform. A held lane heals by itself, a paused one waits to be resumed. */
export interface Lane {
  platformId: string;
  state: 'open' | 'held' | 'paused';
  reason?: string | null;
  heldUntil?: string | null;
  undelivered: number;
  oldestUndeliveredSeconds?: number | null;
  dead: number;
  limits?: LaneLimits;
}
