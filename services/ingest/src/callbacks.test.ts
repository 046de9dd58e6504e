import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { CallbackUnits, SecretBox } from '@gradewire/passback/redis';
import { createLogger } from '@gradewire/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';

const SECRET = `whsec_${Buffer.alloc(24, 0xab).toString('base64')}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(64, 0xcd).toString('base64')}`;

let redis: TestRedis;
let test: TestIngest;
let strict: TestIngest;
let log = '';

beforeAll(async () => {
  redis = await startTestRedis();
  const logger = createLogger({
    name: 'ingest',
    level: 'trace',
    destination: {
      write: (text) => {
        log += text;
      },
    },
  });
  test = await startTestIngest(redis.url, { overrides: { logger } });
  strict = await startTestIngest(redis.url, { config: { allowPrivateNetworks: false } });
  await test.putPlatform('mine');
  await test.putPlatform('theirs');
});
afterAll(async () => {
  await Promise.all([test, strict].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});

const callbackBody = (change: Record<string, unknown> = {}) => ({
  url: 'https://app.example/hooks/grades',
  events: ['score.delivered', 'score.dead'],
  secret: SECRET,
  ...change,
});

describe('callbacks', () => {
  it('are created, read, replaced, listed and removed', async () => {
    const created = await test.call('PUT', '/v1/callbacks/app', callbackBody());
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: 'app',
      url: 'https://app.example/hooks/grades',
      events: ['score.delivered', 'score.dead'],
      form: 'each',
      status: 'active',
      pending: 0,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: created.body.createdAt,
    });
    expect((await test.call('GET', '/v1/callbacks/app')).body).toEqual(created.body);

    const change = { secret: undefined, form: 'digest', platformIds: ['mine'], events: ['lane.held'] };
    const replaced = await test.call('PUT', '/v1/callbacks/app', callbackBody(change));
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ form: 'digest', platformIds: ['mine'], events: ['lane.held'] });
    expect(replaced.body.createdAt).toBe(created.body.createdAt);

    expect((await test.call('DELETE', '/v1/callbacks/app')).status).toBe(204);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/deliveries'],
      ['POST', '/deliveries/x/resend'],
    ] as const) {
      expect([path, (await test.call(method, `/v1/callbacks/app${path}`)).status]).toEqual([path, 404]);
    }
    const since = '2027-01-31T12:00:00Z';
    expect((await test.call('POST', '/v1/callbacks/app/resend', { since })).status).toBe(404);
  });

  it('are listed page by page', async () => {
    for (const id of ['page-a', 'page-b', 'page-c'])
      await test.call('PUT', `/v1/callbacks/${id}`, callbackBody());
    const ids: string[] = [];
    for (let query = '?limit=2'; ; ) {
      const { status, body } = await test.call('GET', `/v1/callbacks${query}`);
      expect(status).toBe(200);
      expect(body.data.length).toBeLessThanOrEqual(2);
      ids.push(...body.data.map(({ id }: { id: string }) => id));
      if (body.nextCursor === undefined) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    expect(ids.filter((id) => id.startsWith('page-'))).toEqual(['page-a', 'page-b', 'page-c']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no URL', { url: undefined }, '/url'],
    ['a URL that is none', { url: 'app.example' }, '/url'],
    ['http', { url: 'http://app.example/hook' }, '/url'],
    ['a private address', { url: 'https://192.168.0.1/hook' }, '/url'],
    ['an address of the link', { url: 'https://169.254.169.254/latest' }, '/url'],
    ['a private address in IPv6', { url: 'https://[::ffff:10.0.0.1]/hook' }, '/url'],
    ['a private address in one number', { url: 'https://2130706433/hook' }, '/url'],
    ['loopback by name', { url: 'https://localhost:8443/hook' }, '/url'],
    ['a user name', { url: 'https://ada:pw@app.example/hook' }, '/url'],
    ['no events', { events: [] }, '/events'],
    ['an event that is none', { events: ['score.lost'] }, '/events/0'],
    ['an event twice', { events: ['score.dead', 'score.dead'] }, '/events'],
    ['no secret', { secret: undefined }, '/secret'],
    ['a short secret', { secret: `whsec_${Buffer.alloc(23).toString('base64')}` }, '/secret'],
    ['a secret that is no base64', { secret: `whsec_${'-'.repeat(32)}` }, '/secret'],
    ['no platforms', { platformIds: [] }, '/platformIds'],
    ['what is no platform id', { platformIds: ['A'] }, '/platformIds/0'],
    ['a platform that is not there', { platformIds: ['mine', 'nowhere'] }, '/platformIds'],
    ['an unknown form', { form: 'weekly' }, '/form'],
    ['an unknown member', { headers: {} }, '/headers'],
  ])('refuse %s', async (_, change, pointer) => {
    const answer = await strict.call('PUT', '/v1/callbacks/wrong', callbackBody(change));
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
    expect((await strict.call('GET', '/v1/callbacks/wrong')).status).toBe(404);
  });

  it('may be on this machine where private networks are allowed', async () => {
    const answer = await test.call(
      'PUT',
      '/v1/callbacks/local',
      callbackBody({ url: 'http://127.0.0.1:1/' }),
    );
    expect(answer.status).toBe(201);
  });

  it('have names that are slugs', async () => {
    for (const id of ['UPPER', '-a', 'a'.repeat(64), '..%2Fkeys'])
      expect((await test.call('PUT', `/v1/callbacks/${id}`, callbackBody())).status).toBe(404);
  });

  it('never show a secret, neither in answers nor in the log', async () => {
    const said = await Promise.all([
      test.call('PUT', '/v1/callbacks/quiet', callbackBody()),
      test.call('PUT', '/v1/callbacks/quiet', callbackBody({ secret: OTHER_SECRET })),
      test.call('PUT', '/v1/callbacks/quiet', callbackBody({ secret: `${OTHER_SECRET}x`, url: 1 })),
      test.call('PUT', '/v1/callbacks/quiet', JSON.stringify(callbackBody()).slice(0, -1), {
        'content-type': 'application/json',
      }),
    ]);
    said.push(await test.call('GET', '/v1/callbacks/quiet'), await test.call('GET', '/v1/callbacks'));
    const text = JSON.stringify(said.map(({ body }) => body)) + log;
    for (const secret of [SECRET, OTHER_SECRET]) expect(text).not.toContain(secret.slice(6, 30));
  });
});

describe('deliveries of a callback', () => {
  const at = Date.now() - 600_000;
  const minute = (n: number) => new Date(at + n * 60_000).toISOString();
  let outbox = 0;
  const deliveriesOf = async (id: string, query = '') =>
    (await test.call('GET', `/v1/callbacks/${id}/deliveries${query}`)).body;

  /** A callback with one event a minute: the first delivered, the second given up as the last, the third not tried yet. */
  async function putWithDeliveries(id: string): Promise<void> {
    await test.call('PUT', `/v1/callbacks/${id}`, callbackBody());
    const units = new CallbackUnits({
      redis: test.ingest.context.redis,
      box: new SecretBox(test.ingest.context.config.encryptionKey),
      retry: { baseMs: 1, maxMs: 1, maxAgeMs: 0 },
      hold: { baseMs: 60_000, maxMs: 60_000 },
      retentionMs: 86_400_000,
      claimMs: 60_000,
      random: () => 0,
    });
    const store = (n: number) =>
      units.store('mine', [
        {
          id: `${++outbox}-0`,
          messageId: `${id}-${n}`,
          type: 'score.dead',
          atMs: at + n * 60_000,
          body: '{}',
          callbackIds: [id],
        },
      ]);
    const settle = async (answer: Parameters<CallbackUnits['settle']>[2]) => {
      const taken = await units.take(id, 1);
      await units.settle(id, taken!.units[0]!, answer);
    };
    await store(0);
    await settle({ kind: 'delivered', httpStatus: 204 });
    await store(1);
    await settle({ kind: 'failed', httpStatus: 410, reason: 'GONE', error: '410 Gone', isGone: true });
    await store(2);
  }

  it('are listed newest first, page by page and by status', async () => {
    await putWithDeliveries('listed');
    const { data } = await deliveriesOf('listed');
    expect(data.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
      ['listed-2', 'pending'],
      ['listed-1', 'failed'],
      ['listed-0', 'delivered'],
    ]);
    expect(data[1]).toMatchObject({
      type: 'score.dead',
      createdAt: minute(1),
      attempts: 1,
      httpStatus: 410,
      error: '410 Gone',
    });
    const first = await deliveriesOf('listed', '?limit=2');
    expect(first.data).toEqual(data.slice(0, 2));
    const second = await deliveriesOf('listed', `?limit=2&cursor=${first.nextCursor}`);
    expect(second.data).toEqual(data.slice(2));
    expect((await deliveriesOf('listed', '?status=delivered')).data).toEqual([data[2]]);
    for (const query of ['?status=lost', '?cursor=x', '?limit=0'])
      expect((await test.call('GET', `/v1/callbacks/listed/deliveries${query}`)).status).toBe(422);
  });

  it('are sent again, one or all since a time, once the callback is enabled', async () => {
    await putWithDeliveries('again');
    const resend = (body: unknown) => test.call('POST', '/v1/callbacks/again/resend', body);
    const resendOne = (id: string) => test.call('POST', `/v1/callbacks/again/deliveries/${id}/resend`);
    expect((await test.call('GET', '/v1/callbacks/again')).body).toMatchObject({
      status: 'disabled',
      disabledReason: 'GONE',
    });
    for (const answer of [await resendOne('again-1'), await resend({ since: minute(0) })])
      expect([answer.status, answer.body.code]).toEqual([409, 'CALLBACK_DISABLED']);

    const enabled = await test.call('PUT', '/v1/callbacks/again', callbackBody({ secret: undefined }));
    expect([enabled.status, enabled.body.status]).toEqual([200, 'active']);
    const one = await resendOne('again-1');
    expect([one.status, one.body]).toEqual([202, { resent: 1 }]);
    expect((await resendOne('nothing')).status).toBe(404);
    expect((await resend({ since: minute(0.5) })).body).toEqual({ resent: 0 });
    const delivered = await resend({ since: minute(0).replace('Z', '+00:00'), status: 'delivered' });
    expect([delivered.status, delivered.body]).toEqual([202, { resent: 1 }]);
    expect((await deliveriesOf('again', '?status=pending')).data).toHaveLength(3);
  });

  it.each([
    [{}, '/since'],
    [{ since: '2026-11-20' }, '/since'],
    [{ since: '2026-11-20T10:00:00' }, '/since'],
    [{ since: '2026-11-20T10:00:00Z', status: 'pending' }, '/status'],
    [{ since: '2026-11-20T10:00:00Z', until: '2026-11-20T11:00:00Z' }, '/until'],
  ])('are not sent again by %j', async (body, pointer) => {
    const answer = await test.call('POST', '/v1/callbacks/x/resend', body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe('callbacks of a key for some platforms', () => {
  it('are those for no others, and nothing else of its name is touched', async () => {
    const mine = await test.withKey('admin', ['mine']);
    await test.call('PUT', '/v1/callbacks/of-all', callbackBody());
    await test.call('PUT', '/v1/callbacks/of-both', callbackBody({ platformIds: ['mine', 'theirs'] }));
    const put = (id: string, platformIds?: string[]) =>
      mine('PUT', `/v1/callbacks/${id}`, callbackBody({ platformIds }));

    expect((await put('own')).status).toBe(403);
    expect((await put('own', ['mine', 'theirs'])).status).toBe(403);
    expect((await put('own', ['nowhere'])).status).toBe(403);
    expect((await put('own', ['mine'])).status).toBe(201);
    expect((await put('own', ['mine'])).status).toBe(200);
    for (const id of ['of-all', 'of-both']) {
      expect((await put(id, ['mine'])).status).toBe(403);
      const since = '2027-01-31T12:00:00Z';
      const tries = await Promise.all([
        mine('GET', `/v1/callbacks/${id}`),
        mine('DELETE', `/v1/callbacks/${id}`),
        mine('GET', `/v1/callbacks/${id}/deliveries`),
        mine('POST', `/v1/callbacks/${id}/resend`, { since }),
        mine('POST', `/v1/callbacks/${id}/deliveries/x/resend`),
      ]);
      expect(tries.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
      expect((await test.call('GET', `/v1/callbacks/${id}`)).status).toBe(200);
    }
    const listed = (await mine('GET', '/v1/callbacks')).body.data;
    expect(listed.map(({ id }: { id: string }) => id)).toEqual(['own']);
  });

  it('take the role admin', async () => {
    const operator = await test.withKey('operate');
    for (const [method, path] of [
      ['GET', '/v1/callbacks'],
      ['PUT', '/v1/callbacks/x'],
      ['POST', '/v1/callbacks/x/resend'],
    ] as const) {
      expect((await operator(method, path)).status).toBe(403);
    }
  });
});
