import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

export interface LocalServer extends AsyncDisposable {
  url: string;
  port: number;
  /** Bytes that arrived, over all connections. */
  received(): string;
}

/** A real HTTP server on loopback, gone at the end of the test together with its connections. */
export async function httpServer(listener: RequestListener): Promise<LocalServer> {
  return listening(createServer(listener));
}

/** A server that speaks whatever `onConnection` writes, for answers that node:http would not send. */
export async function rawServer(onConnection: (socket: Socket) => void): Promise<LocalServer> {
  return listening(createTcpServer(onConnection));
}

/** Reads a request's body, then answers, if the client is still there. */
export function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: unknown = '',
  headers: Record<string, string | string[]> = {},
): void {
  bodyOf(request).then(
    () => response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body)),
    () => response.destroy(),
  );
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listening(server: Server): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let received = '';
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received: () => received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
