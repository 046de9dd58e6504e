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
const newStore = () =>
  new ToolKeyStore({ redis: fixture.client(), box, activationDelayMs: 24 * HOUR, now: () => now });

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
  expect((await store.signingKey(old.kid)).kid).toBe(old.kid);
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
  expect((await store.signingKey('legacy')).kid).toBe('legacy');
  expect((await store.publicJwks()).keys).toHaveLength(2);
  await expect(store.signingKey('unknown')).rejects.toMatchObject({ code: 'UNKNOWN_KEY' });
});

test('importing a key again changes nothing; another one under its kid is refused', async () => {
  const store = newStore();
  const key = rsa();
  await store.importKey('legacy', pemOf(key));
  expect(await store.importKey('legacy', key.export({ format: 'jwk' }))).toMatchObject({ created: false });
  await expect(store.importKey('legacy', pemOf(rsa()))).rejects.toMatchObject({ code: 'KID_TAKEN' });
});

test('private parts lie sealed, bound to their kid', async () => {
  const store = newStore();
  await store.importKey('a', pemOf(rsa()));
  const json = (await fixture.redis.hget('gw:tool-keys', 'a'))!;
  expect(json).not.toMatch(/"d"|"p"|"q"/);
  await fixture.redis.hset('gw:tool-keys', 'b', json);
  await expect(store.signingKey('b')).rejects.toThrow('does not open');
  const stranger = new ToolKeyStore({ redis: fixture.redis, box: new SecretBox(randomBytes(32)) });
  await expect(stranger.signingKey('a')).rejects.toThrow('encryption key');
});
