import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { globalKey } from './keys.ts';
import { SecretBox } from './secret-box.ts';
import { type WebhookSourceChange, WebhookSourceStore } from './webhook-source-store.ts';

const fixture = useTestRedis();
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const storeWith = (box: SecretBox) => new WebhookSourceStore({ redis: fixture.redis, box });
const store = () => storeWith(new SecretBox(oldKey));

const source = (change: Partial<WebhookSourceChange> = {}): WebhookSourceChange => ({
  platformId: 'moodle',
  scheme: 'github',
  adapter: 'gradewire',
  defaults: { scoreMaximum: 10 },
  secrets: ['a secret that nobody may read'],
  createdAt: '2026-11-20T00:00:00.000Z',
  updatedAt: '2026-11-20T00:00:00.000Z',
  ...change,
});

describe('WebhookSourceStore', () => {
  it('gives back what was put, and its secrets only where they are needed', async () => {
    const { secrets, ...shown } = source();
    const put = await store().put('ci', () => source());
    expect(put).toEqual({ source: { id: 'ci', ...shown, secretCount: 1 }, created: true });
    expect(await store().get('ci')).toEqual({ id: 'ci', ...shown, secretCount: 1, secrets });
    expect(await store().list({ limit: 10 })).toEqual({ data: [{ id: 'ci', ...shown, secretCount: 1 }] });
    expect(await store().get('other')).toBeUndefined();
  });

  it('has no secret in the open in Redis', async () => {
    await store().put('ci', () => source());
    const stored = await fixture.redis.hget(globalKey('webhook-sources'), 'ci');
    expect(stored).not.toMatch(/nobody|may read|"secrets"/);
  });

  it('makes each change of what is there, also when several come at once', async () => {
    await store().put('ci', () => source({ secrets: [] }));
    const stores = Array.from(
      { length: 8 },
      () => new WebhookSourceStore({ redis: fixture.client(), box: new SecretBox(oldKey) }),
    );
    await Promise.all(
      stores.map((each, i) =>
        each.put('ci', (former) => source({ secrets: [...former!.secrets, `secret ${i}`] })),
      ),
    );
    const { secrets } = (await store().get('ci'))!;
    expect([...secrets].sort()).toEqual(stores.map((_, i) => `secret ${i}`));
  });

  it('puts nothing when the change is refused', async () => {
    const refused = store().put('ci', () => {
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await store().get('ci')).toBeUndefined();
  });

  it('lists by id, page by page', async () => {
    for (const id of ['c', 'a', 'd', 'b']) await store().put(id, () => source());
    const first = await store().list({ limit: 3 });
    expect(first.data.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    const second = await store().list({ limit: 3, cursor: first.nextCursor! });
    expect(second).toMatchObject({ data: [{ id: 'd' }] });
    expect(second.nextCursor).toBeUndefined();
  });

  it('is gone once deleted', async () => {
    await store().put('ci', () => source());
    expect(await store().delete('ci')).toBe('deleted');
    expect(await store().delete('ci')).toBe('notFound');
    expect(await store().get('ci')).toBeUndefined();
  });

  it('is sealed anew, and has no secrets where its key is not known', async () => {
    await store().put('ci', () => source());
    const both = storeWith(new SecretBox(newKey, oldKey));
    await both.put('fresh', () => source());
    expect(await both.sealCounts()).toEqual({ current: 1, previous: 1, unknown: 0 });
    const alone = storeWith(new SecretBox(newKey));
    expect((await alone.get('ci'))?.secrets).toEqual([]);
    expect(await both.reseal()).toBe(1);
    expect(await both.reseal()).toBe(0);
    expect(await alone.sealCounts()).toEqual({ current: 2, previous: 0, unknown: 0 });
    expect((await alone.get('ci'))?.secrets).toEqual(source().secrets);
  });

  it('does not open the secrets of one source in the place of another', async () => {
    await store().put('ci', () => source());
    const key = globalKey('webhook-sources');
    await fixture.redis.hset(key, 'other', (await fixture.redis.hget(key, 'ci'))!);
    expect((await store().get('other'))?.secrets).toEqual([]);
  });
});
