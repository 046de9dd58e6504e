import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Reply {
  status?: number;
  body?: unknown;
}

/** Answers one request; `undefined` is a 404 problem. */
export type Answer = (request: {
  route: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: unknown;
}) => Reply | undefined;

export interface FakeGradewire extends AsyncDisposable {
  url: string;
  /** `POST /v1/scores` and its body, in the order of arrival; one that is no JSON as the text it is. */
  seen: { route: string; body: unknown }[];
}

/** The API over real HTTP on loopback, with answers made up by the test. It wants the key `test-key`. */
export async function startFakeGradewire(answer: Answer): Promise<FakeGradewire> {
  const seen: FakeGradewire['seen'] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { headers } = request;
    const body = bodyOf(Buffer.concat(chunks).toString(), headers['content-type']);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const route = `${request.method} ${pathname}`;
    seen.push({ route, body });
    const reply = isAuthorized(headers.authorization)
      ? (answer({ route, query: searchParams, headers, body }) ??
        problem(404, 'NOT_FOUND', 'There is no such thing.'))
      : problem(401, 'UNAUTHENTICATED', 'No valid API key.');
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json' });
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
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

const isAuthorized = (header: string | undefined) => header === 'Bearer test-key';

export function problem(status: number, code: string, detail: string, more: object = {}): Required<Reply> {
  return { status, body: { type: 'about:blank', title: detail, status, code, detail, ...more } };
}
