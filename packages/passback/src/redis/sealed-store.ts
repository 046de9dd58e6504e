import type { SealedBy } from './secret-box.ts';

/** How many sealed secrets each of our encryption keys opens. */
export type SealCounts = Record<SealedBy, number>;

/** A store with sealed secrets that last. Access tokens do not: one that does not open is fetched anew. */
export interface SealedStore {
  sealCounts(): Promise<SealCounts>;
  /** Seals with the current encryption key what the previous one sealed. @returns how many secrets */
  reseal(): Promise<number>;
}
