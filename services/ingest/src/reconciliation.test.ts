import { SCOPES } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { notesOn } from './reconciliations/reconciliation-view.ts';
import { type FakePlatform, startFakePlatform } from './testing/fake-platform.ts';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';

let redis: TestRedis;
let api: TestIngest;
let platform: FakePlatform;

beforeAll(async () => {
  redis = await startTestRedis();
  const scope = Object.values(SCOPES).join(' ');
  platform = await startFakePlatform({
    '/token': () => ({
      status: 200,
      body: { access_token: 't', token_type: 'Bearer', expires_in: 3600, scope },
    }),
    '/1/results': () => ({ status: 403, body: { error: 'no' } }),
  });
  api = await startTestIngest(redis.url);
  const { url } = platform;
  await api.putPlatform('mine', { issuer: url, tokenUrl: `${url}/token` });
  await api.putPlatform('theirs');
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await platform[Symbol.asyncDispose]();
  await redis.stop();
});

const start = (body: object, call = api.call) => call('POST', '/v1/reconciliations', body);

async function ended(id: string) {
  return await vi.waitFor(
    async () => {
      const { body } = await api.call('GET', `/v1/reconciliations/${id}`);
      expect(body.status).not.toBe('running');
      return body;
    },
    { timeout: 15_000, interval: 50 },
  );
}

describe('reconciliations', () => {
  it('run in the background and are listed', async () => {
    const started = await start({ platformId: 'mine' });
    expect([started.status, started.headers.get('location')]).toEqual([
      202,
      `/v1/reconciliations/${started.body.id}`,
    ]);
    expect(await ended(started.body.id)).toMatchObject({
      status: 'done',
      repair: false,
      scheduled: false,
      columns: 0,
      checked: 0,
      driftedCount: 0,
      driftedByKind: { missing: 0, different: 0, changedByTeacher: 0, droppedInSilence: 0 },
      drifted: [],
      unread: [],
      notes: ['Grades are compared, comments are not.'],
    });
    const { body } = await api.call('GET', '/v1/reconciliations?platformId=mine');
    expect(body.data.map(({ id }: { id: string }) => id)).toContain(started.body.id);
    expect(body.data[0]).not.toHaveProperty('drifted');
    const late = await api.call('DELETE', `/v1/reconciliations/${started.body.id}`);
    expect([late.status, late.body.code]).toEqual([409, 'RECONCILIATION_FINISHED']);
  });

  it('say why a column could not be compared', async () => {
    const { body } = await start({ platformId: 'mine', lineItemUrl: `${platform.url}/1` });
    expect(await ended(body.id)).toMatchObject({
      status: 'failed',
      unread: [{ lineItemUrl: `${platform.url}/1`, reason: 'FORBIDDEN', hint: expect.any(String) }],
    });
  });

  it.each([
    [{ platformId: 'nowhere' }, 'UNKNOWN_PLATFORM'],
    [{ platformId: 'mine', lineItemUrl: 'https://elsewhere.example/1' }, 'ORIGIN_NOT_ALLOWED'],
    [{ platformId: 'mine', launchId: 'la_mine_1' }, 'UNKNOWN_LAUNCH'],
    [{ platformId: 'mine', launchId: 'la', lineItemUrl: 'https://lms.example/1' }, 'INVALID'],
    [{ platformId: 'mine', repair: 'yes' }, 'INVALID'],
  ])('refuse %j', async (body, code) => {
    const refused = await start(body);
    expect([refused.status, refused.body.code]).toEqual([422, code]);
  });

  it('of other platforms are as good as none', async () => {
    const { body } = await start({ platformId: 'theirs' });
    const mine = await api.withKey('operate', ['mine']);
    expect((await start({ platformId: 'theirs' }, mine)).status).toBe(403);
    expect((await mine('GET', '/v1/reconciliations?platformId=theirs')).status).toBe(403);
    expect((await mine('GET', `/v1/reconciliations/${body.id}`)).status).toBe(404);
    expect((await mine('DELETE', `/v1/reconciliations/${body.id}`)).status).toBe(404);
  });

  it('say what a platform does not let us see', () => {
    expect(notesOn('moodle')).toHaveLength(1);
    expect(notesOn('openedx').join(' ')).toMatch(/teacher changed.*droppedInSilence/);
  });
});
