import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { PlatformRequest, PlatformResponse } from '../messages.ts';
import { answer, bodyOf, httpServer, rawServer } from '../testing/local-server.ts';
import { selfSigned } from '../testing/self-signed.ts';
import { createPlatformHttp, type PlatformHttp, type PlatformHttpOptions } from './platform-http.ts';

const clients: PlatformHttp[] = [];

function client(options: Partial<PlatformHttpOptions> = {}): PlatformHttp {
  const http = createPlatformHttp({ requestTimeoutMs: 30_000, allowPrivateNetworks: true, ...options });
  clients.push(http);
  return http;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((http) => http.close()));
});

function get(url: string, rest: Partial<PlatformRequest> = {}): PlatformRequest {
  return { stage: 'lineItem', method: 'GET', url, headers: { accept: 'application/json' }, ...rest };
}

function post(url: string, rest: Partial<PlatformRequest> = {}): PlatformRequest {
  return get(url, { stage: 'score', method: 'POST', body: '{"userId":"é"}', ...rest });
}

async function responseOf(http: PlatformHttp, request: PlatformRequest): Promise<PlatformResponse> {
  const given = await http.send(request);
  if (given.kind !== 'response') throw new Error(`${given.code}: ${given.detail}`);
  return given;
}

/** A server that sends these bytes to every request and then does what `then` says. */
function sending(bytes: Buffer | string, afterwards: (socket: Socket) => void = (socket) => socket.end()) {
  return rawServer((socket) => {
    socket.once('data', () => socket.write(bytes, () => afterwards(socket)));
  });
}

describe('what is sent', () => {
  it('is the request, a User-Agent and no choice of encodings', async () => {
    let seen: unknown;
    await using server = await httpServer(async (request, response) => {
      const { method, url, headers } = request;
      seen = { method, url, headers, body: await bodyOf(request) };
      response.end();
    });
    const request = post(`${server.url}/i/scores?type_id=7&x=%2F+é`, {
      headers: { accept: 'a/b', 'content-type': 'c/d', authorization: 'Bearer t' },
    });
    await responseOf(client(), request);
    expect(seen).toEqual({
      method: 'POST',
      url: '/i/scores?type_id=7&x=%2F+%C3%A9',
      headers: {
        accept: 'a/b',
        'accept-encoding': 'identity',
        authorization: 'Bearer t',
        connection: 'keep-alive',
        'content-length': '15',
        'content-type': 'c/d',
        host: `127.0.0.1:${server.port}`,
        'user-agent': 'Gradewire/0.1 (+LTI Advantage)',
      },
      body: '{"userId":"é"}',
    });
  });

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>();
    await using server = await httpServer((request, response) => {
      ports.add(request.socket.remotePort);
      answer(request, response, 200);
    });
    const http = client();
    for (let turn = 0; turn < 10; turn++) await responseOf(http, post(server.url));
    // A request that follows at once finds the connection not yet free again: undici opens a second.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('never has more connections to an origin than allowed', async () => {
    let open = 0;
    let most = 0;
    await using server = await httpServer((request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        answer(request, response, 200);
      }, 20);
    });
    const http = client({ maxConnectionsPerOrigin: 2 });
    await Promise.all(Array.from({ length: 8 }, () => responseOf(http, get(server.url))));
    expect(most).toBe(2);
  });
});

describe('what is answered', () => {
  it('is status, reason phrase, headers and body', async () => {
    const phrase = 'Refusing score with an earlier timestamp for item 3 and user 42 “é”';
    await using server = await sending(
      `HTTP/1.1 409 ${phrase}\r\nContent-Type: application/json\r\nX-A: 1\r\nx-a: 2\r\nLink: </l?a=1&amp;b=2>; rel=“next”\r\nContent-Length: 2\r\n\r\n[]`,
    );
    const given = await responseOf(client(), post(server.url));
    expect(given).toMatchObject({
      kind: 'response',
      stage: 'score',
      status: 409,
      reasonPhrase: phrase,
      body: '[]',
    });
    expect(given.headers).toMatchObject({ 'x-a': '1, 2', link: '</l?a=1&amp;b=2>; rel=“next”' });
    expect(given.truncated).toBe(false);
    expect(given.durationMs).toBeGreaterThanOrEqual(0);
  });

  it('is the final answer, not an interim one', async () => {
    await using server = await sending(
      'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\nok',
    );
    const given = await responseOf(client(), get(server.url));
    expect(given).toMatchObject({ status: 201, reasonPhrase: 'Made', body: 'ok' });
    expect(given.headers.link).toBeUndefined();
  });

  it.each([204, 200, 201, 202, 400, 401, 403, 404, 409, 410, 412, 422, 429, 500, 502, 503, 504])(
    'is %i when that is what came',
    async (status) => {
      await using server = await httpServer((request, response) => answer(request, response, status));
      expect((await responseOf(client(), post(server.url))).status).toBe(status);
    },
  );

  it('is a page of HTML as it came', async () => {
    await using server = await httpServer((request, response) =>
      answer(request, response, 503, '<!DOCTYPE html><title>Maintenance</title>', {
        'retry-after': '300',
      }),
    );
    const given = await responseOf(client(), get(server.url));
    expect(given).toMatchObject({ status: 503, body: '<!DOCTYPE html><title>Maintenance</title>' });
    expect(given.headers['retry-after']).toBe('300');
  });

  it.each([301, 302, 303, 307, 308])('is a %i itself: redirects are not followed', async (status) => {
    await using elsewhere = await httpServer((request, response) => answer(request, response, 200));
    await using server = await httpServer((request, response) =>
      answer(request, response, status, '', { location: elsewhere.url }),
    );
    const request = post(server.url, { headers: { authorization: 'Bearer secret' } });
    const given = await responseOf(client(), request);
    expect(given).toMatchObject({ status, headers: { location: elsewhere.url } });
    expect(elsewhere.received()).toBe('');
  });
});

describe('size limit', () => {
  it('reads up to the limit, then stops and closes', async () => {
    let closed: Promise<unknown> | undefined;
    await using server = await httpServer((request, response) => {
      closed = new Promise((resolve) => request.socket.on('close', resolve));
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const given = await responseOf(client({ maxResponseBytes: 100_000 }), get(server.url));
    expect(given.truncated).toBe(true);
    expect(given.body).toHaveLength(100_000);
    await closed;
  });

  it('lets a body of exactly the limit pass', async () => {
    await using server = await httpServer((request, response) =>
      answer(request, response, 200, 'x'.repeat(1000)),
    );
    const given = await responseOf(client({ maxResponseBytes: 1000 }), get(server.url));
    expect(given).toMatchObject({ truncated: false, body: 'x'.repeat(1000) });
  });

  it('is lower for scores and tokens, of which only words are needed', async () => {
    await using server = await httpServer((request, response) =>
      answer(request, response, 400, 'x'.repeat(200_000)),
    );
    const given = await responseOf(client(), post(server.url));
    expect(given).toMatchObject({ status: 400, truncated: true, body: 'x'.repeat(65_536) });
  });

  it('goes by bytes and leaves no half character', async () => {
    await using server = await httpServer((request, response) =>
      answer(request, response, 200, 'é'.repeat(100)),
    );
    const given = await responseOf(client({ maxResponseBytes: 11 }), get(server.url));
    expect(given.body).toBe('ééééé');
  });
});

describe('no answer, and the platform cannot have seen the request', () => {
  it('when the name does not resolve', async () => {
    const given = await client().send(post('http://no-such-host.invalid/scores'));
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

describe('private networks', () => {
  it.each([
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f.1',
    '169.254.169.254',
    '10.0.0.1',
    '[fd00::1]',
  ])('are refused: http://%s', async (host) => {
    const given = await client({ allowPrivateNetworks: false }).send(post(`http://${host}/`));
    expect(given).toMatchObject({ code: 'PRIVATE_ADDRESS', maybeSeen: false });
    expect(given).not.toHaveProperty('detail', expect.stringContaining(host));
  });

  it('are refused by name, as the name resolves', async () => {
    await using server = await rawServer(() => {});
    const given = await client({ allowPrivateNetworks: false }).send(
      post(`https://localhost:${server.port}/`),
    );
    expect(given).toMatchObject({ code: 'PRIVATE_ADDRESS', maybeSeen: false });
    expect(server.received()).toBe('');
  });

  it('http without TLS is refused with them', async () => {
    const given = await client({ allowPrivateNetworks: false }).send(post('http://lms.example/'));
    expect(given).toMatchObject({
      code: 'OTHER',
      maybeSeen: false,
      detail: 'http without TLS is not allowed',
    });
  });
});

describe('close', () => {
  it('waits for what is in flight', async () => {
    await using server = await httpServer((request, response) => {
      setTimeout(() => answer(request, response, 200, 'done'), 50);
    });
    const http = client();
    const given = http.send(get(server.url));
    await http.close();
    expect(await given).toMatchObject({ status: 200, body: 'done' });
  });
});
