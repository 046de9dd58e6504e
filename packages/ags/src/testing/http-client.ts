import type { Socket } from 'node:net';
import { afterEach } from 'vitest';
import { createPlatformHttp, type PlatformHttp, type PlatformHttpOptions } from '../http/platform-http.ts';
import type { PlatformRequest, PlatformResponse } from '../messages.ts';
import { rawServer } from './local-server.ts';

const clients: PlatformHttp[] = [];

/** Registers the hook that closes the clients of a test. */
export function closeClients(): void {
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((http) => http.close()));
  });
}

/** A client for one test, allowed onto loopback. */
export function client(options: Partial<PlatformHttpOptions> = {}): PlatformHttp {
  const http = createPlatformHttp({ requestTimeoutMs: 30_000, allowPrivateNetworks: true, ...options });
  clients.push(http);
  return http;
}

export function get(url: string, rest: Partial<PlatformRequest> = {}): PlatformRequest {
  return { stage: 'lineItem', method: 'GET', url, headers: { accept: 'application/json' }, ...rest };
}

export function post(url: string, rest: Partial<PlatformRequest> = {}): PlatformRequest {
  return get(url, { stage: 'score', method: 'POST', body: '{"userId":"é"}', ...rest });
}

export async function responseOf(http: PlatformHttp, request: PlatformRequest): Promise<PlatformResponse> {
  const given = await http.send(request);
  if (given.kind !== 'response') throw new Error(`${given.code}: ${given.detail}`);
  return given;
}

/** A server that sends these bytes to every request and then does what `afterwards` says. */
export function sending(
  bytes: Buffer | string,
  afterwards: (socket: Socket) => void = (socket) => socket.end(),
) {
  return rawServer((socket) => {
    socket.once('data', () => socket.write(bytes, () => afterwards(socket)));
  });
}
