import { UNMATCHED, type UnmatchedEntry } from '@gradewire/passback';

const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;

/**
 * In how many ms a delivery is tried again by itself; undefined: only when something was changed.
 * @param tries how often it was worked through before
 */
export function retryInMs(
  unmatched: ReadonlyArray<Pick<UnmatchedEntry, 'reason'>>,
  tries: number,
): number | undefined {
  const kinds = new Set(unmatched.map(({ reason }) => UNMATCHED[reason].retry));
  if (kinds.has('backoff')) return Math.min(LONGEST_MS, FIRST_MS * 2 ** tries);
  return kinds.has('slowly') ? LONGEST_MS : undefined;
}
