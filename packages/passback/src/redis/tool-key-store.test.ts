import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { SecretBox } from './secret-box.ts';
import { ToolKeyStore } from './tool-key-store.ts';

const fixture = useTestRedis();
const box = new SecretBox(randomBytes(32));
const HOUR = 3_600_000;
let now = 0;
const newStore = () => new ToolKeyStore({ redis: fixture.client(), box, leadMs: 24 * HOUR, now: () => now });

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pemOf = (key: ReturnType<typeof rsa>) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

test('of several processes that start at once one makes the first key, which signs at once', async () => {
  const stores = [newStore(), newStore(), newStore()];
  await expect(stores[0]!.signingKey()).rejects.toMatchObject({ code: 'NO_KEY' });
  await Promise.all(stores.map((store) => store.ensure()));
  const { keys } = await newStore().publicJwks();
  expect(keys).toHaveLength(1);
  const { kid, privateKey } = await stores[2]!.signingKey();
  expect(kid).toBe(keys[0]!.kid);
  const signed = await new SignJWT({ a: 1 }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  const verified = await jwtVerify(signed, createLocalJWKSet({ keys }));
  expect(verified.payload).toEqual({ a: 1 });
});

test('a rotated key is published before it signs, and the old one after', async () => {
  now = 0;
  const store = newStore();
  await store.ensure();
  const old = await store.signingKey();
  now = HOUR;
  const rotated = await store.rotate();
  expect(rotated.signsFromMs).toBe(25 * HOUR);
  expect((await store.publicJwks()).keys.map(({ kid }) => kid)).toEqual([rotated.kid, old.kid]);
  now = 25 * HOUR - 1;
  expect((await newStore().signingKey()).kid).toBe(old.kid);
  now = 25 * HOUR;
  expect((await newStore().signingKey()).kid).toBe(rotated.kid);
  expect((await store.signingKey()).kid).toBe(rotated.kid);
  expect((await store.signingKey({ toolKeyId: old.kid })).kid).toBe(old.kid);
  expect((await store.publicJwks()).keys).toHaveLength(2);
});

test('an imported key signs where it is pinned and nowhere else', async () => {
  now = 0;
  const store = newStore();
  const key = rsa();
  expect(await store.importKey('legacy', pemOf(key))).toMatchObject({
    created: true,
    key: { kid: 'legacy' },
  });
  await expect(store.signingKey()).rejects.toMatchObject({ code: 'NO_KEY' });
  await store.ensure();
  expect((await store.signingKey()).kid).not.toBe('legacy');
  expect((await store.signingKey({ toolKeyId: 'legacy' })).kid).toBe('legacy');
  expect((await store.publicJwks()).keys).toHaveLength(2);
  await expect(store.signingKey({ toolKeyId: 'unknown' })).rejects.toMatchObject({ code: 'UNKNOWN_KEY' });
});

test('importing a key again changes nothing; another one under its kid is refused', async () => {
  const store = newStore();
  const key = rsa();
  await store.importKey('legacy', pemOf(key));
  expect(await store.importKey('legacy', key.export({ format: 'jwk' }))).toMatchObject({ created: false });
  await expect(store.importKey('legacy', pemOf(rsa()))).rejects.toMatchObject({ code: 'KID_TAKEN' });
});

test('a key of one platform signs for that platform only, and once it has been published for long enough', async () => {
  now = 0;
  const store = newStore();
  await store.ensure();
  const shared = (await store.signingKey()).kid;
  const own = await store.rotate({ platformId: 'a' });
  expect((await store.publicJwks()).keys.map(({ kid }) => kid)).toContain(own.kid);
  expect((await store.signingKey({ id: 'a' })).kid).toBe(shared);
  now = 24 * HOUR;
  expect((await store.signingKey({ id: 'a' })).kid).toBe(own.kid);
  expect((await store.signingKey({ id: 'b' })).kid).toBe(shared);
  expect((await store.signingKey({ id: 'a', toolKeyId: shared })).kid).toBe(shared);
  await store.rotate();
  now = 48 * HOUR;
  expect((await store.signingKey({ id: 'a' })).kid).toBe(own.kid);
  expect((await store.signingKey({ id: 'b' })).kid).not.toBe(shared);
});

test('a process whose clock is behind signs with the first key all the same', async () => {
  now = 10 * HOUR;
  await newStore().ensure();
  now = 9 * HOUR;
  const behind = newStore();
  await behind.ensure();
  expect((await behind.signingKey()).kid).toBe((await behind.publicJwks()).keys[0]!.kid);
  expect((await behind.publicJwks()).keys).toHaveLength(1);
});

test('a key is claimed before it is pinned: not an unknown one, nor that of another platform', async () => {
  const store = newStore();
  await store.ensure();
  const own = await store.rotate({ platformId: 'a' });
  await store.importKey('legacy', pemOf(rsa()));
  expect(await store.claim('nothing', 'a')).toBe('unknown');
  expect(await store.claim(own.kid, 'a')).toBeUndefined();
  expect(await store.claim(own.kid, 'b')).toBe('foreign');
  expect(await store.claim('legacy', 'b')).toBeUndefined();
});

test('private parts lie sealed, bound to their kid', async () => {
  const store = newStore();
  await store.importKey('a', pemOf(rsa()));
  const json = (await fixture.redis.hget('gw:tool-keys', 'a'))!;
  expect(json).not.toMatch(/"d"|"p"|"q"/);
  await fixture.redis.hset('gw:tool-keys', 'b', json);
  await expect(store.signingKey({ toolKeyId: 'b' })).rejects.toThrow('does not open');
  const stranger = new ToolKeyStore({ redis: fixture.redis, box: new SecretBox(randomBytes(32)) });
  await expect(stranger.signingKey({ toolKeyId: 'a' })).rejects.toThrow('encryption key');
});

test('a change of the encryption key: the old one opens, all is sealed anew, and then it is not needed', async () => {
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
  const storeWith = (...keys: [Buffer, Buffer?]) =>
    new ToolKeyStore({ redis: fixture.client(), box: new SecretBox(...keys) });
  const old = storeWith(oldKey);
  await old.ensure();
  await old.importKey('legacy', pemOf(rsa()));
  const { kid } = await old.signingKey();

  const both = storeWith(newKey, oldKey);
  expect((await both.signingKey()).kid).toBe(kid);
  expect(await both.secrets.sealCounts()).toEqual({ current: 0, previous: 2, unknown: 0 });
  expect(await storeWith(newKey).secrets.sealCounts()).toEqual({ current: 0, previous: 0, unknown: 2 });
  const resealed = await Promise.all([both.secrets.reseal(), storeWith(newKey, oldKey).secrets.reseal()]);
  expect(resealed[0] + resealed[1]).toBe(2);
  expect(await both.secrets.sealCounts()).toEqual({ current: 2, previous: 0, unknown: 0 });
  expect(await both.secrets.reseal()).toBe(0);

  expect((await storeWith(newKey).signingKey()).kid).toBe(kid);
  expect((await storeWith(newKey).signingKey({ toolKeyId: 'legacy' })).kid).toBe('legacy');
  // A process that is not restarted yet goes on with what it has opened before.
  expect((await old.signingKey()).kid).toBe(kid);
  await expect(storeWith(oldKey).signingKey()).rejects.toThrow('another encryption key');
});
