import { setTimeout as delay } from 'node:timers/promises';
import { proofOf } from '../../support/webhook-proof.ts';
import type { Random } from '../random.ts';
import type { Sender } from './senders.ts';

const timeoutMs = 5_000;
const longestPauseMs = 300;

/** What is sent: the same bytes under the same id, however often. */
export interface Message {
  sender: Sender;
  id: string;
  body: string;
}

/** What a sender is told by a 202. */
export interface Taken {
  deliveryId: string;
  status: 'accepted' | 'duplicate';
}

/**
 * Sends a webhook to one or another of these addresses until it is answered 202, signed anew each time. A 503 and no answer are
 * to be tried again; anything else rejects.
 */
export async function postUntilTaken(
  urls: readonly string[],
  { sender, id, body }: Message,
  random: Random,
): Promise<Taken> {
  const { sourceId, scheme, secret, event } = sender;
  for (;;) {
    const answer = await fetch(`${random.pick(urls)}/v1/webhooks/${sourceId}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(event && { 'x-github-event': event }),
        ...proofOf(scheme, secret, { id, body }),
      },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => undefined);
    if (answer?.status === 202) return JSON.parse(answer.text) as Taken;
    if (answer && answer.status !== 503)
      throw new Error(`${sourceId} was answered ${answer.status}: ${answer.text}`);
    await delay(random.between(20, longestPauseMs));
  }
}
