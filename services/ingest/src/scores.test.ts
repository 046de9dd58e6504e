import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const undelivered = async (platformId: string) =>
  (await test.ingest.context.reader.undelivered(platformId)).count;
const queued = (platformId: string) => test.ingest.context.lanes.queue(platformId).getWaitingCount();

describe('POST /v1/scores', () => {
  it('accepts, queues, and reads back', async () => {
    const sent = scoreBody('moodle', {
      userId: 'reader',
      comment: 'Well done',
      externalId: 'e1',
      metadata: { run: 7 },
      timestamp: '2026-11-20T17:00:00+01:00',
    });
    const answer = await test.call('POST', '/v1/scores', sent);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^sc_moodle_/),
      status: 'queued',
      platformId: 'moodle',
      acceptedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    });
    expect(answer.headers.get('location')).toBe(`/v1/scores/${answer.body.id}`);
    expect(await queued('moodle')).toBe(1);

    const read = await test.call('GET', answer.headers.get('location')!);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({
      id: answer.body.id,
      platformId: 'moodle',
      userId: 'reader',
      scoreGiven: 87.5,
      scoreMaximum: 100,
      activityProgress: 'Completed',
      gradingProgress: 'FullyGraded',
      timestamp: '2026-11-20T16:00:00.000Z',
      comment: 'Well done',
      externalId: 'e1',
      metadata: { run: 7 },
      status: 'queued',
      acceptedAt: answer.body.acceptedAt,
      lineItemUrl: 'https://moodle.example/lineitems/1',
      attempts: [],
    });
  });

  it('supersedes the older score of a cell', async () => {
    const first = await test.call('POST', '/v1/scores', scoreBody('moodle', { userId: 'twice' }));
    const second = await test.call(
      'POST',
      '/v1/scores',
      scoreBody('moodle', { userId: 'twice', scoreGiven: 90 }),
    );
    const read = await test.call('GET', `/v1/scores/${first.body.id}`);
    expect(read.body).toMatchObject({
      status: 'superseded',
      reason: 'NEWER_SCORE',
      supersededBy: second.body.id,
    });
  });

  describe('bad input gets a problem that names the field, and nothing is queued', () => {
    const target = { lineItemUrl: 'https://moodle.example/lineitems/1' };
    const items = { lineItemsUrl: 'https://moodle.example/lineitems' };
    const long = (length: number) => 'x'.repeat(length);
    const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const years = (count: number) => new Date(Date.now() - count * 365 * 86_400_000).toISOString();

    it.each<[string, Record<string, unknown>, string, string?]>([
      ['no platform', { platformId: undefined }, '/platformId'],
      ['a platform id that is none', { platformId: 'Not A Slug' }, '/platformId'],
      ['an unknown platform', { platformId: 'nowhere' }, '/platformId', 'UNKNOWN_PLATFORM'],
      ['no user', { userId: undefined }, '/userId'],
      ['an empty user', { userId: '' }, '/userId'],
      ['a number as user', { userId: 42 }, '/userId'],
      ['an over-long user', { userId: long(256) }, '/userId'],
      ['a user to be matched in a roster', { userId: undefined, user: { email: 'a@b.example' } }, '/user'],
      ['points as text', { scoreGiven: '87' }, '/scoreGiven'],
      ['negative points', { scoreGiven: -1 }, '/scoreGiven'],
      ['no points although graded', { scoreGiven: undefined }, '/scoreGiven'],
      ['no maximum', { scoreMaximum: undefined }, '/scoreMaximum'],
      ['a maximum of zero', { scoreMaximum: 0 }, '/scoreMaximum'],
      ['a maximum that is none', { scoreMaximum: null }, '/scoreMaximum'],
      ['no target', { target: undefined }, '/target'],
      ['a target that is text', { target: 'https://moodle.example/lineitems/1' }, '/target'],
      ['an empty target', { target: {} }, '/target'],
      ['two targets in one', { target: { ...target, ...items, resourceId: 'r' } }, '/target/lineItemUrl'],
      [
        'a line item without a scheme',
        { target: { lineItemUrl: 'moodle.example/1' } },
        '/target/lineItemUrl',
      ],
      [
        'a line item that is a file',
        { target: { lineItemUrl: 'file:///etc/passwd' } },
        '/target/lineItemUrl',
      ],
      [
        'a foreign origin',
        { target: { lineItemUrl: 'https://evil.example/1' } },
        '/target/lineItemUrl',
        'ORIGIN_NOT_ALLOWED',
      ],
      [
        'another port',
        { target: { lineItemUrl: 'https://moodle.example:8443/1' } },
        '/target/lineItemUrl',
        'ORIGIN_NOT_ALLOWED',
      ],
      [
        'a private address',
        { target: { lineItemUrl: 'https://10.0.0.1/1' } },
        '/target/lineItemUrl',
        'ORIGIN_NOT_ALLOWED',
      ],
      [
        'a foreign container',
        { target: { lineItemsUrl: 'https://evil.example/', resourceId: 'r' } },
        '/target/lineItemsUrl',
        'ORIGIN_NOT_ALLOWED',
      ],
      ['a container without a resource', { target: items }, '/target'],
      ['an over-long tag', { target: { ...items, resourceId: 'r', tag: long(256) } }, '/target/tag'],
      ['an over-long resource id', { target: { ...items, resourceId: long(513) } }, '/target/resourceId'],
      [
        'an over-long label',
        { target: { ...items, resourceId: 'r', create: { label: long(256), scoreMaximum: 1 } } },
        '/target/create/label',
      ],
      [
        'a column without points',
        { target: { ...items, resourceId: 'r', create: { label: 'L' } } },
        '/target/create/scoreMaximum',
      ],
      ['an unknown launch', { target: { launchId: 'la_1' } }, '/target/launchId', 'UNKNOWN_LAUNCH'],
      ['an unknown progress', { activityProgress: 'Done' }, '/activityProgress'],
      ['an unknown grading', { gradingProgress: 'fullygraded' }, '/gradingProgress'],
      ['a timestamp without a zone', { timestamp: '2026-11-20T16:00:00' }, '/timestamp'],
      ['a timestamp that is a number', { timestamp: 1_795_000_000 }, '/timestamp'],
      ['a timestamp that is no time', { timestamp: '2026-13-40T99:00:00Z' }, '/timestamp'],
      ['a timestamp in the future', { timestamp: inMinutes(2) }, '/timestamp', 'TIMESTAMP_IN_FUTURE'],
      ['a timestamp older than a cell lives', { timestamp: years(2) }, '/timestamp', 'TIMESTAMP_TOO_OLD'],
      ['a comment that is no text', { comment: 5 }, '/comment'],
      ['an over-long comment', { comment: long(65_537) }, '/comment'],
      [
        'a submission without a zone',
        { submission: { submittedAt: '2026-11-20' } },
        '/submission/submittedAt',
      ],
      ['an unknown member of it', { submission: { at: inMinutes(0) } }, '/submission/at'],
      ['an over-long grader', { scoringUserId: long(256) }, '/scoringUserId'],
      ['an extension that is no URL', { extensions: { canvas: {} } }, '/extensions/canvas'],
      ['force as text', { force: 'yes' }, '/force'],
      ['an over-long externalId', { externalId: long(256) }, '/externalId'],
      ['metadata that is a list', { metadata: [1] }, '/metadata'],
      ['metadata over 4 KiB', { metadata: { a: long(4_096) } }, '/metadata'],
      ['an unknown member', { scoreGivn: 1 }, '/scoreGivn'],
    ])('%s', async (_name, change, pointer, code = 'INVALID') => {
      const before = await undelivered('moodle');
      const waiting = await queued('moodle');
      const answer = await test.call('POST', '/v1/scores', scoreBody('moodle', change));
      expect(answer.status).toBe(422);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({ status: 422, code, retryable: false });
      expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
      for (const error of answer.body.errors) expect(error.detail).not.toBe('');
      expect(await undelivered('moodle')).toBe(before);
      expect(await queued('moodle')).toBe(waiting);
    });

    it.each<[string, string | Uint8Array | undefined, Record<string, string>, number, string]>([
      ['no JSON', '{"platformId":', { 'content-type': 'application/json' }, 400, 'NOT_JSON'],
      ['no body', undefined, { 'content-type': 'application/json' }, 400, 'NOT_JSON'],
      ['bytes that are not UTF-8 JSON', '\u0000', { 'content-type': 'application/json' }, 400, 'NOT_JSON'],
      [
        'a form',
        'a=b',
        { 'content-type': 'application/x-www-form-urlencoded' },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      ['text', '{}', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
      [
        'another character set',
        '{}',
        { 'content-type': 'application/json; charset=iso-8859-1' },
        415,
        'UNSUPPORTED_MEDIA_TYPE',
      ],
      [
        'no gzip although it says so',
        JSON.stringify(scoreBody('moodle')),
        { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        400,
        'NOT_JSON',
      ],
      [
        'no br although it says so',
        JSON.stringify(scoreBody('moodle')),
        { 'content-type': 'application/json', 'content-encoding': 'br' },
        400,
        'NOT_JSON',
      ],
      [
        'bytes that are no UTF-8',
        Buffer.from(JSON.stringify(scoreBody('moodle', { userId: 'José' })), 'latin1'),
        { 'content-type': 'application/json' },
        400,
        'NOT_JSON',
      ],
      [
        'a body of over 1 MiB',
        `"${'x'.repeat(1024 * 1024)}"`,
        { 'content-type': 'application/json' },
        413,
        'BODY_TOO_LARGE',
      ],
      ['a list', '[]', { 'content-type': 'application/json' }, 422, 'INVALID'],
      ['null', 'null', { 'content-type': 'application/json' }, 422, 'INVALID'],
      [
        'a body nested without end',
        '['.repeat(200_000) + ']'.repeat(200_000),
        { 'content-type': 'application/json' },
        422,
        'INVALID',
      ],
    ])('%s', async (_name, body, headers, status, code) => {
      const before = await undelivered('moodle');
      const answer = await test.call('POST', '/v1/scores', body, headers);
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expect(answer.body.errors).toBeInstanceOf(Array);
      expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.ts|node_modules/);
      expect(await undelivered('moodle')).toBe(before);
    });
  });
});

describe('Idempotency-Key', () => {
  const send = (body: unknown, key: string, call = test.call) =>
    call('POST', '/v1/scores', body, { 'Idempotency-Key': key });

  it('gives the first answer again', async () => {
    const body = scoreBody('moodle', { userId: 'idem' });
    const first = await send(body, 'one');
    const reordered = Object.fromEntries(Object.entries(body).reverse());
    const again = await send(reordered, 'one');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('refuses another body, also for another platform', async () => {
    await send(scoreBody('moodle', { userId: 'idem2' }), 'two');
    for (const other of [scoreBody('moodle', { userId: 'idem3' }), scoreBody('other', { userId: 'idem2' })]) {
      const answer = await send(other, 'two');
      expect([answer.status, answer.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    }
  });

  it('is free again after a refusal, and each API key has its own', async () => {
    expect((await send(scoreBody('nowhere'), 'three')).status).toBe(422);
    expect((await send(scoreBody('moodle', { timestamp: '2099-01-01T00:00:00Z' }), 'three')).status).toBe(
      422,
    );
    expect((await send(scoreBody('moodle', { userId: 'idem4' }), 'three')).status).toBe(202);
    const mine = await test.withKey('submit');
    expect((await send(scoreBody('moodle', { userId: 'idem5' }), 'three', mine)).status).toBe(202);
  });

  it('gives twins that race one score', async () => {
    const body = scoreBody('moodle', { userId: 'twins' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(body, 'four')));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202));
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
  });
});
