import type { BuryCell } from '@gradewire/passback/bullmq';
import { CellLease, isLeased } from './cell-lease.ts';
import type { Parts } from './parts.ts';

/** Settles a cell's newest score as dead for what its lane has been held for too long. The platform is not asked. */
export async function buryCell(
  { record, monotonic, events }: Pick<Parts, 'record' | 'monotonic' | 'events'>,
  { platformId, cell, reason, detail }: Parameters<BuryCell>[0],
): Promise<void> {
  const lease = new CellLease({ record, monotonic, platformId, cell, wireStepMs: 1, probe: true });
  const begun = await lease.begin();
  if (!isLeased(begun)) return;
  const { scoreId, fence } = begun;
  const settlement = { kind: 'dead' as const, reason, ...(detail && { detail }) };
  const { result } = await record.settle({ platformId, cell: begun.cell, scoreId, fence, settlement });
  if (result === 'dead') events.settled({ platformId, scoreId, status: result, reason });
}
