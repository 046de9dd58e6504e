import { setTimeout as delay } from 'node:timers/promises';
import type { Gradewire } from '@gradewire/sdk';

/** Waits until the platforms have nothing undelivered; says which of them still have something when the time is up. */
export async function settledAll(
  client: Gradewire,
  platformIds: readonly string[],
  timeoutMs: number,
): Promise<string[]> {
  const deadline = performance.now() + timeoutMs;
  const left: string[] = [];
  for (const platformId of platformIds) {
    let { undelivered } = await client.lanes.get(platformId);
    while (undelivered > 0 && performance.now() < deadline) {
      await delay(100);
      ({ undelivered } = await client.lanes.get(platformId));
    }
    if (undelivered > 0)
      left.push(`${platformId} has ${undelivered} cells undelivered after ${timeoutMs} ms`);
  }
  return left;
}
