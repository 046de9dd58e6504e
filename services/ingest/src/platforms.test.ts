import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platformBody, scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

let redis: TestRedis;
let test: TestIngest;
let strict: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  strict = await startTestIngest(redis.url, { config: { allowPrivateNetworks: false } });
});
afterAll(async () => {
  await Promise.all([test, strict].map((part) => part[Symbol.asyncDispose]()));
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

  it.each(['platforms', 'callbacks'])('%s name nobody else’s to a key for some', async (list) => {
    for (const id of ['p-1', 'p-2', 'p-3', 'p-4']) {
      await test.putPlatform(id);
      const callback = { url: 'https://app.example/', events: ['score.dead'], platformIds: [id] };
      const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
      await test.call('PUT', `/v1/callbacks/${id}`, { ...callback, secret });
    }
    const call = await test.withKey('admin', ['p-1', 'p-3']);
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await call('GET', `/v1/${list}?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      if (body.nextCursor === undefined) break;
      expect(['p-1', 'p-3']).toContain(body.nextCursor);
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(['p-1', 'p-3']);
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
});
