import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  /** What the JSON says, or the text as it came when it is none. */
  body: unknown;
}

/** What the server does with one request: answers it, drops the connection, or never answers. */
export type Reply =
  | { status: number; headers?: Record<string, string>; body?: unknown; text?: string }
  | 'drop'
  | 'hang';

export interface FakeApi extends AsyncDisposable {
  url: string;
  seen: SeenRequest[];
}

/** A real HTTP server on loopback that plays the replies in order and repeats the last one. */
export async function startFakeApi(...replies: Reply[]): Promise<FakeApi> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: bodyOf(text, request.headers['content-type']),
    });
    const reply = replies[Math.min(seen.length, replies.length) - 1];
    if (reply === 'hang') return;
    if (reply === 'drop' || reply === undefined) return void request.socket.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.text ?? (reply.body === undefined ? '' : JSON.stringify(reply.body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bodyOf(text: string, contentType: string | undefined): unknown {
  if (text === '') return undefined;
  return contentType === 'application/json' ? JSON.parse(text) : text;
}
