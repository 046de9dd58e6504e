import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

let redis: TestRedis;
let test: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  await test.putPlatform('moodle');
  await test.putPlatform('other');
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});

describe('POST /v1/scores/batch', () => {
  it('accepts the good ones whatever the others are', async () => {
    const scores = [
      scoreBody('moodle', { userId: 'b1' }),
      scoreBody('moodle', { userId: 'b2', scoreGiven: -1 }),
      'no score',
      scoreBody('other', { userId: 'b3' }),
      scoreBody('nowhere'),
      scoreBody('moodle', { userId: 'b4', timestamp: '2099-01-01T00:00:00Z' }),
    ];
    const answer = await test.call('POST', '/v1/scores/batch', { scores });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ accepted: 2, rejected: 4, batchId: expect.any(String) });
    expect(answer.body.results.map(({ status }: { status: number }) => status)).toEqual([
      202, 422, 422, 202, 422, 422,
    ]);
    expect(answer.body.results[1].problem).toMatchObject({
      code: 'INVALID',
      errors: [{ pointer: '/scoreGiven' }],
    });
    expect(answer.body.results[4].problem.code).toBe('UNKNOWN_PLATFORM');
    expect(answer.body.results[5].problem.code).toBe('TIMESTAMP_IN_FUTURE');

    const batch = await test.call('GET', `/v1/batches/${answer.body.batchId}`);
    expect(batch.body).toMatchObject({ total: 2, done: false, counts: { queued: 2, delivered: 0 } });
  });

  it.each([
    [{ scores: [] }, '/scores'],
    [{ scores: Array(1001).fill({}) }, '/scores'],
    [{ scores: 'x' }, '/scores'],
    [{}, '/scores'],
  ])('refuses an envelope that is none', async (body, pointer) => {
    const answer = await test.call('POST', '/v1/scores/batch', body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  it('takes more than 1 MiB and 1,000 scores at once', async () => {
    const scores = Array.from({ length: 1000 }, (_, i) =>
      scoreBody('other', { userId: `m${i}`, comment: 'c'.repeat(2_000) }),
    );
    const answer = await test.call('POST', '/v1/scores/batch', { scores });
    expect(answer.body).toMatchObject({ accepted: 1000, rejected: 0 });
  });

  it('accepts none when the batch itself cannot be kept', async () => {
    const { batches } = test.ingest.context;
    const save = vi.spyOn(batches, 'save').mockRejectedValue(new Error('OOM command not allowed'));
    const scores = [scoreBody('moodle', { userId: 'bo1' }), scoreBody('moodle', { userId: 'bo2' })];
    const answer = await test.call('POST', '/v1/scores/batch', { scores });
    save.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([503, 'STORE_UNAVAILABLE']);
    const found = await test.call('GET', '/v1/scores?platformId=moodle&userId=bo1');
    expect(found.body.data).toEqual([]);
  });

  it('gives the first answer again', async () => {
    const scores = [scoreBody('moodle', { userId: 'bi1' }), scoreBody('moodle', { userId: 'bi2' })];
    const headers = { 'Idempotency-Key': 'batch' };
    const first = await test.call('POST', '/v1/scores/batch', { scores }, headers);
    const again = await test.call('POST', '/v1/scores/batch', { scores }, headers);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await test.call('POST', '/v1/scores/batch', { scores: scores.slice(1) }, headers);
    expect(other.body.code).toBe('IDEMPOTENCY_MISMATCH');
  });
});

describe('reading and cancelling', () => {
  it('says that a list needs a platform', async () => {
    const { status, body } = await test.call('GET', '/v1/scores');
    expect([status, body.errors]).toEqual([422, [{ pointer: '?platformId', detail: 'is required' }]]);
  });

  it('lists page by page, filtered', async () => {
    await test.putPlatform('listed');
    for (const i of [1, 2, 3]) {
      await test.call('POST', '/v1/scores', scoreBody('listed', { userId: `u${i}`, externalId: `x${i}` }));
    }
    const first = await test.call('GET', '/v1/scores?platformId=listed&limit=2');
    expect(first.body.data.map(({ userId }: { userId: string }) => userId)).toEqual(['u3', 'u2']);
    const second = await test.call(
      'GET',
      `/v1/scores?platformId=listed&limit=2&cursor=${first.body.nextCursor}`,
    );
    expect(second.body.data.map(({ userId }: { userId: string }) => userId)).toEqual(['u1']);
    const found = await test.call('GET', '/v1/scores?platformId=listed&externalId=x2&status=queued');
    expect(found.body.data).toHaveLength(1);
    const later = await test.call(
      'GET',
      `/v1/scores?platformId=listed&since=${new Date(Date.now() + 60_000).toISOString()}`,
    );
    expect(later.body.data).toEqual([]);
  });

  it.each([
    ['', '?platformId'],
    ['platformId=listed&limit=0', '?limit'],
    ['platformId=listed&limit=5000', '?limit'],
    ['platformId=listed&cursor=%20', '?cursor'],
    ['platformId=listed&status=gone', '?status'],
    ['platformId=listed&since=yesterday', '?since'],
    ['platformId=listed&userId=a&userId=b', '?userId'],
    ['platformId=listed&userId=a&externalId=b', '?userId'],
    ['platformId=listed&lineItemUrl=x', '?lineItemUrl'],
    ['platformId=listed&page=2', '?page'],
  ])('refuses the query %j', async (query, pointer) => {
    const answer = await test.call('GET', `/v1/scores?${query}`);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  it('cancels once', async () => {
    const { body } = await test.call('POST', '/v1/scores', scoreBody('moodle', { userId: 'cancel' }));
    expect((await test.call('DELETE', `/v1/scores/${body.id}`)).body).toEqual({
      id: body.id,
      status: 'cancelled',
    });
    const again = await test.call('DELETE', `/v1/scores/${body.id}`);
    expect([again.status, again.body.code]).toEqual([409, 'SCORE_SETTLED']);
    expect((await test.call('GET', `/v1/scores/${body.id}`)).body.status).toBe('cancelled');
  });

  it.each(['GET', 'DELETE'])('%s of an unknown score is 404', async (method) => {
    for (const id of ['x', 'sc_moodle_00000000000000000000000000000', '%E0%A4%A']) {
      expect((await test.call(method, `/v1/scores/${id}`)).status).toBe(404);
    }
  });
});
