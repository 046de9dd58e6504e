import { describe, expect, it } from 'vitest';
import { client, closeClients, get, post, responseOf, sending } from '../testing/http-client.ts';
import { answer, bodyOf, httpServer, rawServer } from '../testing/local-server.ts';

closeClients();

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
