import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Received {
  id: string;
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
  /** The body as it came. */
  text: string;
  headers: IncomingMessage['headers'];
  /** When, ms. */
  atMs: number;
}

/** A status, or whatever else is to be done with the response. */
export type Reply = (received: Received) => number | ((response: ServerResponse) => void);

export interface Receiver extends AsyncDisposable {
  url: string;
  /** What it verifies with; may be exchanged. */
  secret: string;
  /** Everything that came, refused or not, whose signature is right. */
  all: Received[];
  /** What was answered with 2xx. */
  taken: Received[];
  /** Requests whose signature is wrong. */
  forged: number;
  /** The most requests that were open at once. */
  most: number;
  /** What is answered; may be exchanged. */
  reply: Reply;
}

/** A real endpoint that verifies what it gets, as the specification of Standard Webhooks 1.0 says. */
export async function startReceiver(secret: string, reply: Reply = () => 204): Promise<Receiver> {
  let open = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    receiver.most = Math.max(receiver.most, open);
    response.once('close', () => {
      open -= 1;
    });
    const text = await textOf(request);
    if (!isSigned(receiver.secret, request.headers, text)) {
      receiver.forged += 1;
      response.writeHead(401).end();
      return;
    }
    const received = {
      ...(JSON.parse(text) as Pick<Received, 'type' | 'timestamp' | 'data'>),
      id: String(request.headers['webhook-id']),
      text,
      headers: request.headers,
      atMs: Date.now(),
    };
    receiver.all.push(received);
    const answer = receiver.reply(received);
    if (typeof answer === 'function') return answer(response);
    if (answer >= 200 && answer < 300) receiver.taken.push(received);
    response.writeHead(answer).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    secret,
    all: [],
    taken: [],
    forged: 0,
    most: 0,
    reply,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function isSigned(secret: string, headers: IncomingMessage['headers'], body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers;
  if (Math.abs(Date.now() / 1_000 - Number(at)) > 300) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest();
  return String(signatures)
    .split(' ')
    .map((each) => Buffer.from(each.replace('v1,', ''), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected));
}
