import type { Identity, UnmatchedEntry, WaitingEntry } from '@gradewire/passback';

const MOST_IDENTITIES = 20;

/** What names a part of a delivery. */
export type Place = Pick<WaitingEntry, 'index' | 'fingerprint'>;

/** Why a part of a delivery came to no score. */
export type Why = Omit<UnmatchedEntry, 'index' | 'identities'>;

/** What a step of reading a delivery lets through, and what it holds back. */
export interface Sieved<T> {
  passed: T[];
  unmatched: WaitingEntry[];
}

/** A part that waits, with whom it is about as far as it says. */
export function waiting(
  { index, fingerprint }: Place,
  why: Why,
  { identities }: { identities: Identity[] } = { identities: [] },
): WaitingEntry {
  const whom = identities.length > 0 && { identities: identities.slice(0, MOST_IDENTITIES) };
  return { index, fingerprint, ...why, ...whom };
}
