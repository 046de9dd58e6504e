import { deliveredFactsOf, type Platform, PROFILES } from '@gradewire/passback';
import type { DeliveredCell } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { enqueue } from '../scores/accept-scores.ts';

/**
 * Settles a score as delivered that was sent without an answer and that the gradebook shows, a dead one too: by an attempt of
 * its own that posts nothing. False when the cell went on meanwhile.
 */
export async function settleLanded(
  parts: Pick<Context, 'record' | 'active' | 'lanes' | 'wakes' | 'logger'>,
  platform: Platform,
  { cell, desired, inDoubt }: DeliveredCell,
): Promise<boolean> {
  const { record, active } = parts;
  const profile = PROFILES[platform.profile];
  if (desired === undefined || inDoubt === undefined) return false;
  if (inDoubt.dead) {
    await active.add(platform.id);
    if ((await record.replay(desired)).kind !== 'replayed') return false;
  }
  const input = { platformId: platform.id, cell, wireStepMs: profile.wireStepMs };
  // As a probe goes: nothing is sent, so that neither a hold nor a backoff is to be kept.
  const begun = await record.begin({ ...input, probe: true });
  if (!('fence' in begun)) return false;
  const { scoreId, fence, attempt } = begun;
  const lease = { platformId: platform.id, cell: begun.cell, scoreId, fence };
  if (begun.kind !== 'post' || scoreId !== desired || !begun.inDoubt) {
    await record.settle({ ...lease, settlement: { kind: 'released' } });
    await enqueue(parts, platform.id, [begun.cell]);
    return false;
  }
  const { score, delivered, wireTimestampMs, lineItemUrl } = begun;
  const settled = await record.settle({
    ...lease,
    settlement: { kind: 'delivered', facts: deliveredFactsOf(score, profile, delivered, wireTimestampMs) },
    attempt: { number: attempt, stage: 'result', outcome: 'delivered', durationMs: 0 },
    lineItemUrl,
  });
  if (settled.again) await enqueue(parts, platform.id, [begun.cell]);
  return settled.result === 'delivered';
}
