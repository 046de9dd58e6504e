import { createHmac, randomBytes } from 'node:crypto';
import type { WebhookScheme } from '@gradewire/sdk';
import { Webhook } from 'standardwebhooks';

/** What a sender sends: the id is the same however often it does. */
export interface WebhookMessage {
  id: string;
  body: string;
  /** When it is sent. @default now */
  at?: Date;
}

export function newSecret(scheme: WebhookScheme): string {
  return scheme === 'standard'
    ? `whsec_${randomBytes(32).toString('base64')}`
    : randomBytes(24).toString('hex');
}

export function hmacOf(secret: string, body: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', secret).update(body).digest(encoding);
}

/** The headers by which a sender of this scheme proves that a message is its own, and tells it from others. */
export function proofOf(
  scheme: WebhookScheme,
  secret: string,
  { id, body, at = new Date() }: WebhookMessage,
): Record<string, string> {
  switch (scheme) {
    case 'standard':
      return {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign(id, at, body),
      };
    case 'github':
      return { 'x-github-delivery': id, 'x-hub-signature-256': `sha256=${hmacOf(secret, body, 'hex')}` };
    case 'hmac-sha256':
      return { 'webhook-id': id, 'x-signature': hmacOf(secret, body, 'hex') };
    case 'bearer':
      return { 'webhook-id': id, authorization: `Bearer ${secret}` };
  }
}
