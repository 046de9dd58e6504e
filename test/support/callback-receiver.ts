import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

interface CallbackMessage {
  id: string;
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

/** An endpoint for callbacks as a receiver would write one, with the library of Standard Webhooks. */
export interface CallbackReceiver extends AsyncDisposable {
  readonly url: string;
  readonly secret: string;
  /** Every message that it took, one for each time it came. */
  readonly messages: CallbackMessage[];
  /** Requests that the library refused. */
  forged: number;
  /** What it answers; may be exchanged. */
  status: () => number;
}

export async function startCallbackReceiver(): Promise<CallbackReceiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const webhook = new Webhook(secret);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = request.headers as Record<string, string>;
    const status = receiver.status();
    try {
      const message = webhook.verify(Buffer.concat(chunks), headers) as Omit<CallbackMessage, 'id'>;
      if (status < 300) receiver.messages.push({ id: headers['webhook-id']!, ...message });
      response.writeHead(status).end();
    } catch {
      receiver.forged += 1;
      response.writeHead(401).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: CallbackReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/gradewire`,
    secret,
    messages: [],
    forged: 0,
    status: () => 204,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
