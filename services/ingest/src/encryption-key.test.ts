import { randomBytes } from 'node:crypto';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestIngest } from './testing/test-ingest.ts';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.stop());

const ingestWith = (encryptionKey: Buffer, previousEncryptionKey?: Buffer) =>
  startTestIngest(redis.url, {
    config: { encryptionKey, ...(previousEncryptionKey && { previousEncryptionKey }) },
  });
const gaugesOf = async ({ ingest }: Awaited<ReturnType<typeof ingestWith>>) => {
  const text = await (await fetch(ingest.metricsUrl)).text();
  return text.split('\n').filter((line) => /^gradewire_tool_key/.test(line));
};

it('is changed without losing a key: seal anew, then the old one may go', async () => {
  let signing: string;
  let oldName: string;
  {
    await using before = await ingestWith(oldKey);
    await before.call('GET', '/.well-known/jwks.json');
    signing = (await before.ingest.context.toolKeys.signingKey()).kid;
    const { body } = await before.call('GET', '/v1/encryption-key');
    expect(body).toEqual({
      keyName: expect.any(String),
      secrets: [
        { kind: 'toolKeys', current: 1, previous: 0, unknown: 0 },
        ...['userSelectors', 'callbacks', 'webhookSources', 'webhookDeliveries', 'identities'].map(
          (kind) => ({
            kind,
            current: 0,
            previous: 0,
            unknown: 0,
          }),
        ),
      ],
    });
    oldName = body.keyName;
  }
  {
    await using between = await ingestWith(newKey, oldKey);
    expect((await between.ingest.context.toolKeys.signingKey()).kid).toBe(signing);
    const status = (await between.call('GET', '/v1/encryption-key')).body;
    expect(status.previousKey).toEqual({ name: oldName, mayBeRemoved: false });
    expect(await gaugesOf(between)).toContain('gradewire_tool_keys_sealed{sealed_by="previous"} 1');
    const done = await between.call('POST', '/v1/encryption-key/reseal');
    expect(done.status).toBe(200);
    expect(done.body).toMatchObject({ resealed: 1, previousKey: { name: oldName, mayBeRemoved: true } });
    expect((await between.call('POST', '/v1/encryption-key/reseal')).body.resealed).toBe(0);
  }
  {
    await using after = await ingestWith(newKey);
    expect((await after.ingest.context.toolKeys.signingKey()).kid).toBe(signing);
    expect(await gaugesOf(after)).toEqual(
      expect.arrayContaining([
        'gradewire_tool_keys_sealed{sealed_by="current"} 1',
        'gradewire_tool_keys_sealed{sealed_by="unknown"} 0',
        expect.stringMatching(/^gradewire_tool_key_age_seconds \d/),
      ]),
    );
  }
  {
    await using wrong = await ingestWith(oldKey);
    expect(await gaugesOf(wrong)).toContain('gradewire_tool_keys_sealed{sealed_by="unknown"} 1');
  }
});

it('is shown and used only by keys for all platforms', async () => {
  await using test = await ingestWith(newKey);
  await test.putPlatform('mine');
  const mine = await test.withKey('admin', ['mine']);
  expect((await mine('GET', '/v1/encryption-key')).status).toBe(403);
  expect((await mine('POST', '/v1/encryption-key/reseal')).status).toBe(403);
});
