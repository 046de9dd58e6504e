import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import {
  type Claimed,
  connectRedis,
  IdentityStore,
  SecretBox,
  WebhookDeliveries,
  type WebhookSettlement,
} from '@gradewire/passback/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { startTestIngest, type TestIngest, testConfig } from '../testing/test-ingest.ts';
import { putTestSource, type TestSource } from '../testing/test-source.ts';
import { processDelivery } from './process-delivery.ts';

const target = { lineItemUrl: 'https://a.example/lineitems/1' };
const unhurried = new AbortController().signal;
const idle = { start() {}, wake() {}, async [Symbol.asyncDispose]() {} };

let redis: TestRedis;
const open: AsyncDisposable[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
beforeEach(() => redis.flush());
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each[Symbol.asyncDispose]()));
});
afterAll(() => redis.stop());

/** An ingest with what the test puts in place of its stores, made for its own connection to Redis. */
async function ingestWith(
  make: (parts: {
    redis: Context['redis'];
    box: SecretBox;
    retentionMs: number;
  }) => Partial<Context> = () => ({}),
  config: Partial<Config> = {},
): Promise<TestIngest> {
  const { encryptionKey, previousEncryptionKey, retentionMs } = testConfig(redis.url, config);
  const client = connectRedis(redis.url, 'failFast');
  const box = new SecretBox(encryptionKey, previousEncryptionKey);
  const overrides = { redis: client, ...make({ redis: client, box, retentionMs }) };
  const test = await startTestIngest(redis.url, { config, overrides });
  open.push(test);
  return test;
}

async function sourceOf(test: TestIngest): Promise<TestSource> {
  await test.putPlatform('a');
  return putTestSource(test, 'grader', 'a', { target });
}

const grades = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ userId: `u${i}`, scoreGiven: i, scoreMaximum: count }));
const ada = { identity: { github: 'ada' }, scoreGiven: 1, scoreMaximum: 2 };
const putAda = (test: TestIngest, userId = '7') =>
  test.call('PUT', '/v1/identities', { platformId: 'a', identities: [{ identity: ada.identity, userId }] });
const allScores = async (test: TestIngest) =>
  (await test.call('GET', '/v1/scores?platformId=a&limit=1000')).body.data;

describe('a delivery', () => {
  it('that was accepted by a process which died before it could write that down makes no second score', async () => {
    let crashes = 2;
    class Dying extends WebhookDeliveries {
      override async settle(id: string, settlement: WebhookSettlement): Promise<'settled' | 'again'> {
        crashes -= 1;
        if (crashes >= 0) throw new Error('killed');
        return super.settle(id, settlement);
      }
    }
    const test = await ingestWith((parts) => ({ webhookDeliveries: new Dying({ ...parts, claimMs: 300 }) }));
    const source = await sourceOf(test);
    const delivery = await source.deliver([...grades(5), ada]);
    expect(crashes).toBeLessThan(0);
    expect(delivery).toMatchObject({ unmatched: 1 });
    expect(delivery.scores).toHaveLength(5);
    expect((await allScores(test)).map(({ id }: { id: string }) => id).sort()).toEqual(
      delivery.scores.sort(),
    );
  });

  it('that several processes work through at once makes one score of each grade', async () => {
    const tests = await Promise.all([1, 2, 3].map(() => ingestWith(() => ({ intake: idle }))));
    const [first] = tests as [TestIngest, ...TestIngest[]];
    const source = await sourceOf(first);
    const id = await source.send([...grades(50), ada]);
    const claimed = (await first.ingest.context.webhookDeliveries.claim(id)) as Claimed;
    const came = await Promise.all(
      tests.map(({ ingest }) => processDelivery(ingest.context, claimed, { unhurried })),
    );
    expect(came).toContain('settled');
    const delivery = await source.delivery(id);
    expect(delivery).toMatchObject({ status: 'unmatched', unmatched: 1 });
    expect(delivery.scores).toHaveLength(50);
    expect(await allScores(first)).toHaveLength(50);
  });

  it('whose student is told while it is worked through is not left lying', async () => {
    let meanwhile = async () => {};
    class Watched extends IdentityStore {
      override async find(...args: Parameters<IdentityStore['find']>): ReturnType<IdentityStore['find']> {
        const found = await super.find(...args);
        await meanwhile();
        return found;
      }
    }
    const test = await ingestWith((parts) => ({ identities: new Watched(parts) }));
    const source = await sourceOf(test);
    meanwhile = async () => {
      meanwhile = async () => {};
      expect((await putAda(test)).body).toMatchObject({ stored: 1 });
    };
    const startedMs = performance.now();
    const id = await source.send(ada);
    await expect.poll(() => source.delivery(id)).toMatchObject({ status: 'done', unmatched: 0 });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(await allScores(test)).toEqual([expect.objectContaining({ userId: '7' })]);
  });

  it('whose source is mended while it is worked through is read by the mended one', async () => {
    let meanwhile = async () => {};
    const test = await ingestWith();
    const source = await sourceOf(test);
    await source.put({ adapter: 'custom', mapping: '{ "userId": id, "scoreGiven": points }' });
    const { mapper } = test.ingest.context;
    const map = mapper.map.bind(mapper);
    mapper.map = async (...args) => {
      const mapped = await map(...args);
      await meanwhile();
      return mapped;
    };
    meanwhile = async () => {
      meanwhile = async () => {};
      await source.put({
        adapter: 'custom',
        mapping: '{ "userId": id, "scoreGiven": points, "scoreMaximum": 10 }',
      });
    };
    const id = await source.send({ id: '7', points: 3 });
    await expect.poll(() => source.delivery(id)).toMatchObject({ status: 'done' });
    expect(await allScores(test)).toEqual([expect.objectContaining({ userId: '7', scoreMaximum: 10 })]);
  });

  it('waits while the store keeps nothing safely, and is accepted once it does', async () => {
    const test = await ingestWith((parts) => ({
      webhookDeliveries: new WebhookDeliveries({ ...parts, claimMs: 300 }),
    }));
    const source = await sourceOf(test);
    const { durability } = test.ingest.context;
    const require = durability.requireDurable.bind(durability);
    let refusals = 0;
    const id = await source.send(grades(3));
    // What is sent after it is accepted in the background only.
    durability.requireDurable = async () => {
      refusals += 1;
      throw new Error('the store is away');
    };
    const second = await test.ingest.context.webhookDeliveries.receive({
      platformId: 'a',
      sourceId: 'grader',
      deliveryKey: 'id:second',
      body: Buffer.from(JSON.stringify(grades(2))),
    });
    await expect.poll(() => refusals).toBeGreaterThan(1);
    expect(await source.delivery(second!.id)).toMatchObject({ status: 'pending', scores: [] });
    durability.requireDurable = require;
    expect((await source.settled(second!.id)).scores).toHaveLength(2);
    expect((await source.settled(id)).scores).toHaveLength(3);
  });

  it('of a platform that is gone is told so', async () => {
    const test = await ingestWith();
    const source = await sourceOf(test);
    await test.ingest.context.platforms.delete('a');
    expect(await source.deliver(grades(1))).toMatchObject({ unmatched: 1, scores: [] });
    expect(await source.unmatched()).toEqual([
      expect.objectContaining({ reason: 'REFUSED', detail: expect.stringMatching(/^UNKNOWN_PLATFORM: /) }),
    ]);
  });

  it('that is removed with its source while it is worked through does no harm', async () => {
    const test = await ingestWith(() => ({ intake: idle }));
    const source = await sourceOf(test);
    const { context } = test.ingest;
    const claimed = (await context.webhookDeliveries.claim(await source.send(ada))) as Claimed;
    expect((await test.call('DELETE', '/v1/webhook-sources/grader?force=true')).status).toBe(204);
    expect(await processDelivery(context, claimed, { unhurried })).toBe('settled');
    expect(await allScores(test)).toEqual([]);
  });
});

describe('a change of the encryption key', () => {
  const [oldKey, newKey] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('loses neither who a student is nor what waits', async () => {
    const before = await ingestWith(undefined, { encryptionKey: oldKey });
    const source = await sourceOf(before);
    await putAda(before);
    const waiting = await source.deliver({ ...ada, identity: { github: 'bob' } });
    await before[Symbol.asyncDispose]();

    const between = await ingestWith(undefined, { encryptionKey: newKey, previousEncryptionKey: oldKey });
    const then = await putTestSource(between, 'grader', 'a', { target });
    expect(await then.deliver(ada)).toMatchObject({ status: 'done' });
    const { body } = await between.call('POST', '/v1/encryption-key/reseal');
    expect(body).toMatchObject({ previousKey: { mayBeRemoved: true } });
    expect(body.secrets).toContainEqual({ kind: 'identities', current: 1, previous: 0, unknown: 0 });
    await between[Symbol.asyncDispose]();

    const after = await ingestWith(undefined, { encryptionKey: newKey });
    const now = await putTestSource(after, 'grader', 'a', { target });
    expect(await now.deliver({ ...ada, scoreGiven: 2 })).toMatchObject({ status: 'done' });
    const rows = [{ identity: { github: 'bob' }, userId: '8' }];
    await after.call('PUT', '/v1/identities', { platformId: 'a', identities: rows });
    await expect.poll(() => now.delivery(waiting.id)).toMatchObject({ status: 'done' });
  });

  it('finds afterwards whom a process with the former key only could not', async () => {
    const former = await ingestWith(undefined, { encryptionKey: oldKey });
    const source = await sourceOf(former);
    const newer = await ingestWith(() => ({ intake: idle }), {
      encryptionKey: newKey,
      previousEncryptionKey: oldKey,
    });
    await putAda(newer);
    const delivery = await source.deliver(ada);
    expect(delivery).toMatchObject({ status: 'unmatched' });
    await former[Symbol.asyncDispose]();
    await ingestWith(undefined, { encryptionKey: newKey, previousEncryptionKey: oldKey });
    await newer.call('POST', '/v1/encryption-key/reseal');
    await expect
      .poll(async () => (await newer.ingest.context.webhookDeliveries.look(delivery.id))?.status)
      .toBe('done');
  });
});
