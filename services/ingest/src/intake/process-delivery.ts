import { type Claimed, platformOfDelivery } from '@gradewire/passback/redis';
import type { Context } from '../context.ts';
import { acceptReady } from './accept-ready.ts';
import { deliveryProcessed } from './intake-events.ts';
import { type PlanParts, planDelivery } from './plan-delivery.ts';
import { retryInMs } from './retry-in.ts';

export type IntakeParts = PlanParts &
  Parameters<typeof acceptReady>[0] &
  Pick<Context, 'webhookDeliveries' | 'webhookSources' | 'now'>;

/**
 * The life of a delivery, from what was stored of it to accepted scores: read it by the adapter of its source, find its
 * students, accept what is ready, keep what is not. However often it is done, and by how many at once, each of its grades
 * becomes one score. Up to 1,000 grades take 8 round trips to Redis, as one does, 1 more where a roster is searched, and a
 * packet to the queue.
 * @returns `again` when the source or the identities were changed meanwhile, or somebody asked for it
 * @throws when Redis is away or keeps nothing safely: the delivery stays due
 */
export async function processDelivery(
  parts: IntakeParts,
  { id, claim }: Claimed,
  { unhurried }: { unhurried: AbortSignal },
): Promise<'settled' | 'again'> {
  const { webhookDeliveries: deliveries, webhookSources: sources, now } = parts;
  const startedMs = now();
  // Before anything that it stands for: a change that comes later is seen when settling.
  const version = await deliveries.versionOf(platformOfDelivery(id)!);
  const delivery = await deliveries.get(id);
  const source = delivery && (await sources.get(delivery.sourceId));
  // Removed meanwhile, together with all that waited.
  if (!delivery || source?.platformId !== delivery.platformId) return 'settled';
  const { body, accepted: before, discarded } = delivery;
  if (!body) throw new Error('the encryption key of this process does not open the delivery');
  const plan = await planDelivery(
    parts,
    source,
    { ...delivery, body },
    { accepted: before, discarded, waited: delivery.unmatched > 0, unhurried },
  );
  const { accepted, fresh, refused } = await acceptReady(parts, delivery, plan.ready);
  const unmatched = [...plan.unmatched, ...refused];
  // One that scores came of was a matter of grades.
  const ignored = Object.keys(before).length === 0 ? plan.ignored : undefined;
  const inMs = retryInMs(unmatched, delivery.tries);
  const settled = await deliveries.settle(id, {
    claim,
    version,
    accepted,
    unmatched,
    ...(ignored !== undefined && { ignored }),
    ...(inMs !== undefined && { retryAtMs: now() + inMs }),
  });
  deliveryProcessed(parts, {
    id,
    platformId: delivery.platformId,
    sourceId: delivery.sourceId,
    accepted: fresh,
    unmatched,
    newlyUnmatched: Math.max(0, unmatched.length - delivery.unmatched),
    ignored: ignored !== undefined,
    again: settled === 'again',
    durationMs: now() - startedMs,
  });
  return settled;
}
