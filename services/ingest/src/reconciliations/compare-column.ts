import type { Result } from '@gradewire/ags';
import { driftOf, type Outcome, PROFILES, provesLanding } from '@gradewire/passback';
import type { DeliveredCell, Drift, ReconciliationCounts } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { readResults } from '../line-items/read-results.ts';
import type { OpenPlatform } from '../platform-reads/platform-reads.ts';
import { settleLanded } from './settle-landed.ts';

type CompareParts = Pick<Context, 'delivered' | 'record' | 'active' | 'lanes' | 'wakes' | 'logger'>;

/** What a column came to. */
export interface Comparison {
  ok: true;
  counts: Partial<ReconciliationCounts>;
  drifts: Drift[];
}

/** One column as the platform shows it. */
interface Shown {
  results: ReadonlyMap<string, Result>;
  /** The list goes on behind what could be read. */
  truncated: boolean;
  maximum: number;
}

/**
 * Compares what was delivered to a column with what the gradebook shows, by as many requests as its results have pages. A
 * cell with a newer score on its way is not judged, nor one that changed while the results were read.
 */
export async function compareColumn(
  parts: CompareParts,
  open: OpenPlatform,
  { column, url }: { column: string; url: string },
): Promise<Comparison | { ok: false; outcome: Outcome }> {
  const { delivered } = parts;
  const { id: platformId, profile } = open.platform;
  // Before the results, so that none of them is older than what it is compared with.
  const before = await heldCells(parts, platformId, column);
  const read = await readResults(open, url);
  if (!read.ok) return read;
  const shown: Shown = {
    // Of several the last one counts.
    results: new Map(read.items.map((result) => [result.userId, result])),
    truncated: read.truncated === true,
    maximum: read.items.find(({ resultMaximum }) => resultMaximum)?.resultMaximum ?? 1,
  };

  const expired: string[] = [];
  const matching: { cell: string; scoreId: string }[] = [];
  const suspects = new Map<string, Drift>();
  let underWay = 0;
  let unseen = 0;
  for (const { userId, cell, delivered: last, desired } of before.values()) {
    const result = shown.results.get(userId) ?? null;
    if (desired) underWay += 1;
    else if (!last) expired.push(userId);
    else if (!result && shown.truncated) unseen += 1;
    else {
      const kind = driftOf(last.facts, result, PROFILES[profile]);
      if (!kind) matching.push({ cell, scoreId: last.scoreId });
      else
        suspects.set(userId, {
          ...differenceOf(last.facts.grade, result, shown.maximum),
          userId,
          kind,
          lineItemUrl: url,
          scoreId: last.scoreId,
        });
    }
  }
  const drifts: Drift[] = [];
  for (const cell of await delivered.cells(platformId, column, [...suspects.keys()])) {
    const drift = suspects.get(cell.userId)!;
    if (!cell.desired && cell.delivered?.scoreId === drift.scoreId) drifts.push(drift);
    else underWay += 1;
  }
  await delivered.markVerified(platformId, matching);
  await delivered.forget(platformId, column, expired);
  const settled = await settleAllLanded(parts, open, column, before, shown);
  const checked = matching.length + drifts.length;
  const kinds: Partial<ReconciliationCounts> = {};
  for (const { kind } of drifts) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const counts = { checked, matching: matching.length, underWay, unseen, settled, ...kinds };
  return { ok: true, counts, drifts };
}

async function heldCells(
  { delivered }: Pick<CompareParts, 'delivered'>,
  platformId: string,
  column: string,
): Promise<Map<string, DeliveredCell>> {
  const held = new Map<string, DeliveredCell>();
  for await (const users of delivered.users(platformId, column)) {
    for (const cell of await delivered.cells(platformId, column, users)) held.set(cell.userId, cell);
  }
  return held;
}

/** Both grades on the column's scale. */
function differenceOf(
  grade: number | undefined,
  result: Result | null,
  columnMaximum: number,
): Pick<Drift, 'delivered' | 'observed' | 'maximum'> {
  const maximum = result?.resultMaximum || columnMaximum;
  return {
    delivered: grade === undefined ? null : Number((grade * maximum).toFixed(5)),
    observed: result?.resultScore ?? null,
    maximum,
  };
}

/** Settles what was posted without an answer and is shown. @returns how many */
async function settleAllLanded(
  parts: CompareParts,
  { platform }: OpenPlatform,
  column: string,
  before: ReadonlyMap<string, DeliveredCell>,
  { results, truncated }: Shown,
): Promise<number> {
  const waiting = [...before.values()].filter(({ desired }) => desired).map(({ userId }) => userId);
  const others = [...results.keys()].filter((userId) => !before.has(userId));
  let settled = 0;
  for (const cell of await parts.delivered.cells(platform.id, column, [...waiting, ...others])) {
    const { userId, inDoubt, delivered } = cell;
    const result = results.get(userId) ?? null;
    if (!inDoubt || (!result && truncated)) continue;
    // What was delivered while the results were read may have been shown before it.
    if (delivered?.scoreId !== before.get(userId)?.delivered?.scoreId) continue;
    if (!provesLanding(inDoubt.score, delivered?.facts, result)) continue;
    if (await settleLanded(parts, platform, cell)) settled += 1;
  }
  return settled;
}
