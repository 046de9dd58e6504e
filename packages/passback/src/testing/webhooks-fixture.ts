import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { SecretBox } from '../redis/secret-box.ts';
import { WebhookDeliveries } from '../redis/webhook-deliveries.ts';
import type { Claimed, IncomingWebhook, Received, WebhookSettlement } from '../redis/webhook-types.ts';
import type { WaitingEntry } from '../webhook-delivery.ts';

const DAY = 86_400_000;

const encryptionKey = randomBytes(32);

/** The deliveries of sources, whose clock can be moved. */
export function deliveriesOn(redis: Redis, clock: { shiftMs: number } = { shiftMs: 0 }): WebhookDeliveries {
  const box = new SecretBox(encryptionKey);
  return new WebhookDeliveries({ redis, box, retentionMs: 30 * DAY, clockShiftMs: () => clock.shiftMs });
}

/** A webhook of source `ci` on platform `moodle`; different each time unless `deliveryKey` says otherwise. */
export function webhook(change: Partial<IncomingWebhook> = {}): IncomingWebhook {
  return {
    platformId: 'moodle',
    sourceId: 'ci',
    deliveryKey: `id:${randomBytes(8).toString('hex')}`,
    body: Buffer.from('{"score": 1}'),
    contentType: 'application/json',
    ...change,
  };
}

/** Receives a webhook of a source that is open. */
export async function receive(
  deliveries: WebhookDeliveries,
  change: Partial<IncomingWebhook> = {},
): Promise<Received> {
  const incoming = webhook(change);
  await deliveries.open(incoming.platformId, incoming.sourceId);
  return (await deliveries.receive(incoming))!;
}

/** A part of a delivery whose student nobody knows. */
export function waiting(index: number, change: Partial<WaitingEntry> = {}): WaitingEntry {
  return {
    index,
    fingerprint: `f${index}`,
    reason: 'UNKNOWN_IDENTITY',
    detail: 'nobody knows them',
    identities: [{ github: `student-${index}` }],
    ...change,
  };
}

/** What came of a claimed delivery at the version in force; nothing was read from it unless `change` says otherwise. */
export async function settle(
  deliveries: WebhookDeliveries,
  { id, claim }: Claimed,
  change: Partial<WebhookSettlement> = {},
): Promise<'settled' | 'again'> {
  const version = await deliveries.versionOf('moodle');
  return deliveries.settle(id, { claim, version, accepted: {}, unmatched: [], ...change });
}
