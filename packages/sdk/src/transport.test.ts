import { expect, test } from 'vitest';
import { GradewireError } from './error.ts';
import { type FakeApi, type Reply, startFakeApi } from './testing/fake-api.ts';
import { createTransport, type TransportOptions } from './transport.ts';
import { sleep } from './wait.ts';

const OK: Reply = { status: 200, body: { fine: true } };
const busy = (status: number, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: { type: 'about:blank', title: 'Busy', status, code: 'BUSY', retryable: true },
});

function transportTo(api: Pick<FakeApi, 'url'>, options: Partial<TransportOptions> = {}) {
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const send = createTransport({ baseUrl: api.url, apiKey: 'gw_test', sleep, random: () => 1, ...options });
  return { send, waits };
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('should have thrown'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(GradewireError);
      return error as GradewireError;
    },
  );

test('sends the key, the query without what is undefined, and the body as JSON', async () => {
  await using api = await startFakeApi(OK);
  const { send } = transportTo({ url: `${api.url}/behind/a/proxy/` });
  const answer = await send({
    method: 'PUT',
    path: '/v1/platforms/moodle',
    query: { limit: 5, cursor: undefined, name: 'a b&c' },
    body: { name: 'Moodle' },
  });
  expect(answer).toEqual({ fine: true });
  const [request] = api.seen;
  expect(request?.url).toBe('/behind/a/proxy/v1/platforms/moodle?limit=5&name=a+b%26c');
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer gw_test',
    'content-type': 'application/json',
  });
  expect(request?.headers).not.toHaveProperty('idempotency-key');
  expect(request?.body).toEqual({ name: 'Moodle' });
});

test('every try of a request carries the same generated idempotency key', async () => {
  await using api = await startFakeApi('drop', busy(503), busy(429, { 'retry-after': '2' }), OK);
  const { send, waits } = transportTo(api);
  await send({ method: 'POST', path: '/v1/scores', body: {}, idempotent: true });
  await send({ method: 'POST', path: '/v1/scores', body: {}, idempotent: true });
  const keys = api.seen.map((request) => request.headers['idempotency-key']);
  expect(keys).toHaveLength(5);
  expect(new Set(keys.slice(0, 4)).size).toBe(1);
  expect(keys[4]).not.toBe(keys[0]);
  expect(waits).toEqual([200, 400, 2_800]);
});

test('a POST without a key is not sent again when it may have been acted on', async () => {
  await using api = await startFakeApi('drop', OK);
  const { send } = transportTo(api);
  const error = await errorOf(send({ method: 'POST', path: '/v1/keys', body: {} }));
  expect(error.code).toBe('NETWORK');
  expect(error.cause).toBeInstanceOf(Error);
  expect(api.seen).toHaveLength(1);
});

test('a gateway’s 502 is repeated, one that is final by its own words is not', async () => {
  const refusal = { title: 'Refused', status: 502, code: 'PLATFORM_REFUSED', retryable: false };
  const refused: Reply = { status: 502, body: refusal };
  await using api = await startFakeApi({ status: 502, body: {} }, OK, refused);
  const { send } = transportTo(api);
  await send({ method: 'GET', path: '/v1/results' });
  const error = await errorOf(send({ method: 'GET', path: '/v1/results' }));
  expect(error.code).toBe('PLATFORM_REFUSED');
  expect(api.seen).toHaveLength(3);
});

test('a request that takes longer than others has its own time', async () => {
  await using api = await startFakeApi(OK);
  const { send } = transportTo(api, { timeoutMs: 0 });
  expect(await send({ method: 'GET', path: '/v1/results', timeoutMs: 20_000 })).toEqual({ fine: true });
});

test('a refusal becomes an error with the code, the status, the fields and the problem itself', async () => {
  const problem = {
    type: 'about:blank',
    title: 'Invalid',
    status: 422,
    code: 'INVALID',
    detail: 'The score is not valid.',
    errors: [{ pointer: '/scoreGiven', detail: 'must be 0 or more' }],
  };
  await using api = await startFakeApi({ status: 422, body: problem });
  const error = await errorOf(transportTo(api).send({ method: 'GET', path: '/v1/scores' }));
  expect(error).toMatchObject({ code: 'INVALID', status: 422, problem });
  expect(error.message).toBe('[INVALID] The score is not valid. (/scoreGiven: must be 0 or more)');
});

test('a detail that says what the first field does is not said twice', async () => {
  const errors = [
    { pointer: '/url', detail: 'is required' },
    { pointer: '/events', detail: 'is required' },
  ];
  const body = {
    title: 'Invalid',
    status: 422,
    code: 'INVALID',
    detail: '/url is required (and 1 more)',
    errors,
  };
  await using api = await startFakeApi({ status: 422, body });
  const error = await errorOf(transportTo(api).send({ method: 'GET', path: '/v1/scores' }));
  expect(error.message).toBe('[INVALID] /url: is required; /events: is required');
});

test.each<{ name: string; reply: Reply }>([
  { name: 'an HTML error page', reply: { status: 404, text: '<h1>nginx</h1>' } },
  { name: 'a redirect', reply: { status: 302, headers: { location: '/elsewhere' }, text: '' } },
  { name: '200 that is not JSON', reply: { status: 200, text: '<html>' } },
  { name: 'JSON of another shape', reply: { status: 500, body: ['no'] } },
])('$name is UNEXPECTED_RESPONSE', async ({ reply }) => {
  await using api = await startFakeApi(reply);
  const error = await errorOf(transportTo(api).send({ method: 'GET', path: '/v1/lanes' }));
  expect(error.code).toBe('UNEXPECTED_RESPONSE');
  expect(api.seen).toHaveLength(1);
});

test('gives up with the last error and says how long the API asked to wait', async () => {
  await using api = await startFakeApi(busy(429, { 'retry-after': '7' }));
  const { send } = transportTo(api, { retry: { retries: 2 } });
  const error = await errorOf(send({ method: 'GET', path: '/v1/lanes' }));
  expect(error).toMatchObject({ code: 'BUSY', status: 429, retryAfterMs: 7_000 });
  expect(api.seen).toHaveLength(3);
});

test('no answer in time is TIMEOUT', async () => {
  await using api = await startFakeApi('hang');
  const { send } = transportTo(api, { timeoutMs: 400, retry: { retries: 1 } });
  expect((await errorOf(send({ method: 'GET', path: '/v1/lanes' }))).code).toBe('TIMEOUT');
  expect(api.seen).toHaveLength(2);
});

test('nobody listening is NETWORK and names the address and the reason', async () => {
  const api = await startFakeApi(OK);
  await api[Symbol.asyncDispose]();
  const { send } = transportTo(api, { retry: { retries: 0 } });
  const error = await errorOf(send({ method: 'GET', path: '/v1/lanes' }));
  expect(error.message).toContain(`[NETWORK] cannot reach ${api.url}: connect ECONNREFUSED`);
});

test('an abort ends the request, and ends a wait between tries', async () => {
  await using api = await startFakeApi('hang');
  const inFlight = new AbortController();
  const request = transportTo(api).send({ method: 'GET', path: '/v1/lanes', signal: inFlight.signal });
  setTimeout(() => inFlight.abort(), 20);
  expect((await errorOf(request)).code).toBe('ABORTED');

  await using slow = await startFakeApi(busy(503, { 'retry-after': '30' }));
  const waiting = new AbortController();
  const sleepUntilAborted = (ms: number, signal?: AbortSignal) => {
    setImmediate(() => waiting.abort());
    return sleep(ms, signal);
  };
  const send = createTransport({ baseUrl: slow.url, apiKey: 'k', sleep: sleepUntilAborted });
  const error = await errorOf(send({ method: 'GET', path: '/v1/lanes', signal: waiting.signal }));
  expect(error.code).toBe('ABORTED');
  expect(slow.seen).toHaveLength(1);
});

test('a base URL that is none is refused at once', () => {
  expect(() => createTransport({ baseUrl: 'localhost:8080', apiKey: 'k' })).toThrow(
    /must be an http\(s\) URL/,
  );
});
