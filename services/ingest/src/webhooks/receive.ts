import type { IncomingHttpHeaders } from 'node:http';
import type { WebhookSourceWithSecrets } from '@gradewire/passback';
import type { Received } from '@gradewire/passback/redis';
import { NO_SOURCE, type Verifier, verifyWebhook } from '@gradewire/webhooks';
import type { Context } from '../context.ts';
import { Problem } from '../http/problem.ts';
import { webhookReceived, webhookRefused } from './webhook-events.ts';

export type ReceiveParts = Pick<
  Context,
  'webhookSources' | 'webhookDeliveries' | 'durability' | 'replicas' | 'intake' | 'logger' | 'metrics' | 'now'
>;

const MOST_OF_A_HEADER = 255;

/**
 * Verifies a webhook and keeps it; what it says is read later. It is durable when this returns, and will be read even if this
 * process dies now. Takes three round trips to Redis (source, list of what is pending, delivery), a duplicate four, a refused one
 * one; and the wait for replicas, where there are to be any.
 * @throws Problem `WEBHOOK_REFUSED` for whatever is no webhook of a source: which of the reasons it was is logged only;
 * `NOT_DURABLE` or `NOT_REPLICATED`, and what Redis throws when it is away
 */
export async function receiveWebhook(
  parts: ReceiveParts,
  sourceId: string,
  { headers, body }: { headers: IncomingHttpHeaders; body: Buffer },
): Promise<Received> {
  const refuse = (reason: string) => {
    webhookRefused(parts, { sourceId, reason });
    return new Problem('WEBHOOK_REFUSED');
  };
  const source = await parts.webhookSources.get(sourceId);
  // Also where there is no source: it takes as long.
  const verified = verifyWebhook(source ? verifierOf(source) : NO_SOURCE, { headers, body }, parts.now);
  if (!source) throw refuse('UNKNOWN_SOURCE');
  if (source.secrets.length === 0) throw refuse('SECRETS_UNREADABLE');
  if (!verified.ok) throw refuse(verified.reason);

  await parts.durability.requireDurable();
  const { platformId } = source;
  const contentType = headers['content-type']?.slice(0, MOST_OF_A_HEADER);
  const event = headerOf(headers, 'x-github-event')?.slice(0, MOST_OF_A_HEADER);
  const received = await parts.webhookDeliveries.receive({
    platformId,
    sourceId,
    deliveryKey: verified.deliveryKey,
    body,
    ...(contentType && { contentType }),
    ...(event && { event }),
  });
  // Removed since we read it.
  if (!received) throw refuse('UNKNOWN_SOURCE');
  await parts.replicas.confirm();
  const { id: deliveryId, duplicate } = received;
  webhookReceived(parts, { sourceId, platformId, deliveryId, duplicate, bytes: body.length });
  if (!duplicate) parts.intake.wake(deliveryId);
  return received;
}

function verifierOf({ scheme, secrets, signature, deliveryIdHeader }: WebhookSourceWithSecrets): Verifier {
  return { scheme, secrets, ...(signature && { signature }), ...(deliveryIdHeader && { deliveryIdHeader }) };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
