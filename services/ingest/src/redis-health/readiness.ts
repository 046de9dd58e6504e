import type { Context } from '../context.ts';
import type { DurabilityMode } from './durability.ts';

export interface Readiness {
  status: 'ready' | 'not ready';
  redis: 'up' | 'away';
  durability: DurabilityMode;
  reasons: string[];
}

/** Whether scores can be accepted now, and how durably they are kept. */
export async function readiness({
  redis,
  durability,
  draining,
}: Pick<Context, 'redis' | 'durability' | 'draining'>): Promise<Readiness> {
  const leaving = draining ? ['The process is shutting down.'] : [];
  try {
    await redis.ping();
    const { mode, refusals } = await durability.current();
    const reasons = [...leaving, ...refusals];
    return { status: reasons.length === 0 ? 'ready' : 'not ready', redis: 'up', durability: mode, reasons };
  } catch {
    const reasons = [...leaving, 'Redis does not answer.'];
    return { status: 'not ready', redis: 'away', durability: 'unknown', reasons };
  }
}
