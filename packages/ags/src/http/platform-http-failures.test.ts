import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { client, closeClients, get, post, responseOf, sending } from '../testing/http-client.ts';
import { answer, bodyOf, httpServer, rawServer } from '../testing/local-server.ts';
import { selfSigned } from '../testing/self-signed.ts';

closeClients();

describe('no answer, and the platform cannot have seen the request', () => {
  it('when the name does not resolve', async () => {
    // Where no name server answers, that takes its time too.
    const patient = client({ connectTimeoutMs: 60_000, requestTimeoutMs: 80_000 });
    const given = await patient.send(post('http://no-such-host.invalid/scores'));
    expect(given).toMatchObject({ kind: 'noResponse', stage: 'score', code: 'DNS', maybeSeen: false });
  });

  it('when the connection is refused', async () => {
    const server = await rawServer(() => {});
    await server[Symbol.asyncDispose]();
    expect(await client().send(post(server.url))).toMatchObject({
      code: 'CONNECT_REFUSED',
      maybeSeen: false,
    });
  });

  it('when TLS fails on the certificate', async () => {
    const server = createTlsServer(selfSigned(), () => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await client().send(post(url))).toMatchObject({
      code: 'TLS',
      maybeSeen: false,
      detail: 'no TLS connection (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    server.close();
  });

  it('when the other side speaks no TLS', async () => {
    await using server = await httpServer(() => {});
    const given = await client().send(post(server.url.replace('http:', 'https:')));
    expect(given).toMatchObject({ code: 'TLS', maybeSeen: false });
  });

  it('when the other side hangs up during the TLS handshake', async () => {
    await using server = await rawServer((socket) => void socket.once('data', () => socket.destroy()));
    const given = await client().send(post(server.url.replace('http:', 'https:')));
    expect(given).toMatchObject({ code: 'RESET', maybeSeen: false });
  });

  it('when there is no connection in time', async () => {
    await using server = await rawServer(() => {});
    const http = client({ connectTimeoutMs: 100 });
    const given = await http.send(post(server.url.replace('http:', 'https:')));
    expect(given).toMatchObject({ code: 'CONNECT_TIMEOUT', maybeSeen: false });
  });

  it('when the time is over before a connection is free, and then does not send it late', async () => {
    let requests = 0;
    const free = Promise.withResolvers<void>();
    await using server = await httpServer(async (request, response) => {
      requests++;
      await free.promise;
      answer(request, response, 200);
    });
    const http = client({ maxConnectionsPerOrigin: 1, requestTimeoutMs: 60_000 });
    const first = http.send(get(server.url));
    await expect.poll(() => requests).toBe(1);
    const second = await http.send(post(server.url, { signal: AbortSignal.timeout(20) }));
    expect(second).toMatchObject({ code: 'ABORTED', maybeSeen: false });
    free.resolve();
    expect(await first).toMatchObject({ kind: 'response', status: 200 });
    expect(requests).toBe(1);
  });

  it('when it was given up before it began', async () => {
    await using server = await httpServer(() => {});
    const given = await client().send(post(server.url, { signal: AbortSignal.abort() }));
    expect(given).toMatchObject({ code: 'ABORTED', maybeSeen: false });
    expect(server.received()).toBe('');
  });

  it('when the client is closed', async () => {
    await using server = await httpServer(() => {});
    const http = client();
    await http.close();
    expect(await http.send(get(server.url))).toMatchObject({ code: 'ABORTED', maybeSeen: false });
  });

  it.each(['not a URL', 'ftp://lms.example/x', 'file:///etc/passwd'])('when the URL is %s', async (url) => {
    expect(await client().send(get(url))).toMatchObject({ code: 'OTHER', maybeSeen: false });
  });

  it('when a header cannot be sent, without repeating it', async () => {
    const given = await client().send(
      get('http://127.0.0.1:9/', { headers: { authorization: 'Bearer se\r\ncret' } }),
    );
    expect(given).toMatchObject({ code: 'OTHER', maybeSeen: false });
    expect(JSON.stringify(given)).not.toContain('cret');
  });
});

describe('no answer, and the platform may have seen the request', () => {
  it('when the connection drops before the request is read', async () => {
    await using server = await rawServer((socket) => socket.once('readable', () => socket.resetAndDestroy()));
    expect(await client().send(post(server.url))).toMatchObject({ code: 'RESET', maybeSeen: true });
  });

  it('when the connection drops after the request was read', async () => {
    let read = '';
    await using server = await httpServer(async (request) => {
      read = await bodyOf(request);
      request.socket.destroy();
    });
    expect(await client().send(post(server.url))).toMatchObject({ code: 'RESET', maybeSeen: true });
    expect(read).toBe('{"userId":"é"}');
  });

  it('when a connection that was used before drops', async () => {
    let requests = 0;
    await using server = await httpServer((request, response) => {
      if (++requests > 1) request.socket.destroy();
      else answer(request, response, 200);
    });
    const http = client();
    await responseOf(http, post(server.url));
    expect(await http.send(post(server.url))).toMatchObject({ code: 'RESET', maybeSeen: true });
    expect(requests).toBe(2);
  });

  it('when it hangs', async () => {
    await using server = await httpServer(() => {});
    const given = await client({ requestTimeoutMs: 500 }).send(post(server.url));
    expect(given).toMatchObject({
      code: 'TIMEOUT',
      maybeSeen: true,
      detail: 'no complete answer within 500 ms',
    });
    expect(given.durationMs).toBeGreaterThanOrEqual(495);
    expect(given.durationMs).toBeLessThan(10_000);
  });

  it('when it is given up on the way', async () => {
    const giveUp = new AbortController();
    await using server = await httpServer(() => giveUp.abort());
    const given = await client().send(post(server.url, { signal: giveUp.signal }));
    expect(given).toMatchObject({ code: 'ABORTED', maybeSeen: true });
  });

  it('when the answer is no HTTP', async () => {
    await using server = await sending('SSH-2.0-OpenSSH_9.2\r\n');
    expect(await client().send(post(server.url))).toMatchObject({ code: 'OTHER', maybeSeen: true });
  });

  it('when the headers are endless', async () => {
    await using server = await sending(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`);
    expect(await client().send(get(server.url))).toMatchObject({ code: 'OTHER', maybeSeen: true });
  });

  it('when the body trickles for longer than the request may take', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const given = await client({ requestTimeoutMs: 600 }).send(get(server.url));
    expect(given).toMatchObject({ code: 'TIMEOUT', maybeSeen: true });
  });

  it.each([['Content-Length: 100\r\n\r\n[{"id":'], ['Transfer-Encoding: chunked\r\n\r\n7\r\n[{"id":\r\n']])(
    'when the body breaks off (%j)',
    async (rest) => {
      await using server = await sending(`HTTP/1.1 200 OK\r\n${rest}`);
      expect(await client().send(get(server.url))).toMatchObject({ code: 'RESET', maybeSeen: true });
    },
  );
});

describe("a score's answer that breaks off", () => {
  it('counts when its status says it was taken', async () => {
    await using server = await sending('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"resultUrl":');
    const given = await client().send(post(server.url));
    expect(given).toMatchObject({ kind: 'response', status: 200, truncated: true, body: '{"resultUrl":' });
  });

  it('counts when the rest of it hangs', async () => {
    await using server = await sending('HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{', () => {});
    const given = await client({ requestTimeoutMs: 600 }).send(post(server.url));
    expect(given).toMatchObject({ kind: 'response', status: 201, truncated: true });
  });

  it('does not count otherwise: the missing words could change what it means', async () => {
    await using server = await sending('HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{"errors":');
    expect(await client().send(post(server.url))).toMatchObject({ code: 'RESET', maybeSeen: true });
  });
});
