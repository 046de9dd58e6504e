import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';
import { GITHUB_SECRET, sendWebhook, signed, sleepingIntake, sourceBody } from './testing/webhook-sender.ts';

let redis: TestRedis;
let test: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url, { overrides: { intake: sleepingIntake() } });
});
beforeEach(async () => {
  await redis.flush();
  await test.putPlatform('moodle');
  await test.putPlatform('canvas');
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});

const path = (sourceId: string) => `/v1/webhook-sources/${sourceId}`;
const put = (sourceId: string, change: Record<string, unknown> = {}, call = test.call) =>
  call('PUT', path(sourceId), sourceBody('moodle', change));
const receive = async (sourceId = 'ci') => {
  const body = '{"score": 1}';
  const answer = await sendWebhook(test, sourceId, body, signed(body));
  return answer.status === 202 ? (answer.body.deliveryId as string) : answer.status;
};
/** Leaves a delivery unmatched. */
const leaveUnmatched = async () => {
  const { webhookDeliveries: deliveries } = test.ingest.context;
  const id = await receive();
  const claimed = (await deliveries.due(10)).find((each) => each.id === id)!;
  const entry = { index: 0, fingerprint: 'f0', reason: 'NO_TARGET', detail: 'there is none' } as const;
  const version = await deliveries.versionOf('moodle');
  await deliveries.settle(claimed.id, { claim: claimed.claim, version, accepted: {}, unmatched: [entry] });
  return claimed.id;
};

describe('a source', () => {
  it('is created, read back without its secrets, and replaced', async () => {
    const target = { lineItemsUrl: 'https://moodle.example/items', perAssignment: true, create: {} };
    const created = await put('ci', { target, defaults: { scoreMaximum: 10 } });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: 'ci',
      platformId: 'moodle',
      scheme: 'github',
      secretCount: 1,
      adapter: 'gradewire',
      target,
      defaults: { scoreMaximum: 10 },
      url: `${test.ingest.url}/v1/webhooks/ci`,
      unmatched: 0,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await test.call('GET', path('ci'))).body).toEqual(created.body);

    const replaced = await put('ci', { secrets: [GITHUB_SECRET, 'another secret of GitHub'] });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ secretCount: 2, defaults: {}, createdAt: created.body.createdAt });
    expect(replaced.body).not.toHaveProperty('target');
    for (const [method, at] of [
      ['GET', path('ci')],
      ['GET', '/v1/webhook-sources'],
    ] as const) {
      expect(JSON.stringify((await test.call(method, at)).body)).not.toContain(GITHUB_SECRET);
    }
  });

  it('has its own way to be signed, nothing left to default', async () => {
    const own = { scheme: 'hmac-sha256', deliveryIdHeader: 'X-Id' };
    expect((await put('ci', own)).body.signature).toEqual({ header: 'X-Signature', encoding: 'hex' });
    const signature = { header: 'X-Sig', encoding: 'base64', prefix: 'v0=' };
    expect((await put('ci', { ...own, signature })).body).toMatchObject({
      signature,
      deliveryIdHeader: 'X-Id',
    });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['an unknown platform', { platformId: 'nowhere' }, 'UNKNOWN_PLATFORM', '/platformId'],
    ['no secret at first', { secrets: undefined }, 'INVALID', '/secrets'],
    ['a secret that is too short', { secrets: [GITHUB_SECRET, 'short'] }, 'INVALID', '/secrets/1'],
    ['a secret of another scheme', { scheme: 'standard' }, 'INVALID', '/secrets/0'],
    ['a mapping that is none', { adapter: 'custom', mapping: '{"userId": ' }, 'INVALID', '/mapping'],
    ['no mapping', { adapter: 'custom' }, 'INVALID', '/mapping'],
    [
      'a column elsewhere',
      { target: { lineItemUrl: 'https://evil.example/1' } },
      'ORIGIN_NOT_ALLOWED',
      '/target/lineItemUrl',
    ],
    [
      'columns elsewhere',
      { target: { lineItemsUrl: 'https://evil.example/items', perAssignment: true } },
      'ORIGIN_NOT_ALLOWED',
      '/target/lineItemsUrl',
    ],
    ['an unknown launch', { target: { launchId: 'la_moodle_x' } }, 'UNKNOWN_LAUNCH', '/target/launchId'],
    [
      'an unknown launch for each assignment',
      { target: { launchId: 'la_moodle_x', perAssignment: true } },
      'UNKNOWN_LAUNCH',
      '/target/launchId',
    ],
    ['a foreign member', { url: 'https://ci.example' }, 'INVALID', '/url'],
  ])('is refused with %s, and no secret is quoted', async (_what, change, code, pointer) => {
    const answer = await put('ci', change);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
    expect(answer.body.errors).toEqual([{ pointer, detail: expect.any(String) }]);
    expect(JSON.stringify(answer.body)).not.toContain(GITHUB_SECRET);
    expect((await test.call('GET', path('ci'))).status).toBe(404);
  });

  it('keeps its secrets on a replacement without any, if they suit its scheme', async () => {
    await put('ci');
    expect((await put('ci', { secrets: undefined, scheme: 'bearer' })).body.errors).toEqual([
      { pointer: '/secrets', detail: expect.stringContaining('do not suit') },
    ]);
    expect((await put('ci', { secrets: undefined, scheme: 'hmac-sha256' })).body.secretCount).toBe(1);
  });

  it('has a mapping that can be read', async () => {
    const mapping = '{"userId": student.id, "scoreGiven": points}';
    expect((await put('ci', { adapter: 'custom', mapping })).body.mapping).toBe(mapping);
  });

  it('is found under a name only that is one', async () => {
    for (const name of ['CI', 'a b', '-a', 'x'.repeat(64)]) {
      const { status, body } = await put(encodeURIComponent(name));
      expect([status, body.detail]).toEqual([
        404,
        expect.stringContaining('sourceId must be 1 to 63 lower-case'),
      ]);
    }
  });

  it('is listed by name, page by page', async () => {
    for (const id of ['b', 'c', 'a']) await put(id);
    const first = await test.call('GET', '/v1/webhook-sources?limit=2');
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
    const second = await test.call('GET', `/v1/webhook-sources?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body.data.map(({ id }: { id: string }) => id)).toEqual(['c']);
    expect(second.body).not.toHaveProperty('nextCursor');
  });

  it('is counted by the encryption key that seals it, and so is what it sent', async () => {
    await put('ci');
    await receive();
    const { body } = await test.call('GET', '/v1/encryption-key');
    for (const kind of ['webhookSources', 'webhookDeliveries']) {
      expect(body.secrets).toContainEqual({ kind, current: 1, previous: 0, unknown: 0 });
    }
  });
});

describe('a key for some platforms', () => {
  it('has the sources of those only', async () => {
    const mine = await test.withKey('admin', ['canvas']);
    await put('ci');
    expect((await put('own', { platformId: 'canvas' }, mine)).status).toBe(201);
    expect((await put('own', { platformId: 'moodle' }, mine)).status).toBe(403);
    // The source of another platform is neither read nor taken over.
    expect((await put('ci', { platformId: 'canvas' }, mine)).status).toBe(403);
    expect((await mine('GET', path('ci'))).status).toBe(404);
    expect((await mine('DELETE', path('ci'))).status).toBe(404);
    const { data } = (await mine('GET', '/v1/webhook-sources')).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual(['own']);
    expect((await test.call('GET', path('ci'))).body.platformId).toBe('moodle');
  });

  it('learns no other name from where a page ends', async () => {
    const mine = await test.withKey('admin', ['canvas']);
    for (const id of ['a', 'c', 'e']) await put(id);
    for (const id of ['b', 'd']) await put(id, { platformId: 'canvas' });
    const first = await mine('GET', '/v1/webhook-sources?limit=1');
    expect([first.body.data.map(({ id }: { id: string }) => id), first.body.nextCursor]).toEqual([
      ['b'],
      'b',
    ]);
    const second = await mine('GET', '/v1/webhook-sources?limit=1&cursor=b');
    expect([second.body.data.map(({ id }: { id: string }) => id), second.body.nextCursor]).toEqual([
      ['d'],
      undefined,
    ]);
  });

  it('is not enough without the role', async () => {
    const operator = await test.withKey('operate');
    for (const [method, at] of [
      ['PUT', path('ci')],
      ['GET', path('ci')],
      ['GET', '/v1/webhook-sources'],
      ['DELETE', path('ci')],
    ] as const)
      expect((await operator(method, at, method === 'PUT' ? sourceBody('moodle') : undefined)).status).toBe(
        403,
      );
  });
});

describe('removing a source', () => {
  it('comes before removing its platform: the next of that name would get its grades', async () => {
    await test.putPlatform('short-lived');
    await put('ci', { platformId: 'short-lived' });
    const refused = await test.call('DELETE', '/v1/platforms/short-lived');
    expect([refused.status, refused.body.code]).toEqual([409, 'PLATFORM_HAS_SOURCES']);
    expect((await test.call('DELETE', path('ci'))).status).toBe(204);
    expect((await test.call('DELETE', '/v1/platforms/short-lived')).status).toBe(204);
  });

  it('ends what it sends', async () => {
    await put('ci');
    expect((await test.call('DELETE', path('ci'))).status).toBe(204);
    expect((await test.call('DELETE', path('ci'))).status).toBe(404);
    expect((await test.call('GET', path('ci'))).status).toBe(404);
    expect(await receive()).toBe(401);
    await put('ci');
    expect(await receive()).toMatch(/^wh_/);
  });

  it.each([
    ['pending', receive],
    ['unmatched', leaveUnmatched],
  ])('is refused while something is %s, unless it is to be discarded', async (_what, leave) => {
    await put('ci');
    const id = await leave();
    const refused = await test.call('DELETE', path('ci'));
    expect([refused.status, refused.body.code]).toEqual([409, 'SOURCE_HAS_UNMATCHED']);
    expect((await test.call('DELETE', `${path('ci')}?force=false`)).status).toBe(409);
    expect((await test.call('DELETE', `${path('ci')}?force=yes`)).status).toBe(422);
    // Nothing was lost by trying.
    expect(await receive()).toMatch(/^wh_/);
    expect((await test.call('DELETE', `${path('ci')}?force=true`)).status).toBe(204);
    expect(await test.ingest.context.webhookDeliveries.get(String(id))).toBeUndefined();
    expect(await test.ingest.context.webhookDeliveries.due(10)).toEqual([]);
    expect(await receive()).toBe(401);
  });

  it('and sending at the same moment: what was answered 202 is there, or the removal was refused', async () => {
    for (let round = 0; round < 10; round += 1) {
      await put('ci');
      const sending = Array.from({ length: 8 }, () => receive());
      const removed = await test.call('DELETE', path('ci'));
      const ids = (await Promise.all(sending)).filter((id) => typeof id === 'string');
      if (removed.status === 204) expect(ids).toEqual([]);
      for (const id of ids) {
        expect(await test.ingest.context.webhookDeliveries.look(id)).toMatchObject({ status: 'pending' });
      }
      await test.call('DELETE', `${path('ci')}?force=true`);
    }
  });

  it('and putting it at the same moment: a source that is there receives', async () => {
    for (let round = 0; round < 20; round += 1) {
      await put('ci');
      await Promise.all([test.call('DELETE', path('ci')), put('ci')]);
      const isThere = (await test.call('GET', path('ci'))).status === 200;
      expect(await receive()).toEqual(isThere ? expect.stringMatching(/^wh_/) : 401);
      await test.call('DELETE', `${path('ci')}?force=true`);
    }
  });
});

describe('putting a source', () => {
  it('has what is unmatched of it tried again, and nothing of another source', async () => {
    await put('ci');
    const id = await leaveUnmatched();
    const { webhookDeliveries: deliveries } = test.ingest.context;
    await put('other');
    expect(await deliveries.due(10)).toEqual([]);
    const before = await deliveries.versionOf('moodle');
    const { body } = await put('ci', { defaults: { scoreMaximum: 10 } });
    expect(body.unmatched).toBe(1);
    expect(await deliveries.due(10)).toMatchObject([{ id }]);
    expect(await deliveries.versionOf('moodle')).not.toBe(before);
  });

  it('moves it to another platform once nothing of it waits on the former one', async () => {
    await put('ci');
    const id = await leaveUnmatched();
    const refused = await put('ci', { platformId: 'canvas' });
    expect([refused.status, refused.body.code]).toEqual([409, 'SOURCE_HAS_UNMATCHED']);
    expect(await receive()).toMatch(/^wh_moodle_/);
    await test.call('POST', `${path('ci')}/unmatched/${id}.0/discard`, { note: 'moved' });
    for (const { id: each, claim } of await test.ingest.context.webhookDeliveries.due(10)) {
      const settlement = { claim, version: '1', accepted: {}, unmatched: [] };
      await test.ingest.context.webhookDeliveries.settle(each, settlement);
    }
    expect((await put('ci', { platformId: 'canvas' })).body).toMatchObject({
      platformId: 'canvas',
      unmatched: 0,
    });
    expect(await receive()).toMatch(/^wh_canvas_/);
  });
});

it('is shown in metrics how many deliveries of a platform have something unmatched', async () => {
  await put('ci');
  await leaveUnmatched();
  await leaveUnmatched();
  const unmatched = async () => {
    const text = await (await fetch(test.ingest.metricsUrl)).text();
    return text.split('\n').filter((line) => line.startsWith('gradewire_webhooks_unmatched'));
  };
  await expect
    .poll(unmatched)
    .toEqual([
      'gradewire_webhooks_unmatched{platform="canvas"} 0',
      'gradewire_webhooks_unmatched{platform="moodle"} 2',
    ]);
});
