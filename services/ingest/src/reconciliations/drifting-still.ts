import type { Result } from '@gradewire/ags';
import { isRepairable } from '@gradewire/passback';
import type { Drift } from '@gradewire/passback/redis';
import { readResults } from '../line-items/read-results.ts';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';

/**
 * Looks once more at drifts that were found by a process which died before it mended them: a teacher may have done so
 * meanwhile. Those whose cell no longer shows what was observed, or cannot be seen, come back as `changed`.
 */
export async function driftingStill(open: OpenPlatform, drifts: readonly Drift[]): Promise<Drift[]> {
  const shown = new Map<string, ReadonlyMap<string, Result> | undefined>();
  const looked: Drift[] = [];
  for (const drift of drifts) {
    const { kind, lineItemUrl, userId, observed } = drift;
    if (!isRepairable(kind)) {
      looked.push(drift);
      continue;
    }
    if (!shown.has(lineItemUrl)) shown.set(lineItemUrl, await resultsNow(open, lineItemUrl));
    const results = shown.get(lineItemUrl);
    const isSame = results && (results.get(userId)?.resultScore ?? null) === observed;
    looked.push(isSame ? drift : { ...drift, repair: 'changed' });
  }
  return looked;
}

async function resultsNow(
  open: OpenPlatform,
  lineItemUrl: string,
): Promise<ReadonlyMap<string, Result> | undefined> {
  const read = await readResults(open, lineItemUrl);
  // A grade behind the end of what could be read would look like none.
  if (!read.ok || read.truncated) return undefined;
  return new Map(read.items.map((result) => [result.userId, result]));
}
