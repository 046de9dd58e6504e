import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import type { WaitingEntry } from '@gradewire/passback';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';
import { sendWebhook, signed, sleepingIntake, sourceBody } from './testing/webhook-sender.ts';

let redis: TestRedis;
let test: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url, { overrides: { intake: sleepingIntake() } });
});
beforeEach(async () => {
  await redis.flush();
  await test.putPlatform('moodle');
  for (const id of ['ci', 'other']) await test.call('PUT', path(id), sourceBody('moodle'));
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});

const path = (sourceId: string, rest = '') => `/v1/webhook-sources/${sourceId}${rest}`;
const entry = (index: number, change: Partial<WaitingEntry> = {}): WaitingEntry => ({
  index,
  fingerprint: `f${index}`,
  reason: 'UNKNOWN_IDENTITY',
  detail: 'nobody knows them',
  ...change,
});

/** Receives a webhook that comes to this. */
async function leave(
  unmatched: WaitingEntry[],
  {
    sourceId = 'ci',
    accepted = {},
    retryAtMs,
  }: { sourceId?: string; accepted?: Record<string, string>; retryAtMs?: number } = {},
): Promise<string> {
  const { webhookDeliveries: deliveries } = test.ingest.context;
  const { body } = await sendWebhook(test, sourceId, '{}', signed('{}'));
  const { id, claim } = (await deliveries.claim(body.deliveryId))!;
  const version = await deliveries.versionOf('moodle');
  const later = retryAtMs !== undefined && { retryAtMs };
  await deliveries.settle(id, { claim, version, accepted, unmatched, ...later });
  return id;
}
const list = async (query = '', sourceId = 'ci') =>
  (await test.call('GET', path(sourceId, `/unmatched${query}`))).body;

describe('what a delivery came to', () => {
  it('is told with its scores, what is unmatched, and when that is tried again', async () => {
    const retryAtMs = Date.now() + 60_000;
    const accepted = { a: 'sc_moodle_1', b: 'sc_moodle_2' };
    const id = await leave([entry(0), entry(4)], { accepted, retryAtMs });
    const delivery = await test.call('GET', path('ci', `/deliveries/${id}`));
    expect(delivery.status).toBe(200);
    expect(delivery.body).toEqual({
      id,
      sourceId: 'ci',
      platformId: 'moodle',
      receivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      status: 'unmatched',
      scores: ['sc_moodle_1', 'sc_moodle_2'],
      unmatched: 2,
      nextAttemptAt: new Date(retryAtMs).toISOString(),
    });
    await test.call('POST', path('ci', `/unmatched/${id}.4/discard`), { note: 'not a student' });
    const { body } = await test.call('GET', path('ci', `/deliveries/${id}`));
    expect(body).toMatchObject({ unmatched: 1, discarded: [{ index: 4, note: 'not a student' }] });
  });

  it('is found under its own source only', async () => {
    const id = await leave([entry(0)]);
    for (const at of [
      `/deliveries/${id}x`,
      '/deliveries/wh_moodle_0',
      `/deliveries/${id.replace('moodle', 'canvas')}`,
    ])
      expect((await test.call('GET', path('ci', at))).status).toBe(404);
    expect((await test.call('GET', path('other', `/deliveries/${id}`))).status).toBe(404);
    expect((await test.call('GET', path('nobody', `/deliveries/${id}`))).status).toBe(404);
  });
});

describe('what is unmatched', () => {
  it('is listed with why and what to do, the newest delivery first, page by page', async () => {
    const first = await leave([
      entry(0, { identities: [{ github: 'ada-l' }] }),
      entry(1, {
        reason: 'INVALID_SCORE',
        errors: [{ pointer: '/scoreGiven', detail: 'must be 0 or more' }],
        hint: 'own',
      }),
    ]);
    const second = await leave([entry(0)]);
    await leave([entry(0)], { sourceId: 'other' });
    const page = await list('?limit=2');
    expect(page.data).toEqual([
      {
        id: `${second}.0`,
        deliveryId: second,
        index: 0,
        receivedAt: expect.any(String),
        reason: 'UNKNOWN_IDENTITY',
        detail: 'nobody knows them',
        hint: expect.stringContaining('PUT /v1/identities'),
      },
      expect.objectContaining({ id: `${first}.0`, identities: [{ github: 'ada-l' }] }),
    ]);
    const rest = await list(`?limit=2&cursor=${page.nextCursor}`);
    expect(rest.data).toEqual([
      expect.objectContaining({
        id: `${first}.1`,
        hint: 'own',
        errors: [{ pointer: '/scoreGiven', detail: 'must be 0 or more' }],
      }),
    ]);
    expect(rest).not.toHaveProperty('nextCursor');
    expect((await test.call('GET', path('ci', '/unmatched?cursor=x'))).status).toBe(422);
  });

  it('is tried again when asked for: all of it, or some deliveries', async () => {
    const { webhookDeliveries: deliveries } = test.ingest.context;
    const ids = [await leave([entry(0), entry(1)]), await leave([entry(0)])];
    const foreign = await leave([entry(0)], { sourceId: 'other' });
    const replay = (body?: unknown) => test.call('POST', path('ci', '/unmatched/replay'), body);
    const some = await replay({ deliveryIds: [ids[0], foreign, 'unknown'] });
    expect([some.status, some.body]).toEqual([202, { replayed: 1 }]);
    expect(await deliveries.due(10)).toMatchObject([{ id: ids[0] }]);
    expect((await replay()).body).toEqual({ replayed: 2 });
    expect((await deliveries.due(10)).map(({ id }) => id).sort()).toEqual(ids.toSorted());
    expect((await replay({ deliveryIds: [] })).status).toBe(422);
  });

  it('is given up with a note, once, and goes from the list', async () => {
    const id = await leave([entry(0), entry(1)]);
    const discard = (unmatchedId: string, note: unknown = 'left the course', sourceId = 'ci') =>
      test.call('POST', path(sourceId, `/unmatched/${unmatchedId}/discard`), { note });
    expect((await discard(`${id}.0`, '')).status).toBe(422);
    expect((await discard(`${id}.0`)).status).toBe(204);
    expect((await discard(`${id}.0`)).status).toBe(404);
    for (const wrong of [id, `${id}.7`, `${id}.01`, `${id}.x`])
      expect((await discard(wrong)).status).toBe(404);
    expect((await discard(`${id}.1`, 'note', 'other')).status).toBe(404);
    expect((await list()).data.map((each: { id: string }) => each.id)).toEqual([`${id}.1`]);
    expect((await discard(`${id}.1`)).status).toBe(204);
    expect((await list()).data).toEqual([]);
    expect((await test.call('DELETE', path('ci'))).status).toBe(204);
  });

  it('is for keys that operate its platform', async () => {
    await test.putPlatform('canvas');
    const id = await leave([entry(0)]);
    const routes = [
      ['GET', `/deliveries/${id}`],
      ['GET', '/unmatched'],
      ['POST', '/unmatched/replay'],
      ['POST', `/unmatched/${id}.0/discard`],
    ] as const;
    const sender = await test.withKey('submit');
    const stranger = await test.withKey('admin', ['canvas']);
    const operator = await test.withKey('operate', ['moodle']);
    for (const [method, at] of routes) {
      const body = at.endsWith('discard') ? { note: 'note' } : undefined;
      expect((await sender(method, path('ci', at), body)).status).toBe(403);
      expect((await stranger(method, path('ci', at), body)).status).toBe(404);
      expect((await operator(method, path('ci', at), body)).status).toBeLessThan(300);
    }
  });
});
