import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { comparableIdentity, type Identity, type IdentityRow } from '../identity.ts';
import { platformFor, useTestRedis } from '../testing/store-fixture.ts';
import { IdentityStore } from './identity-store.ts';
import { platformKey } from './keys.ts';
import { PlatformStore } from './platform-store.ts';
import { SecretBox } from './secret-box.ts';

const fixture = useTestRedis();
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const old = new SecretBox(oldKey);
const both = new SecretBox(newKey, oldKey);

const storeWith = (box: SecretBox, now = () => Date.parse('2026-11-20T00:00:00Z')) =>
  new IdentityStore({ redis: fixture.redis, box, now });
const row = (github: string, userId: string): IdentityRow => ({ identity: { github }, userId });
const versionOf = async (platformId: string) =>
  Number(await fixture.redis.get(platformKey(platformId, 'intake-version')));

async function userOf(
  store: IdentityStore,
  identity: Identity,
  platformId = 'a',
): Promise<string | undefined> {
  const found = (await store.find(platformId, [identity])).get(comparableIdentity(identity));
  return found && ('userId' in found ? found.userId : JSON.stringify(found.user));
}

test('finds rows as they mean the same, on their platform only, and the last put counts', async () => {
  const store = storeWith(old);
  await store.put('a', [
    row('Ada-L', '7'),
    { identity: { email: 'ada@school.example' }, userId: '7' },
    { identity: { senderId: 'U1' }, user: { sourcedId: 's-7' } },
  ]);
  const wanted: Identity[] = [
    { github: 'ada-l' },
    { github: 'ADA-L' },
    { email: 'ADA@school.example' },
    { senderId: 'U1' },
    { senderId: 'u1' },
    { github: 'nobody' },
  ];
  const found = await store.find('a', wanted);
  expect(found.size).toBe(3);
  expect(await Promise.all(wanted.map((identity) => userOf(store, identity)))).toEqual([
    '7',
    '7',
    '7',
    '{"sourcedId":"s-7"}',
    undefined,
    undefined,
  ]);
  expect(await userOf(store, { github: 'ada-l' }, 'b')).toBeUndefined();
  expect(await store.find('a', [])).toEqual(new Map());

  await store.put('a', [row('ada-l', '8')]);
  expect(await userOf(store, { github: 'Ada-L' })).toBe('8');
  expect((await store.list('a', { limit: 10 })).data).toHaveLength(3);
});

test('a change is a new intake version, and nothing else is', async () => {
  const store = storeWith(old);
  await store.put('a', [row('ada', '7'), row('bob', '8')]);
  expect(await versionOf('a')).toBe(1);
  expect(await store.delete('a', { github: 'eve' })).toBe(false);
  expect(await versionOf('a')).toBe(1);
  expect(await store.delete('a', { github: 'ADA' })).toBe(true);
  expect(await versionOf('a')).toBe(2);
  expect(await userOf(store, { github: 'ada' })).toBeUndefined();
  expect(await versionOf('b')).toBe(0);
  await store.clear('a');
  expect(await store.list('a', { limit: 10 })).toEqual({ data: [] });
});

test('every row is on exactly one page', async () => {
  const store = storeWith(old);
  const logins = Array.from({ length: 25 }, (_, i) => `student-${i}`);
  await store.put(
    'a',
    logins.map((login) => row(login, '1')),
  );
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list('a', { limit: 10, ...(cursor !== undefined && { cursor }) });
    seen.push(...page.data.map(({ identity }) => (identity as { github: string }).github));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen.sort()).toEqual(logins.sort());
});

test('a thousand rows are found in one round trip, and none tells a name', async () => {
  const store = storeWith(both);
  const rows = Array.from({ length: 1_000 }, (_, i) => row(`student-${i}`, `user-${i}`));
  await store.put('a', rows);
  let commands = 0;
  const { redis } = fixture;
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    commands += 1;
    return send(command, stream);
  };
  const found = await store.find(
    'a',
    rows.map(({ identity }) => identity),
  );
  redis.sendCommand = send;
  expect([found.size, commands]).toEqual([1_000, 1]);
  const kept = JSON.stringify(await redis.hgetall(platformKey('a', 'identities')));
  expect(kept).not.toMatch(/student|user-/);
});

test('rows outlast a change of the encryption key', async () => {
  const platforms = new PlatformStore({ redis: fixture.redis });
  await Promise.all(['a', 'b'].map((id) => platforms.put(platformFor(id))));
  const before = storeWith(old);
  await before.put('a', [row('ada', '7'), row('bob', '8'), row('eve', '9')]);
  await before.put('b', [row('ada', '1')]);

  const between = storeWith(both, () => Date.parse('2026-11-21T00:00:00Z'));
  expect(await userOf(between, { github: 'ada' })).toBe('7');
  // One that is put anew leaves nothing behind under the former key, one that is deleted neither.
  await between.put('a', [row('ada', '70')]);
  expect(await between.delete('a', { github: 'eve' })).toBe(true);
  expect(await userOf(between, { github: 'ada' })).toBe('70');
  expect((await between.list('a', { limit: 10 })).data).toHaveLength(2);
  expect(await between.sealCounts()).toEqual({ current: 1, previous: 2, unknown: 0 });

  expect(await between.reseal()).toBe(2);
  expect(await between.reseal()).toBe(0);
  expect(await between.sealCounts()).toEqual({ current: 3, previous: 0, unknown: 0 });
  const after = storeWith(new SecretBox(newKey));
  const users = await Promise.all(['ada', 'bob', 'eve'].map((github) => userOf(after, { github })));
  expect(users).toEqual(['70', '8', undefined]);
  expect(await userOf(after, { github: 'ada' }, 'b')).toBe('1');
  expect(await storeWith(new SecretBox(randomBytes(32))).sealCounts()).toMatchObject({ unknown: 3 });
});

test('of two rows that processes with different keys wrote, the newer counts', async () => {
  const newer = storeWith(both, () => 2_000);
  await newer.put('a', [row('ada', 'second')]);
  await storeWith(old, () => 1_000).put('a', [row('ada', 'first')]);
  expect(await userOf(newer, { github: 'ada' })).toBe('second');
  await storeWith(old, () => 3_000).put('a', [row('ada', 'third')]);
  expect(await userOf(newer, { github: 'ada' })).toBe('third');
});

test('a row that was moved to another place or platform is nobody', async () => {
  const store = storeWith(old);
  await store.put('a', [row('ada', '7')]);
  const [[field, sealed] = []] = Object.entries(await fixture.redis.hgetall(platformKey('a', 'identities')));
  await store.put('b', [row('bob', '8')]);
  const [[other] = []] = Object.entries(await fixture.redis.hgetall(platformKey('b', 'identities')));
  await fixture.redis.hset(platformKey('b', 'identities'), { [field!]: sealed!, [other!]: sealed! });
  expect(await userOf(store, { github: 'bob' }, 'b')).toBeUndefined();
  expect(await store.list('b', { limit: 10 })).toEqual({ data: [] });
});
