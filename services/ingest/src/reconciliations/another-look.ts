import type { Result } from '@gradewire/ags';
import { isRepairable } from '@gradewire/passback';
import type { Drift } from '@gradewire/passback/redis';
import { readResults } from '../line-items/read-results.ts';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';
import { isOnOrigin } from '../platform-reads/require-origin.ts';

/**
 * Looks once more at drifts that were found by a process which died before it mended them, since a teacher may have done so
 * meanwhile. Each column is read once.
 */
export class AnotherLook {
  readonly #open: OpenPlatform;
  readonly #shown = new Map<string, ReadonlyMap<string, Result> | undefined>();

  constructor(open: OpenPlatform) {
    this.#open = open;
  }

  /** @returns the drifts; those whose cell no longer shows what was observed, or cannot be seen, as `changed` */
  async at(drifts: readonly Drift[]): Promise<Drift[]> {
    const looked: Drift[] = [];
    for (const drift of drifts) {
      const isOver = isRepairable(drift.kind) && !(await this.#isSame(drift));
      looked.push(isOver ? { ...drift, repair: 'changed' } : drift);
    }
    return looked;
  }

  async #isSame({ lineItemUrl, userId, observed }: Drift): Promise<boolean> {
    if (!this.#shown.has(lineItemUrl)) this.#shown.set(lineItemUrl, await this.#read(lineItemUrl));
    const results = this.#shown.get(lineItemUrl);
    return results !== undefined && (results.get(userId)?.resultScore ?? null) === observed;
  }

  async #read(lineItemUrl: string): Promise<ReadonlyMap<string, Result> | undefined> {
    if (!isOnOrigin(this.#open.platform, lineItemUrl)) return undefined;
    const read = await readResults(this.#open, lineItemUrl);
    // A grade behind the end of what could be read would look like none.
    if (!read.ok || read.truncated) return undefined;
    return new Map(read.items.map((result) => [result.userId, result]));
  }
}
