import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakePlatform, startFakePlatform } from '../testing/fake-platform.ts';
import { startTestIngest, type TestIngest } from '../testing/test-ingest.ts';

let redis: TestRedis;
let test: TestIngest;
let fake: FakePlatform;
const put = (change: object = {}) => {
  const input = { name: 'Conf', clientId: 'c', openidConfigurationUrl: `${fake.url}/config`, ...change };
  return test.call('PUT', '/v1/platforms/conf', input);
};
const configuration = (change: object = {}) => ({
  issuer: fake.url,
  token_endpoint: `${fake.url}/t`,
  jwks_uri: `${fake.url}/k`,
  ...change,
});

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  fake = await startFakePlatform({});
});
afterAll(async () => {
  await Promise.all([test, fake].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});

describe('PUT /v1/platforms/{platformId} with an openidConfigurationUrl', () => {
  it('registers what the platform says of itself', async () => {
    fake.paths['/config'] = () => ({ status: 200, body: configuration() });
    const created = await put();
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      issuer: fake.url,
      tokenUrl: `${fake.url}/t`,
      audience: `${fake.url}/t`,
      jwksUrl: `${fake.url}/k`,
      serviceOrigins: [fake.url],
    });
  });

  it.each<[string, () => ReturnType<FakePlatform['paths'][string]>, RegExp]>([
    ['a page', () => ({ status: 200, body: '<html>' }), /a JSON object, but answers with a web page/],
    ['a list', () => ({ status: 200, body: [] }), /a JSON object, but answers with something else/],
    ['a fault', () => ({ status: 500, body: {} }), /status 500/],
    [
      'a closed door',
      () => ({ status: 401, body: {} }),
      /closed to us \(status 401\).*give issuer, tokenUrl/,
    ],
    [
      'more than a configuration can be',
      () => ({ status: 200, body: JSON.stringify(configuration({ claims: 'x'.repeat(70_000) })) }),
      /more than 64 KiB/,
    ],
    [
      'another issuer',
      () => ({ status: 200, body: configuration({ issuer: 'https://elsewhere.example' }) }),
      /says issuer "https:\/\/elsewhere\.example", which is not on 127/,
    ],
  ])('refuses %s', async (_name, answer, words) => {
    fake.paths['/config'] = answer;
    const refused = await put();
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toMatchObject([
      { pointer: '/openidConfigurationUrl', detail: expect.stringMatching(words) },
    ]);
    expect(refused.body.detail).toMatch(words);
  });

  it('follows no redirect, and says where it leads', async () => {
    let followed = false;
    fake.paths['/config'] = () => ({ status: 302, body: '', headers: { location: '/login?back=secret' } });
    fake.paths['/login'] = () => {
      followed = true;
      return { status: 200, body: configuration() };
    };
    const { body } = await put();
    expect(body.errors[0].detail).toBe(
      `redirects to ${fake.url}/login (status 302); give the address that answers itself`,
    );
    expect(followed).toBe(false);
  });

  it('sends nothing into a private network unless allowed', async () => {
    let asked = 0;
    fake.paths['/config'] = () => {
      asked += 1;
      return { status: 200, body: configuration() };
    };
    await using strict = await startTestIngest(redis.url, { config: { allowPrivateNetworks: false } });
    for (const url of [`${fake.url}/config`, 'https://localhost/config', 'https://169.254.169.254/latest']) {
      const input = { name: 'Conf', clientId: 'c', openidConfigurationUrl: url };
      const refused = await strict.call('PUT', '/v1/platforms/conf', input);
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/openidConfigurationUrl']);
    }
    expect(asked).toBe(0);
  });
});
