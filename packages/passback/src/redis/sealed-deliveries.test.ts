import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { useTestRedis } from '../testing/store-fixture.ts';
import { settle, waiting, webhook } from '../testing/webhooks-fixture.ts';
import { SecretBox } from './secret-box.ts';
import { WebhookDeliveries } from './webhook-deliveries.ts';
import { WebhookSourceStore } from './webhook-source-store.ts';

const fixture = useTestRedis();
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const old = new SecretBox(oldKey);
const both = new SecretBox(newKey, oldKey);
const storeWith = (box: SecretBox) =>
  new WebhookDeliveries({ redis: fixture.redis, box, retentionMs: 86_400_000 });

async function register(platformId: string, sourceId: string): Promise<void> {
  const now = new Date().toISOString();
  await new WebhookSourceStore({ redis: fixture.redis, box: both }).put(sourceId, () => ({
    platformId,
    scheme: 'github',
    adapter: 'gradewire',
    defaults: {},
    secrets: ['x'],
    createdAt: now,
    updatedAt: now,
  }));
  await storeWith(both).open(platformId, sourceId);
}

it('is sealed anew wherever something waits, each text once, and nothing else is touched', async () => {
  await register('moodle', 'ci');
  await register('canvas', 'lab');
  const before = storeWith(old);
  const body = Buffer.from('{"score": 1}');
  // Done, unmatched, unmatched and to be retried, and two that wait to be read: one of them claimed.
  for (let i = 0; i < 4; i += 1) await before.receive(webhook({ body }));
  const [done, left, again] = await before.due(4);
  await settle(before, done!, { accepted: { f0: 'sc_1' } });
  await settle(before, left!, { unmatched: [waiting(0)] });
  await settle(before, again!, { unmatched: [waiting(0)] });
  await before.retry({ platformId: 'moodle', deliveryIds: [again!.id] });
  const other = (await before.receive(webhook({ body, platformId: 'canvas', sourceId: 'lab' })))!;
  const now = storeWith(both);
  await now.receive(webhook({ body }));

  expect(await now.secrets.sealCounts()).toEqual({ current: 1, previous: 6, unknown: 0 });
  expect(await storeWith(new SecretBox(newKey)).secrets.sealCounts()).toEqual({
    current: 1,
    previous: 0,
    unknown: 6,
  });
  expect(await now.secrets.reseal()).toBe(6);
  expect(await now.secrets.reseal()).toBe(0);

  const after = storeWith(new SecretBox(newKey));
  expect(await after.secrets.sealCounts()).toEqual({ current: 7, previous: 0, unknown: 0 });
  for (const id of [left!.id, again!.id, other.id]) expect((await after.get(id))!.body).toEqual(body);
  const { data } = await after.unmatched({ platformId: 'moodle', sourceId: 'ci', limit: 10 });
  expect(data.map(({ detail }) => detail)).toEqual([waiting(0).detail, waiting(0).detail]);
});

it('does not bring back what was settled meanwhile', async () => {
  await register('moodle', 'ci');
  const before = storeWith(old);
  const ids: string[] = [];
  for (let i = 0; i < 40; i += 1) ids.push((await before.receive(webhook()))!.id);
  const claimed = await before.due(40);
  const now = storeWith(both);
  await Promise.all([
    now.secrets.reseal(),
    ...claimed.map((each, i) => settle(now, each, i % 2 ? { unmatched: [waiting(0)] } : {})),
  ]);
  for (const [i, id] of ids.entries()) {
    const delivery = (await storeWith(both).get(id))!;
    expect(delivery.status).toBe(i % 2 ? 'unmatched' : 'done');
    expect(delivery.body === undefined).toBe(i % 2 === 0);
  }
  expect(await now.secrets.sealCounts()).toMatchObject({ unknown: 0 });
});
