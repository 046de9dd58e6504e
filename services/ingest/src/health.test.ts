import { startTestRedis } from '@gradewire/local-redis/testing';
import { describe, expect, it } from 'vitest';
import { ADMIN_KEY, scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

const metricsOf = async (test: TestIngest) => {
  const text = await (await fetch(test.ingest.metricsUrl)).text();
  return text.split('\n').filter((line) => !/^#|_bucket|^nodejs_(heap|gc|version)|^process_/.test(line));
};

describe('Redis away', () => {
  it('is 503 with Retry-After while it lasts, and heals', async () => {
    await using redis = await startTestRedis();
    await using test = await startTestIngest(redis.url, { config: { logLevel: 'silent' } });
    await test.putPlatform('moodle');
    const before = await test.call('POST', '/v1/scores', scoreBody('moodle'));
    await redis.kill();

    for (const [method, path, body] of [
      ['POST', '/v1/scores', scoreBody('moodle')],
      ['POST', '/v1/scores/batch', { scores: [scoreBody('moodle')] }],
      ['GET', `/v1/scores/${before.body.id}`, undefined],
      ['GET', '/.well-known/jwks.json', undefined],
    ] as const) {
      const answer = await test.call(method, path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 503, 'STORE_UNAVAILABLE']);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(answer.body.retryable).toBe(true);
    }
    expect((await test.call('GET', '/healthz')).status).toBe(200);
    const ready = await test.call('GET', '/readyz');
    expect([ready.status, ready.body.redis]).toEqual([503, 'away']);
    expect(await metricsOf(test)).toContain('gradewire_scores_rejected_total{code="STORE_UNAVAILABLE"} 2');

    await redis.restart();
    const accepted = async () => (await test.call('POST', '/v1/scores', scoreBody('moodle'))).status;
    await expect.poll(accepted, { timeout: 60_000 }).toBe(202);
    expect((await test.call('GET', `/v1/scores/${before.body.id}`)).status).toBe(200);
  });

  it('does not keep the process from starting', async () => {
    await using redis = await startTestRedis();
    await redis.kill();
    await using test = await startTestIngest(redis.url, { config: { logLevel: 'silent' } });
    expect((await test.call('GET', '/readyz')).status).toBe(503);
    await redis.restart();
    const isReady = async () => (await test.call('GET', '/readyz')).status;
    await expect.poll(isReady, { timeout: 60_000 }).toBe(200);
    const keys = async () => (await test.call('GET', '/.well-known/jwks.json')).body.keys;
    await expect.poll(keys).toHaveLength(1);
  });
});

describe('durability', () => {
  it.each([
    [{ 'maxmemory-policy': 'allkeys-lru' }, 'maxmemory-policy'],
    [{ 'no-appendfsync-on-rewrite': 'yes' }, 'no-appendfsync-on-rewrite'],
  ])('refuses a Redis with %j', async (config, words) => {
    await using redis = await startTestRedis({ config });
    await using test = await startTestIngest(redis.url);
    const ready = await test.call('GET', '/readyz');
    expect(ready.status).toBe(503);
    expect(ready.body.reasons.join(' ')).toContain(words);
    await test.putPlatform('moodle');
    const answer = await test.call('POST', '/v1/scores', scoreBody('moodle'));
    expect([answer.status, answer.body.code]).toEqual([503, 'NOT_DURABLE']);
    expect(answer.body.detail).toContain(words);
    expect((await test.ingest.context.reader.undelivered('moodle')).count).toBe(0);
  });

  it.each([
    [{ appendfsync: 'always' }, 'always'],
    [{ appendfsync: 'everysec' }, 'everysec'],
    [{ config: { appendonly: 'no' } }, 'none'],
  ] as const)('is said: %j is %s', async (options, mode) => {
    await using redis = await startTestRedis(options);
    await using test = await startTestIngest(redis.url);
    expect((await test.call('GET', '/readyz')).body).toEqual({
      status: 'ready',
      redis: 'up',
      durability: mode,
      reasons: [],
    });
    expect(await metricsOf(test)).toContain(`gradewire_redis_durability{mode="${mode}"} 1`);
  });

  it('waits for the replicas that are asked for', async () => {
    await using redis = await startTestRedis();
    await using test = await startTestIngest(redis.url, { config: { minReplicas: 1 } });
    expect((await test.call('GET', '/readyz')).body.reasons).toEqual([expect.stringContaining('replicas')]);
    await test.putPlatform('moodle');
    expect((await test.call('POST', '/v1/scores', scoreBody('moodle'))).status).toBe(503);
  });
});

describe('metrics', () => {
  it('tell what came in, what waits and what is held', async () => {
    await using redis = await startTestRedis();
    await using test = await startTestIngest(redis.url);
    await test.putPlatform('moodle');
    await test.call('POST', '/v1/scores', scoreBody('moodle'));
    await test.call('POST', '/v1/scores/batch', { scores: [scoreBody('moodle', { userId: 'b' }), {}] });
    await test.call('POST', '/v1/scores', scoreBody('moodle', { userId: '' }));
    await test.call('POST', '/v1/lanes/moodle/pause');
    const text = await metricsOf(test);
    for (const line of [
      'gradewire_scores_accepted_total{platform="moodle",source="api"} 1',
      'gradewire_scores_accepted_total{platform="moodle",source="batch"} 1',
      'gradewire_scores_rejected_total{code="INVALID"} 2',
      'gradewire_undelivered{platform="moodle"} 2',
      'gradewire_oldest_undelivered_seconds{platform="moodle"} 0',
      'gradewire_lane_held{platform="moodle",reason="PAUSED"} 1',
      'gradewire_http_request_duration_seconds_count{route="/v1/scores",method="POST",status="202"} 1',
    ]) {
      expect(text).toContain(line);
    }
    expect(text.join()).not.toContain('"42"');
  });
});

describe('a caller who leaves before the answer', () => {
  it('is not counted as answered', async () => {
    await using redis = await startTestRedis();
    await using test = await startTestIngest(redis.url);
    const { reader } = test.ingest.context;
    const left = new AbortController();
    const answered = Promise.withResolvers<void>();
    reader.get = async () => {
      left.abort();
      await new Promise((resolve) => setTimeout(resolve, 500));
      answered.resolve();
      return undefined;
    };
    const url = `${test.ingest.url}/v1/scores/sc_moodle_0mwpoxd3f13c2eca4b32043f3ed13`;
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    await expect(fetch(url, { headers, signal: left.signal })).rejects.toThrow();
    await answered.promise;
    await expect
      .poll(() => metricsOf(test))
      .toContain(
        'gradewire_http_request_duration_seconds_count{route="/v1/scores/{scoreId}",method="GET",status="aborted"} 1',
      );
  });
});

describe('shutdown', () => {
  it('finishes what is under way and takes nothing new', async () => {
    await using redis = await startTestRedis();
    const test = await startTestIngest(redis.url);
    await test.putPlatform('moodle');
    const { context, url } = test.ingest;
    const accept = context.record.accept.bind(context.record);
    const began = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    context.record.accept = async (...args) => {
      began.resolve();
      await finish.promise;
      return accept(...args);
    };
    const underWay = test.call('POST', '/v1/scores', scoreBody('moodle'));
    await began.promise;
    const stopped = test[Symbol.asyncDispose]();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    finish.resolve();
    expect((await underWay).status).toBe(202);
    await stopped;
  });
});
