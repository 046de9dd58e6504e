import { UNMATCHED, type WaitingEntry, type WebhookDelivery } from '@gradewire/passback';
import { unmatchedIdOf } from '@gradewire/passback/redis';

/** A delivery as `GET .../deliveries/{deliveryId}` shows it. */
export function deliveryView(delivery: WebhookDelivery): object {
  const { id, sourceId, platformId, status, ignored, accepted, unmatched, notes } = delivery;
  return {
    id,
    sourceId,
    platformId,
    receivedAt: timeOf(delivery.receivedAtMs),
    status,
    ...(ignored !== undefined && { ignored }),
    scores: [...new Set(Object.values(accepted))],
    unmatched,
    ...(notes.length > 0 && { discarded: notes }),
    ...nextAttemptOf(delivery),
  };
}

/** A part of a delivery that waits, with what to do about it. */
export function unmatchedView(entry: WaitingEntry & { delivery: WebhookDelivery }): object {
  const { delivery, fingerprint: _, hint, ...part } = entry;
  return {
    id: unmatchedIdOf(delivery.id, part.index),
    deliveryId: delivery.id,
    receivedAt: timeOf(delivery.receivedAtMs),
    ...part,
    hint: hint ?? UNMATCHED[part.reason].hint,
    ...nextAttemptOf(delivery),
  };
}

function nextAttemptOf({ nextAttemptAtMs }: WebhookDelivery): { nextAttemptAt?: string } {
  return nextAttemptAtMs === undefined ? {} : { nextAttemptAt: timeOf(nextAttemptAtMs) };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
