import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestCourse, type TestCourse } from './testing/test-course.ts';
import { startTestIngest, type TestIngest } from './testing/test-ingest.ts';
import { putTestSource, type TestSource } from './testing/test-source.ts';

let redis: TestRedis;
let test: TestIngest;
let course: TestCourse;
let source: TestSource;
let launchId: string;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  course = await startTestCourse();
});
afterAll(async () => {
  await Promise.all([test, course].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});
beforeEach(async () => {
  await redis.flush();
  course.members = [{ user_id: '7', email: 'ada@school.example' }];
  course.roster = undefined;
  launchId = await course.register(test, 'a');
  source = await putTestSource(test, 'grader', 'a', { target: { launchId }, defaults: { scoreMaximum: 10 } });
});

const tryOut = (body: unknown, headers: Record<string, string> = {}, call = test.call) =>
  call('POST', '/v1/webhook-sources/grader/test', body, headers);

describe('POST /v1/webhook-sources/{sourceId}/test', () => {
  it('tells what would be accepted, the student filled in, and what is in the way of the rest', async () => {
    const sample = [
      { user: { email: 'ADA@school.example' }, scoreGiven: 8 },
      { identity: { github: 'bob' }, scoreGiven: 1 },
      { userId: '9', scoreGiven: 'A' },
      { userId: '9', scoreGiven: 9, scoreMaximum: 20, comment: 'Well done' },
    ];
    const answer = await tryOut(sample);
    expect(answer.status).toBe(200);
    const score = {
      platformId: 'a',
      target: { launchId },
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
      timestamp: expect.stringMatching(/Z$/),
    };
    expect(answer.body).toEqual({
      scores: [
        { index: 0, score: { ...score, userId: '7', scoreGiven: 8, scoreMaximum: 10 } },
        { index: 3, score: { ...score, userId: '9', scoreGiven: 9, scoreMaximum: 20, comment: 'Well done' } },
      ],
      unmatched: [
        {
          index: 1,
          reason: 'UNKNOWN_IDENTITY',
          detail: expect.any(String),
          hint: expect.stringContaining('PUT /v1/identities'),
          identities: [{ github: 'bob' }],
        },
        {
          index: 2,
          reason: 'INVALID_SCORE',
          detail: expect.any(String),
          hint: expect.any(String),
          errors: [{ pointer: '/scoreGiven', detail: expect.any(String) }],
        },
      ],
    });
  });

  it('says the same as a delivery comes to', async () => {
    const sample = [
      { user: { email: 'ada@school.example' }, scoreGiven: 8, timestamp: '2026-11-20T10:00:00Z' },
      { user: { email: 'eve@school.example' }, scoreGiven: 8 },
      17,
    ];
    const { body } = await tryOut(sample);
    const delivery = await source.deliver(sample);
    const [accepted] = await source.scores(delivery);
    expect(accepted).toMatchObject(body.scores[0].score);
    const unmatched = (await source.unmatched()).map(
      ({ id: _i, deliveryId: _d, receivedAt: _r, nextAttemptAt: _n, ...part }) => part,
    );
    expect(body.unmatched).toEqual(unmatched);
  });

  it('sends and keeps nothing', async () => {
    await tryOut([{ userId: '7', scoreGiven: 8 }, 17]);
    expect((await test.call('GET', '/v1/scores?platformId=a')).body.data).toEqual([]);
    expect(await source.unmatched()).toEqual([]);
    expect((await test.call('GET', '/v1/lanes/a')).body.undelivered).toBe(0);
  });

  it('takes a sample of any media type, with the event that GitHub tells', async () => {
    expect((await tryOut('nothing', { 'content-type': 'application/json' })).body.unmatched).toEqual([
      expect.objectContaining({ index: 0, reason: 'UNREADABLE' }),
    ]);
    expect((await tryOut(new Uint8Array([0xff]))).body.unmatched[0]).toMatchObject({ reason: 'UNREADABLE' });
    await source.put({ adapter: 'github-classroom' });
    const { body } = await tryOut({ zen: 'x' }, { 'x-github-event': 'ping' });
    expect(body).toEqual({ scores: [], unmatched: [], ignored: expect.any(String) });
  });

  it('is for keys of the role operate and of the platform', async () => {
    const sample = { userId: '7', scoreGiven: 1 };
    expect((await tryOut(sample, {}, await test.withKey('submit'))).status).toBe(403);
    expect((await tryOut(sample, {}, await test.withKey('operate', ['b']))).status).toBe(404);
    expect((await tryOut(sample, {}, await test.withKey('operate', ['a']))).status).toBe(200);
    expect((await test.call('POST', '/v1/webhook-sources/nobody/test', sample)).status).toBe(404);
  });

  it('takes no more than a webhook may have', async () => {
    expect((await tryOut('x'.repeat(1_048_577))).status).toBe(413);
    expect((await tryOut('x', { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('keeps a platform that tries much at once from the others', async () => {
    await test.putPlatform('b', { serviceOrigins: [course.url] });
    await putTestSource(test, 'other', 'b', { target: { lineItemUrl: `${course.url}/lineitems/1` } });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    course.roster = async () => {
      await released;
      return { status: 200, body: { members: [{ user_id: '7', email: 'ada@school.example' }] } };
    };
    const sample = { user: { email: 'ada@school.example' }, scoreGiven: 8 };
    const many = Array.from({ length: 4 }, () => tryOut(sample));
    await expect.poll(() => course.asked).toBeGreaterThan(0);
    await expect.poll(async () => (await tryOut(sample)).status).toBe(429);
    const { status, body, headers } = await tryOut(sample);
    expect([status, body.code, headers.get('retry-after')]).toEqual([429, 'RATE_LIMITED', '1']);
    const path = '/v1/webhook-sources/other/test';
    const other = await test.call('POST', path, { userId: '9', scoreGiven: 1, scoreMaximum: 2 });
    expect(other.status).toBe(200);
    release();
    expect((await Promise.all(many)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await tryOut(sample)).status).toBe(200);
  });
});
