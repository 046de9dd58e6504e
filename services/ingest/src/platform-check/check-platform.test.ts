import { SCOPES } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePlatform, startFakePlatform } from '../testing/fake-platform.ts';
import { startTestIngest, type TestIngest } from '../testing/test-ingest.ts';

let redis: TestRedis;
let test: TestIngest;
let fake: FakePlatform;

const granted = (form: URLSearchParams) => ({
  status: 200,
  body: { access_token: 'hush', token_type: 'Bearer', expires_in: 3600, scope: form.get('scope') },
});
const steps = (body: { steps: { name: string; ok: boolean }[] }) =>
  body.steps.map(({ name, ok }) => `${name} ${ok}`);
const register = (change = {}) =>
  test.putPlatform('checked', { issuer: fake.url, tokenUrl: `${fake.url}/token`, ...change });
const check = (body?: object) => test.call('POST', '/v1/platforms/checked/check', body);

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  fake = await startFakePlatform({});
});
afterAll(async () => {
  await Promise.all([test, fake].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});

describe('POST /v1/platforms/{platformId}/check', () => {
  it('says that all is well', async () => {
    fake.paths['/token'] = granted;
    const item = { id: `${fake.url}/1`, label: 'Lab', scoreMaximum: 1 };
    fake.paths['/items'] = () => ({ status: 200, body: [item] });
    fake.paths['/1'] = () => ({ status: 200, body: item });
    await register();
    const short = await check();
    expect(short.body.ok).toBe(true);
    expect(steps(short.body)).toEqual([
      'reachable true',
      'token true',
      'scopes true',
      'clock true',
      'lineItems true',
    ]);
    const full = await check({ lineItemsUrl: `${fake.url}/items`, lineItemUrl: `${fake.url}/1` });
    expect(full.body.ok).toBe(true);
    expect(full.body.steps.slice(-2)).toMatchObject([
      { name: 'lineItems', detail: expect.stringContaining('1 ') },
      { name: 'lineItem', ok: true },
    ]);
    expect(JSON.stringify(full.body)).not.toContain('hush');
  });

  it('keeps the token at home', async () => {
    let seen = 0;
    await using other = await startFakePlatform({
      '/items': () => {
        seen += 1;
        return { status: 200, body: [] };
      },
    });
    fake.paths['/token'] = granted;
    await register();
    const { body } = await check({ lineItemsUrl: `${other.url}/items`, lineItemUrl: `${other.url}/items` });
    expect(body.ok).toBe(false);
    expect(body.steps.slice(-2)).toMatchObject([
      { name: 'lineItems', ok: false, reason: 'ORIGIN_NOT_REGISTERED' },
      { name: 'lineItem', ok: false, reason: 'ORIGIN_NOT_REGISTERED' },
    ]);
    expect(seen).toBe(0);
  });

  it('asks for less where one scope spoils all', async () => {
    const asked: string[] = [];
    fake.paths['/token'] = (form) => {
      asked.push(form.get('scope')!);
      return form.get('scope')!.includes('result')
        ? { status: 400, body: { error: 'invalid_scope' } }
        : granted(form);
    };
    await register();
    const { body } = await check();
    expect(body.ok).toBe(true);
    expect(asked).toHaveLength(2);
    expect(body.steps[2]).toMatchObject({ name: 'scopes', ok: true, reason: 'RESULTS_NOT_ALLOWED' });
    expect(body.steps[2].detail).toContain('The whole was refused');
  });

  it('does not try columns that the tool may not read', async () => {
    fake.paths['/token'] = () => ({ status: 200, body: { access_token: 'hush', scope: SCOPES.score } });
    fake.paths['/items'] = () => ({ status: 403, body: {} });
    await register();
    const { body } = await check({ lineItemsUrl: `${fake.url}/items` });
    expect(body.ok).toBe(true);
    expect(body.steps[2]).toMatchObject({ name: 'scopes', ok: true, reason: 'COLUMNS_NOT_ALLOWED' });
    expect(body.steps.at(-1)).toMatchObject({
      name: 'lineItems',
      detail: expect.stringContaining('may not'),
    });
  });

  it('takes web addresses only', async () => {
    await register();
    for (const lineItemsUrl of ['file:///etc/passwd', 'lms.example/items', 7]) {
      expect((await check({ lineItemsUrl })).status).toBe(422);
    }
    expect((await test.call('POST', '/v1/platforms/none/check')).status).toBe(404);
  });

  it('says that our key cannot be opened', async () => {
    await register();
    await using other = await startTestIngest(redis.url, { config: { encryptionKey: Buffer.alloc(32, 8) } });
    const { status, body } = await other.call('POST', '/v1/platforms/checked/check');
    expect(status).toBe(200);
    expect(body.steps).toMatchObject([{ name: 'keys', ok: false, reason: 'KEY_NOT_OPENED' }]);
  });

  it('looks at our own keys when they may be what the platform misses', async () => {
    fake.paths['/token'] = () => ({ status: 401, body: { error: 'invalid_client' } });
    await register();
    expect(steps((await check()).body)).toEqual(['reachable true', 'token false', 'keys true', 'clock true']);
    await using hidden = await startTestIngest(redis.url, {
      config: { publicUrl: `${fake.url}/nothing` },
    });
    const { body } = await hidden.call('POST', '/v1/platforms/checked/check');
    expect(body.steps[2]).toMatchObject({ name: 'keys', ok: false, reason: 'KEY_SET_UNREADABLE' });
  });
});
