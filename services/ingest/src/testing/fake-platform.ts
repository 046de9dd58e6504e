import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FakeAnswer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export interface FakePlatform extends AsyncDisposable {
  url: string;
  /** What each path answers with; a test changes them. The form is the body of a token request. */
  paths: Record<
    string,
    (form: URLSearchParams, request: IncomingMessage) => FakeAnswer | Promise<FakeAnswer>
  >;
}

/** A server that answers as a test tells it to: for what a whole simulated platform would be too much. */
export async function startFakePlatform(paths: FakePlatform['paths']): Promise<FakePlatform> {
  const server: Server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const answer = await platform.paths[(request.url ?? '').split('?', 1)[0]!]?.(
      new URLSearchParams(text),
      request,
    );
    const { status, body, headers } = answer ?? { status: 404, body: 'nothing here' };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const platform: FakePlatform = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return platform;
}
