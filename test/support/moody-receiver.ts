import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { findFreePort } from '@gradewire/local-redis/testing';
import { Webhook } from 'standardwebhooks';

/** What an endpoint does with a request: `cut` takes it and ends the connection without a word. */
export type Mood = 'take' | 'refuse' | 'hang' | 'cut';

/** One event, by itself or out of a digest. */
interface ToldEvent {
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

/** A message that was taken, however often it came. */
interface TakenMessage {
  id: string;
  events: ToldEvent[];
  bodyHash: string;
  /** When it came first, ms since 1970. */
  atMs: number;
  copies: number;
}

export interface MoodyReceiver extends AsyncDisposable {
  readonly url: string;
  readonly secret: string;
  /** By `webhook-id`. */
  readonly taken: Map<string, TakenMessage>;
  /** Requests in all, whatever became of them, and when each came. */
  readonly requestTimes: number[];
  /** What was wrong with requests: signatures that the library does not verify, copies that differ. */
  readonly wrongs: string[];
  /** Closes the port and every connection. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

/** An endpoint for callbacks as receivers write them, with the library of Standard Webhooks, whose mood changes. */
export async function startMoodyReceiver(mood: () => Mood): Promise<MoodyReceiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const webhook = new Webhook(secret);
  const port = await findFreePort();
  const taken = new Map<string, TakenMessage>();
  const requestTimes: number[] = [];
  const wrongs: string[] = [];
  let server: Server | undefined;

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    requestTimes.push(Date.now());
    const body = await bodyOf(request);
    const headers = request.headers as Record<string, string>;
    const now = mood();
    if (now === 'refuse') return void response.writeHead(500).end('not now');
    if (now === 'hang' || body === undefined) return;
    const id = headers['webhook-id']!;
    let message: ToldEvent;
    try {
      message = webhook.verify(body, headers) as ToldEvent;
    } catch (error) {
      wrongs.push(`${id}: ${error}`);
      return void response.writeHead(401).end();
    }
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const known = taken.get(id);
    if (known && known.bodyHash !== bodyHash) wrongs.push(`${id} came with two bodies`);
    if (known) known.copies += 1;
    else taken.set(id, { id, events: eventsOf(message), bodyHash, atMs: Date.now(), copies: 1 });
    if (now === 'cut') request.socket.destroy();
    else response.writeHead(204).end();
  };
  const comeBack = async () => {
    server = createServer((request, response) => void handle(request, response)).listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const goDown = async () => {
    const closing = server;
    server = undefined;
    closing?.closeAllConnections();
    await new Promise((resolve) => (closing ? closing.close(resolve) : resolve(undefined)));
  };
  await comeBack();
  return {
    url: `http://127.0.0.1:${port}/gradewire`,
    secret,
    taken,
    requestTimes,
    wrongs,
    goDown,
    comeBack,
    [Symbol.asyncDispose]: goDown,
  };
}

function eventsOf(message: ToldEvent): ToldEvent[] {
  return message.type === 'digest' ? (message.data.events as ToldEvent[]) : [message];
}

/** Undefined when the sender left before it had said all. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}
