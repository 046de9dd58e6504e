import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

/** The whole body as text. Rejects when it is longer than the limit or the sender goes away. */
export function readBody(request: IncomingMessage, maxBytes = 4 * 1024 * 1024): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        request.removeAllListeners('data');
        request.resume();
        reject(new RangeError('the body is too long'));
      } else chunks.push(chunk);
    });
    request.on('end', () =>
      resolve(chunks.length === 1 ? chunks[0]!.toString('utf8') : Buffer.concat(chunks).toString('utf8')),
    );
    request.on('error', reject);
    request.on('close', () => reject(new Error('the sender went away')));
  });
}

/** Resets the connection without an answer. */
export function cut(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
  response.destroy();
}

/** Writes a reply with the platform's own clock in `Date`. */
export function writeReply(
  response: ServerResponse,
  reply: Reply,
  date: string,
  extra?: Record<string, string>,
): void {
  if (response.destroyed || response.headersSent) return;
  const body = toBuffer(reply.body);
  const headers: Record<string, string | number> = { date, ...reply.headers, ...extra };
  if (reply.status !== 204) headers['content-length'] = body?.length ?? 0;
  writeHead(response, reply, headers);
  // A buffer, not a string: Node would join a string with the head and encode both as UTF-8.
  if (body && response.req.method !== 'HEAD') response.end(body);
  else response.end();
}

/** Head and the first half of the body, then the connection is cut. */
export function writeTruncated(response: ServerResponse, reply: Reply, date: string): void {
  if (response.destroyed || response.headersSent) return;
  const body = toBuffer(reply.body) ?? Buffer.from('{"cut":"');
  const length = Math.max(body.length, 2);
  writeHead(
    response,
    { ...reply, status: reply.status === 204 ? 200 : reply.status },
    { date, ...reply.headers, 'content-length': length },
  );
  response.write(body.subarray(0, Math.floor(length / 2)), () => response.destroy());
}

/** A JSON string of so many bytes, written as fast as it is read. */
export function writeHuge(response: ServerResponse, bytes: number, date: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(200, { date, 'content-type': 'application/json', 'content-length': bytes + 2 });
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let left = bytes;
  const pump = (): void => {
    while (left > 0 && !response.destroyed) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      if (!response.write(part)) {
        response.once('drain', pump);
        return;
      }
    }
    response.end('"');
  };
  response.write('"');
  pump();
}

function writeHead(response: ServerResponse, reply: Reply, headers: Record<string, string | number>): void {
  if (reply.reason === undefined) response.writeHead(reply.status, headers);
  else response.writeHead(reply.status, reply.reason.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ''), headers);
}

function toBuffer(body: Reply['body']): Buffer | undefined {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}
