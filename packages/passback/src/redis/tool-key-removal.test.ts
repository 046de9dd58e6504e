import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { SERVED_AFTER_SIGNING_MS } from '../tool-key-life.ts';
import { SecretBox } from './secret-box.ts';
import { ToolKeyStore } from './tool-key-store.ts';

const fixture = useTestRedis();
const box = new SecretBox(randomBytes(32));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let now = 0;
const newStore = () => new ToolKeyStore({ redis: fixture.client(), box, leadMs: DAY, now: () => now });

const uses = (pins: Record<string, string[]> = {}, platformIds = ['a', 'b']) => ({
  platformIds: new Set(platformIds),
  pinnedBy: new Map(Object.entries(pins)),
});
const pem = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
const kids = async (store: ToolKeyStore) => (await store.publicJwks()).keys.map(({ kid }) => kid).sort();
const keyCalled = async (store: ToolKeyStore, kid: string) =>
  (await store.list()).find((key) => key.kid === kid)!;

test('an old key is served for 14 days after it signed last, and then it goes', async () => {
  now = 0;
  const store = newStore();
  await store.ensure();
  const old = (await store.signingKey()).kid;
  const { kid: next } = await store.rotate();
  const stopsAtMs = DAY;
  for (const at of [HOUR, stopsAtMs, stopsAtMs + SERVED_AFTER_SIGNING_MS - 1]) {
    now = at;
    expect(await store.sweep(uses())).toEqual({ removed: [] });
  }
  now += 1;
  const swept = await Promise.all([store, newStore(), newStore()].map((each) => each.sweep(uses())));
  expect(swept.flatMap(({ removed }) => removed)).toEqual([old]);
  expect(await kids(store)).toEqual([next]);
  now += 400 * DAY;
  expect(await store.sweep(uses())).toEqual({ removed: [] });
  expect((await store.signingKey()).kid).toBe(next);
});

test('a pinned key stays while it is pinned and 14 days more, and one that is claimed in time', async () => {
  now = 0;
  const store = newStore();
  await store.ensure();
  const old = (await store.signingKey()).kid;
  await store.rotate();
  await store.importKey('never-pinned', pem());
  for (now = DAY; now < 100 * DAY; now += DAY) await store.sweep(uses({ [old]: ['a'] }));
  const unpinnedAtMs = now - DAY;
  now = unpinnedAtMs + SERVED_AFTER_SIGNING_MS - HOUR;
  expect((await store.sweep(uses())).removed).toEqual([]);
  await store.claim(old, 'b');
  now = unpinnedAtMs + SERVED_AFTER_SIGNING_MS + DAY;
  expect((await store.sweep(uses())).removed).toEqual([]);
  now = unpinnedAtMs + 2 * SERVED_AFTER_SIGNING_MS;
  expect((await store.sweep(uses())).removed).toEqual([old]);
  expect(await kids(store)).toContain('never-pinned');
});

test('the key of a platform that is gone goes too', async () => {
  now = 0;
  const store = newStore();
  await store.ensure();
  const own = await store.rotate({ platformId: 'a' });
  now = 2 * DAY;
  await store.sweep(uses());
  now = 100 * DAY;
  await store.sweep(uses());
  now += SERVED_AFTER_SIGNING_MS - DAY;
  expect((await store.sweep(uses({}, []))).removed).toEqual([]);
  now += 2 * DAY;
  expect((await store.sweep(uses({}, []))).removed).toEqual([own.kid]);
});

test('a removed key is out of the key set at once and signs in no process any more', async () => {
  now = 0;
  const [store, other] = [newStore(), newStore()];
  await store.ensure();
  await store.importKey('leaked', pem());
  await other.signingKey({ toolKeyId: 'leaked' });
  expect(await store.remove(await keyCalled(store, 'leaked'))).toBe(true);
  expect(await kids(other)).not.toContain('leaked');
  await expect(other.signingKey({ toolKeyId: 'leaked' })).rejects.toMatchObject({ code: 'UNKNOWN_KEY' });
});

test('a key that is claimed between reading and removing stays', async () => {
  now = 0;
  const store = newStore();
  await store.ensure();
  const key = (await store.list())[0]!;
  now = 1;
  await store.claim(key.kid, 'a');
  expect(await store.remove(key)).toBe(false);
  expect(await kids(store)).toEqual([key.kid]);
});

test('the signing key is replaced at once, by a new one or by the next that is published already', async () => {
  now = 5;
  const store = newStore();
  await store.ensure();
  const first = (await store.list())[0]!;
  const fresh = await store.replace(first);
  expect(fresh.kid).not.toBe(first.kid);
  now = 6;
  expect((await store.signingKey()).kid).toBe(fresh.kid);
  const published = await store.rotate();
  expect((await store.replace(await keyCalled(store, fresh.kid))).kid).toBe(published.kid);
  now = 7;
  expect((await store.signingKey()).kid).toBe(published.kid);
  expect(await kids(store)).toHaveLength(3);
});

test('what replaces a key of one platform is for that platform, and what replaces a pinned one is to be pinned', async () => {
  now = 0;
  const store = newStore();
  await store.ensure();
  const shared = (await store.signingKey()).kid;
  const own = await store.rotate({ platformId: 'a', signsFromMs: 0 });
  const replacement = await store.replace(own);
  now = 1;
  expect((await store.signingKey({ id: 'a' })).kid).toBe(replacement.kid);
  expect((await store.signingKey({ id: 'b' })).kid).toBe(shared);
  const { key: imported } = await store.importKey('leaked', pem());
  const pinned = await store.replace(imported);
  expect(pinned.signsFromMs).toBeUndefined();
  expect((await store.signingKey()).kid).toBe(shared);
  expect((await store.signingKey({ toolKeyId: pinned.kid })).kid).toBe(pinned.kid);
});
