import type { PlatformRequest } from '@gradewire/ags';
import type { Unit } from '@gradewire/passback/redis';
import { signWebhook } from '@gradewire/webhooks';

/** The signed request of a unit: its id and body are those of every attempt, time and signatures are this one's. */
export function callbackRequest(
  { id, url, body }: Pick<Unit, 'id' | 'url' | 'body'>,
  secrets: readonly string[],
  at: Date,
): PlatformRequest {
  return {
    stage: 'callback',
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...signWebhook(secrets, { id, at, body }) },
    body,
  };
}
