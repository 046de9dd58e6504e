import { setTimeout as delay } from 'node:timers/promises';

/** Looks until it is so; rejects with `what` when that takes too long. */
export async function until(
  what: string | (() => string),
  timeoutMs: number,
  look: () => boolean | Promise<boolean>,
  pauseMs = 50,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await look())) {
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${typeof what === 'string' ? what : what()}`);
    await delay(pauseMs);
  }
}
