import { bringsGradeBack, columnKeyOf, factsSeen, isRepairable } from '@gradewire/passback';
import type { Drift } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { enqueue } from '../scores/accept-scores.ts';

type RepairParts = Pick<Context, 'delivered' | 'record' | 'reader' | 'active' | 'lanes' | 'wakes' | 'logger'>;

/**
 * Puts back in the queue what posting again mends: the score that was delivered last, unless a newer one came meanwhile. One
 * that is on its way already, since a process died that sent it, counts as sent.
 * @returns the drifts with what became of each; those that are left alone as they are
 */
export async function repairDrifts(
  parts: RepairParts,
  platformId: string,
  drifts: readonly Drift[],
): Promise<Drift[]> {
  const isOpen = ({ kind, repair }: Drift) => isRepairable(kind) && repair === undefined;
  const open = drifts.filter(isOpen);
  if (open.length === 0) return [...drifts];
  await parts.active.add(platformId);
  const kept = new Map(
    (
      await parts.reader.many(
        platformId,
        open.map(({ scoreId }) => scoreId),
      )
    ).map((score) => [score.id, score]),
  );
  const cells: string[] = [];
  const repaired = await Promise.all(
    drifts.map(async (drift): Promise<Drift> => {
      if (!isOpen(drift)) return drift;
      const score = kept.get(drift.scoreId);
      if (!score) return { ...drift, repair: 'notKept' };
      if (!bringsGradeBack(score)) return { ...drift, repair: 'noGrade' };
      const cell = await sendAgain(parts, platformId, drift);
      if (cell === undefined) return { ...drift, repair: 'changed' };
      cells.push(cell);
      return { ...drift, repair: 'sent' };
    }),
  );
  await enqueue(parts, platformId, cells);
  return repaired;
}

/** @returns the cell that is on its way again, undefined when it is another's turn there by now */
async function sendAgain(
  { delivered, record }: RepairParts,
  platformId: string,
  { userId, lineItemUrl, scoreId, observed, maximum }: Drift,
): Promise<string | undefined> {
  const [cell] = await delivered.cells(platformId, columnKeyOf(lineItemUrl), [userId]);
  if (cell?.delivered?.scoreId !== scoreId) return undefined;
  if (cell.desired) return cell.desired === scoreId ? cell.cell : undefined;
  const result = observed === null ? null : { resultScore: observed, resultMaximum: maximum };
  const again = await record.replay(scoreId, { seen: factsSeen(cell.delivered.facts, result) });
  return again.kind === 'replayed' ? again.cell : undefined;
}
