import { Webhook } from 'standardwebhooks';

/** A webhook of ours. Its id is the same on every attempt; `at` is when this attempt is sent. */
export interface WebhookMessage {
  id: string;
  at: Date;
  body: string;
}

/**
 * The headers that prove a webhook to be ours, by Standard Webhooks 1.0: one signature for each secret, so that a receiver
 * who changes it can be at either.
 * @throws Error when a secret is no base64
 */
export function signWebhook(
  secrets: readonly string[],
  { id, at, body }: WebhookMessage,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
