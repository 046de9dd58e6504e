import { GradewireError } from './error.ts';
import type { CallOptions } from './transport.ts';
import type { ScoreStatus } from './types/score.ts';
import type { Sleep } from './wait.ts';

export interface SettlementOptions<T> extends CallOptions {
  /** Give up with `TIMEOUT` after this long. The score goes on being delivered. Default 60,000. */
  timeoutMs?: number;
  /** First pause between two looks; it grows by half each time. Default 100. */
  minPollMs?: number;
  /** Longest pause between two looks. Default 2,000. */
  maxPollMs?: number;
  /** Called with every look, the last one included. */
  onProgress?: (seen: T) => void;
}

/** Whether a score with this status has ended and will not change again by itself. */
export function isSettled(status: ScoreStatus): boolean {
  return status === 'delivered' || status === 'superseded' || status === 'dead' || status === 'cancelled';
}

interface Poll<T> extends SettlementOptions<T> {
  look: () => Promise<T>;
  isDone: (seen: T) => boolean;
  sleep: Sleep;
  now: () => number;
}

/** Looks until it is done, less and less often. Throws {@link GradewireError} `TIMEOUT` when that takes too long. */
export async function pollUntilSettled<T>(poll: Poll<T>): Promise<T> {
  const { timeoutMs = 60_000, minPollMs = 100, maxPollMs = 2_000, now, sleep, signal } = poll;
  const deadline = now() + timeoutMs;
  for (let pauseMs = minPollMs; ; pauseMs = Math.min(maxPollMs, pauseMs * 1.5)) {
    const seen = await poll.look();
    poll.onProgress?.(seen);
    if (poll.isDone(seen)) return seen;
    const leftMs = deadline - now();
    if (leftMs <= 0) {
      throw new GradewireError({
        code: 'TIMEOUT',
        message: `not settled within ${timeoutMs} ms; delivery goes on`,
      });
    }
    await sleep(Math.min(pauseMs, leftMs), signal).catch((cause: unknown) => {
      throw new GradewireError({ code: 'ABORTED', message: 'waiting was aborted', cause });
    });
  }
}
