import { createPublicKey, generateKeyPairSync, verify, webcrypto } from 'node:crypto';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';

const DAY = 86_400_000;
let redis: TestRedis;
let test: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
});
beforeEach(async () => {
  await redis.flush();
  await test.putPlatform('mine');
  await test.putPlatform('theirs');
  await test.call('GET', '/.well-known/jwks.json');
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});

interface Shown {
  kid: string;
  state: string;
  [member: string]: unknown;
}
const keys = async (call = test.call): Promise<Shown[]> => (await call('GET', '/v1/tool-keys')).body.data;
const signingKid = async () => (await test.ingest.context.toolKeys.signingKey()).kid;
const publishedKids = async (): Promise<string[]> =>
  (await test.call('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: Shown) => kid);
const importKey = async (kid: string) => {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  expect((await test.call('PUT', `/v1/tool-keys/${kid}`, { pem })).status).toBe(201);
};

describe('the list', () => {
  it('tells what each key is, from when it signs, until when it is served and who pins it', async () => {
    const first = await signingKid();
    const { body: next } = await test.call('POST', '/v1/tool-keys/rotate');
    await importKey('legacy');
    await importKey('pinned');
    await test.putPlatform('mine', { toolKeyId: 'pinned' });
    const found = Object.fromEntries((await keys()).map(({ kid, ...key }) => [kid, key]));
    expect(found[first]).toMatchObject({
      state: 'signing',
      pinnedBy: [],
      servedUntil: new Date(Date.parse(next.signsFrom) + 14 * DAY).toISOString(),
    });
    expect(found[next.kid]).toMatchObject({ state: 'published', signsFrom: next.signsFrom });
    expect(found[next.kid]).not.toHaveProperty('servedUntil');
    expect(found.legacy).toMatchObject({ state: 'published', pinnedBy: [] });
    expect(found.pinned).toMatchObject({ state: 'signing', pinnedBy: ['mine'] });
    expect(JSON.stringify(found)).not.toMatch(/sealed|"d":/);
  });

  it('comes in pages', async () => {
    for (let i = 0; i < 4; i += 1) await test.call('POST', '/v1/tool-keys/rotate');
    const paged: Shown[] = [];
    for (let query = '?limit=2'; ; ) {
      const { body } = await test.call('GET', `/v1/tool-keys${query}`);
      paged.push(...body.data);
      if (body.nextCursor === undefined) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    expect(paged).toEqual(await keys());
    expect(paged).toHaveLength(5);
  });

  it('shows a key for some platforms nothing of the others', async () => {
    await importKey('shared');
    await test.putPlatform('mine', { toolKeyId: 'shared' });
    await test.putPlatform('theirs', { toolKeyId: 'shared' });
    const { body: own } = await test.call('POST', '/v1/tool-keys/rotate', { platformId: 'theirs' });
    const shown = await keys(await test.withKey('admin', ['mine']));
    expect(shown.map(({ kid }) => kid)).not.toContain(own.kid);
    expect(shown.find(({ kid }) => kid === 'shared')).toMatchObject({ pinnedBy: ['mine'] });
  });
});

describe('rotation', () => {
  it('begins a day and the max-age of the key set later, or when it is told to', async () => {
    const { headers } = await test.call('GET', '/.well-known/jwks.json');
    const maxAgeMs = Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1]) * 1_000;
    const { body } = await test.call('POST', '/v1/tool-keys/rotate', {});
    const leadMs = Date.parse(body.signsFrom) - Date.parse(body.createdAt);
    expect(leadMs).toBeGreaterThanOrEqual(DAY + maxAgeMs);
    const signsFrom = '2030-01-31T12:00:00+01:00';
    const scheduled = await test.call('POST', '/v1/tool-keys/rotate', { signsFrom });
    expect(scheduled.body.signsFrom).toBe('2030-01-31T11:00:00.000Z');
    const past = '2020-01-01T00:00:00Z';
    const { body: late } = await test.call('POST', '/v1/tool-keys/rotate', { signsFrom: past });
    expect([await signingKid(), late.state]).toEqual([late.kid, 'signing']);
  });

  it('gives one platform a key of its own', async () => {
    const signsFrom = new Date().toISOString();
    const { body: own } = await test.call('POST', '/v1/tool-keys/rotate', { platformId: 'mine', signsFrom });
    expect(own).toMatchObject({ state: 'signing', platformId: 'mine' });
    const { toolKeys } = test.ingest.context;
    expect((await toolKeys.signingKey({ id: 'mine' })).kid).toBe(own.kid);
    expect((await toolKeys.signingKey({ id: 'theirs' })).kid).not.toBe(own.kid);
    const pinned = await test.call('PUT', '/v1/platforms/theirs', {
      name: 'x',
      issuer: 'https://x.example',
      clientId: 'x',
      tokenUrl: 'https://x.example/token',
      toolKeyId: own.kid,
    });
    expect([pinned.status, pinned.body.errors[0].pointer]).toEqual([422, '/toolKeyId']);
  });

  it('is for whoever may speak for the platforms it is for', async () => {
    const mine = await test.withKey('admin', ['mine']);
    const rotate = async (body: object) => (await mine('POST', '/v1/tool-keys/rotate', body)).status;
    expect(await rotate({ platformId: 'mine' })).toBe(201);
    expect(await rotate({ platformId: 'theirs' })).toBe(403);
    expect(await rotate({})).toBe(403);
    const unknown = await test.call('POST', '/v1/tool-keys/rotate', { platformId: 'nowhere' });
    expect([unknown.status, unknown.body.code]).toEqual([422, 'UNKNOWN_PLATFORM']);
    expect((await test.call('POST', '/v1/tool-keys/rotate', { signsFrom: 'soon' })).status).toBe(422);
  });
});

describe('removal', () => {
  const remove = (kid: string, query = '') => test.call('DELETE', `/v1/tool-keys/${kid}${query}`);

  it('takes a key that signs nothing out of the key set at once', async () => {
    await importKey('leaked');
    const { body: next } = await test.call('POST', '/v1/tool-keys/rotate');
    for (const kid of ['leaked', next.kid]) {
      expect((await remove(kid)).status).toBe(204);
      expect(await publishedKids()).not.toContain(kid);
      expect((await remove(kid)).status).toBe(404);
    }
  });

  it('refuses while the key signs, and says for whom', async () => {
    const first = await signingKid();
    const refused = await remove(first);
    expect([refused.status, refused.body.code]).toEqual([409, 'TOOL_KEY_IN_USE']);
    expect(refused.body.detail).toContain('every platform');
    expect(refused.body.hint).toContain('replace=true');
    await importKey('pinned');
    await test.putPlatform('mine', { toolKeyId: 'pinned' });
    expect((await remove('pinned')).body.detail).toContain('mine');
    expect(await publishedKids()).toEqual(expect.arrayContaining([first, 'pinned']));
    expect((await remove(first, '?replace=maybe')).status).toBe(422);
  });

  it('replaces the key that signs for all by the next one', async () => {
    const first = await signingKid();
    const { body: next } = await test.call('POST', '/v1/tool-keys/rotate');
    const removed = await remove(first, '?replace=true');
    expect(removed.status).toBe(200);
    expect(removed.body).toMatchObject({ kid: next.kid, state: 'signing' });
    expect([await signingKid(), await publishedKids()]).toEqual([next.kid, [next.kid]]);
    const again = await remove(next.kid, '?replace=true');
    expect([again.status, await publishedKids()]).toEqual([200, [again.body.kid]]);
    const { privateKey } = await test.ingest.context.toolKeys.signingKey();
    const text = Buffer.from('signed');
    const signature = await webcrypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, text);
    const publicKey = createPublicKey({ key: again.body.publicJwk, format: 'jwk' });
    expect(verify('sha256', text, publicKey, Buffer.from(signature))).toBe(true);
  });

  it('moves pins to the key that replaces a pinned one', async () => {
    const first = await signingKid();
    await importKey('leaked');
    await test.putPlatform('mine', { toolKeyId: 'leaked' });
    await test.putPlatform('theirs', { toolKeyId: 'leaked' });
    const { body } = await remove('leaked', '?replace=true');
    expect([...body.pinnedBy].sort()).toEqual(['mine', 'theirs']);
    for (const id of ['mine', 'theirs']) {
      const { body: platform } = await test.call('GET', `/v1/platforms/${id}`);
      expect(platform).toMatchObject({ id, name: id, toolKeyId: body.kid });
    }
    expect(await signingKid()).toBe(first);
    expect(await publishedKids()).not.toContain('leaked');
  });

  it('is for a key for all platforms', async () => {
    const mine = await test.withKey('admin', ['mine']);
    expect((await mine('DELETE', `/v1/tool-keys/${await signingKid()}?replace=true`)).status).toBe(403);
  });
});

describe.each(['/.well-known/jwks.json', '/.well-known/public-key.pem'])('%s', (path) => {
  it('can be cached, and costs a 304 while nothing has changed', async () => {
    const first = await test.call('GET', path);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(first.headers.get('cache-control')).toBe('public, max-age=300');
    const same = await test.call('GET', path, undefined, { 'if-none-match': `"other", W/${etag}` });
    expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, '', etag]);
    expect(same.headers.get('cache-control')).toBe('public, max-age=300');
    await test.call('DELETE', `/v1/tool-keys/${await signingKid()}?replace=true`);
    const changed = await test.call('GET', path, undefined, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });
});
