import { SCOPES } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { platformBody, scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

let redis: TestRedis;
let test: TestIngest;
let strict: TestIngest;
let fake: FakePlatform;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  strict = await startTestIngest(redis.url, { config: { allowPrivateNetworks: false } });
  fake = await startFakePlatform({});
});
afterAll(async () => {
  await Promise.all([test, strict, fake].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});

describe('platforms', () => {
  it('are created, replaced, read, listed and removed', async () => {
    const created = await test.call('PUT', '/v1/platforms/first', platformBody('first'));
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      id: 'first',
      audience: 'https://first.example/token',
      serviceOrigins: ['https://first.example'],
      limits: { concurrency: 2 },
    });
    const replaced = await test.call(
      'PUT',
      '/v1/platforms/first',
      platformBody('first', { name: 'Renamed' }),
    );
    expect([replaced.status, replaced.body.name]).toEqual([200, 'Renamed']);
    expect(replaced.body.createdAt).toBe(created.body.createdAt);
    expect((await test.call('GET', '/v1/platforms/first')).body).toEqual(replaced.body);
    await test.putPlatform('second');
    const page = await test.call('GET', '/v1/platforms?limit=1');
    expect(page.body).toMatchObject({ data: [{ id: 'first' }], nextCursor: expect.any(String) });
    const rest = await test.call('GET', `/v1/platforms?cursor=${page.body.nextCursor}`);
    expect(rest.body.data.map(({ id }: { id: string }) => id)).toContain('second');

    expect((await test.call('DELETE', '/v1/platforms/first')).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect((await test.call(method, '/v1/platforms/first')).status).toBe(404);
  });

  it.each(['platforms', 'lanes', 'keys', 'scores', 'dead-letters'])(
    '%s take no cursor that is none',
    async (list) => {
      const of = list === 'scores' || list === 'dead-letters' ? 'platformId=first&' : '';
      for (const cursor of ['', '[', '-', 'A%20B', '%F0%9F', 'x'.repeat(501)]) {
        const answer = await test.call('GET', `/v1/${list}?${of}cursor=${cursor}`);
        expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([422, '?cursor']);
      }
    },
  );

  it('stay while scores are undelivered', async () => {
    await test.putPlatform('busy');
    const { body } = await test.call('POST', '/v1/scores', scoreBody('busy'));
    const refused = await test.call('DELETE', '/v1/platforms/busy');
    expect([refused.status, refused.body.code]).toEqual([409, 'PLATFORM_UNDELIVERED']);
    await test.call('DELETE', `/v1/scores/${body.id}`);
    expect((await test.call('DELETE', '/v1/platforms/busy')).status).toBe(204);
  });

  it('are one per issuer, client and deployment', async () => {
    const same = { issuer: 'https://same.example', tokenUrl: 'https://same.example/token' };
    await test.putPlatform('one', { ...same, deploymentIds: ['1', '2'] });
    const refused = await test.call(
      'PUT',
      '/v1/platforms/two',
      platformBody('two', { ...same, deploymentIds: ['2'] }),
    );
    expect([refused.status, refused.body.code]).toEqual([409, 'PLATFORM_CONFLICT']);
    expect(refused.body.detail).toContain('one');
    await test.putPlatform('two', { ...same, deploymentIds: ['3'] });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no issuer', { issuer: undefined }, '/issuer'],
    ['no token URL', { tokenUrl: undefined }, '/tokenUrl'],
    ['no client', { clientId: '' }, '/clientId'],
    ['http', { tokenUrl: 'http://x.example/token' }, '/tokenUrl'],
    ['a private address', { tokenUrl: 'https://192.168.0.1/token' }, '/tokenUrl'],
    ['loopback', { issuer: 'https://localhost' }, '/issuer'],
    ['an unknown profile', { profile: 'ilias' }, '/profile'],
    ['an origin with a path', { serviceOrigins: ['https://x.example/a'] }, '/serviceOrigins/0'],
    ['Blackboard without origins', { profile: 'blackboard' }, '/serviceOrigins'],
    ['no concurrency', { limits: { concurrency: 0 } }, '/limits/concurrency'],
    ['a key that is not there', { toolKeyId: 'none' }, '/toolKeyId'],
    ['an unknown member', { tokenURL: 'https://x.example' }, '/tokenURL'],
    [
      'a private configuration',
      { openidConfigurationUrl: 'https://10.1.2.3/.well-known/openid-configuration' },
      '/openidConfigurationUrl',
    ],
  ])('refuse %s', async (_name, change, pointer) => {
    const answer = await strict.call('PUT', '/v1/platforms/wrong', platformBody('wrong', change));
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await test.call('GET', '/v1/platforms/wrong')).status).toBe(404);
  });

  it('are no paths to elsewhere', async () => {
    for (const id of ['UPPER', '-a', 'a'.repeat(64), '..%2Fkeys']) {
      expect((await test.call('PUT', `/v1/platforms/${id}`, platformBody('x'))).status).toBe(404);
    }
  });

  it('are filled in from their OpenID configuration', async () => {
    fake.paths['/config'] = () => ({
      status: 200,
      body: {
        issuer: 'https://conf.example',
        token_endpoint: 'https://conf.example/t',
        jwks_uri: 'https://conf.example/k',
      },
    });
    const input = {
      name: 'Conf',
      clientId: 'c',
      profile: 'generic',
      openidConfigurationUrl: `${fake.url}/config`,
    };
    const created = await test.call('PUT', '/v1/platforms/conf', input);
    expect(created.body).toMatchObject({
      issuer: 'https://conf.example',
      tokenUrl: 'https://conf.example/t',
      jwksUrl: 'https://conf.example/k',
    });
    for (const answer of [
      { status: 200, body: '<html>' },
      { status: 200, body: { issuer: 'https://conf.example' } },
      { status: 500, body: {} },
    ]) {
      fake.paths['/config'] = () => answer;
      const refused = await test.call('PUT', '/v1/platforms/conf', input);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/openidConfigurationUrl']);
    }
  });
});

describe('POST /v1/platforms/{platformId}/check', () => {
  const scope = Object.values(SCOPES).join(' ');
  const granted = (form: URLSearchParams) => ({
    status: 200,
    body: { access_token: 'hush', token_type: 'Bearer', expires_in: 3600, scope: form.get('scope') },
  });
  const steps = (body: { steps: { name: string; ok: boolean }[] }) =>
    body.steps.map(({ name, ok }) => `${name} ${ok}`);
  const register = (change = {}) =>
    test.putPlatform('checked', { issuer: fake.url, tokenUrl: `${fake.url}/token`, ...change });

  it('says that all is well', async () => {
    fake.paths['/token'] = granted;
    fake.paths['/items'] = () => ({
      status: 200,
      body: [{ id: `${fake.url}/1`, label: 'Lab', scoreMaximum: 1 }],
    });
    await register();
    const short = await test.call('POST', '/v1/platforms/checked/check');
    expect(short.body.ok).toBe(true);
    expect(steps(short.body)).toEqual([
      'reachable true',
      'token true',
      'scopes true',
      'clock true',
      'lineItems true',
    ]);
    const full = await test.call('POST', '/v1/platforms/checked/check', {
      lineItemsUrl: `${fake.url}/items`,
    });
    expect(full.body.steps.at(-1)).toMatchObject({
      name: 'lineItems',
      ok: true,
      detail: expect.stringContaining('1 '),
    });
    expect(JSON.stringify(full.body)).not.toContain('hush');
  });

  it('keeps the token at home', async () => {
    await register();
    const refused = await test.call('POST', '/v1/platforms/checked/check', {
      lineItemsUrl: 'https://evil.example/items',
    });
    expect([refused.status, refused.body.code]).toEqual([422, 'ORIGIN_NOT_ALLOWED']);
    expect(refused.body.errors[0].pointer).toBe('/lineItemsUrl');
  });

  it.each<[string, FakePlatform['paths'][string], string[], RegExp]>([
    [
      'a refused assertion',
      () => ({ status: 400, body: { error: 'invalid_client', error_description: 'who are you' } }),
      ['reachable true', 'token false', 'clock true'],
      /who are you/,
    ],
    [
      'a login page instead of a token',
      () => ({
        status: 200,
        body: '<!doctype html><title>Log in</title>',
        headers: { 'content-type': 'text/html' },
      }),
      ['reachable true', 'token false', 'clock true'],
      /HTML/,
    ],
    [
      'a scope that is not granted',
      () => ({ status: 200, body: { access_token: 'hush', scope: SCOPES.lineItem } }),
      ['reachable true', 'token true', 'scopes false', 'clock true', 'lineItems true'],
      /scope\/score/,
    ],
    [
      'clocks that differ',
      (form) => ({ ...granted(form), headers: { date: new Date(Date.now() - 60_000).toUTCString() } }),
      ['reachable true', 'token true', 'scopes true', 'clock false', 'lineItems true'],
      /ahead/,
    ],
  ])('says what is wrong: %s', async (_name, answer, expected, words) => {
    fake.paths['/token'] = answer;
    await register();
    const { status, body } = await test.call('POST', '/v1/platforms/checked/check', {});
    expect([status, body.ok]).toEqual([200, false]);
    expect(steps(body)).toEqual(expected);
    const failed = body.steps.find(({ ok }: { ok: boolean }) => !ok);
    expect(failed.detail).toMatch(words);
    expect(failed.hint).toEqual(expect.any(String));
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
    const { body } = await test.call('POST', '/v1/platforms/checked/check');
    expect(body.ok).toBe(true);
    expect(asked).toHaveLength(2);
    expect(body.steps[2]).toMatchObject({
      name: 'scopes',
      ok: true,
      hint: expect.stringContaining('read back'),
    });
    expect(scope).toContain('result');
  });

  it('says that nothing is there', async () => {
    await register({ tokenUrl: 'http://127.0.0.1:1/token' });
    const { body } = await test.call('POST', '/v1/platforms/checked/check');
    expect(body).toMatchObject({
      ok: false,
      steps: [{ name: 'reachable', ok: false, hint: expect.stringContaining('listens') }],
    });
    expect((await test.call('POST', '/v1/platforms/none/check')).status).toBe(404);
  });
});
