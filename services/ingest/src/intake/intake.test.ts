import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestIngest, type TestIngest } from '../testing/test-ingest.ts';
import { putTestSource, type TestSource } from '../testing/test-source.ts';

let redis: TestRedis;
let test: TestIngest;
let source: TestSource;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});
beforeEach(async () => {
  await redis.flush();
  await test.putPlatform('a');
  source = await putTestSource(test, 'grader', 'a', { target });
});

const target = { lineItemUrl: 'https://a.example/lineitems/1' };
const grade = (change: Record<string, unknown> = {}) => ({
  userId: '7',
  scoreGiven: 8,
  scoreMaximum: 10,
  ...change,
});
const putIdentity = (identity: object, userId: string) =>
  test.call('PUT', '/v1/identities', { platformId: 'a', identities: [{ identity, userId }] });

async function only<T>(entries: Promise<T[]>): Promise<T> {
  const all = await entries;
  expect(all).toHaveLength(1);
  return all[0]!;
}

describe('a delivery', () => {
  it('becomes scores like any others', async () => {
    const delivery = await source.deliver(grade({ comment: 'Well done', externalId: 'x-1' }));
    expect(delivery).toMatchObject({ status: 'done', unmatched: 0, scores: [expect.any(String)] });
    expect(await only(source.scores(delivery))).toMatchObject({
      userId: '7',
      status: 'queued',
      scoreGiven: 8,
      comment: 'Well done',
      externalId: 'x-1',
      activityProgress: 'Completed',
      timestamp: delivery.receivedAt,
    });
  });

  it('takes what it does not say from its source', async () => {
    const defaults = { scoreMaximum: 20, gradingProgress: 'PendingManual', metadata: { from: 'source' } };
    await source.put({ defaults });
    const delivery = await source.deliver([
      grade({ scoreMaximum: undefined }),
      grade({ userId: '8', gradingProgress: 'FullyGraded', metadata: {} }),
    ]);
    const [first, second] = await source.scores(delivery);
    expect(first).toMatchObject({
      scoreMaximum: 20,
      gradingProgress: 'PendingManual',
      metadata: defaults.metadata,
    });
    expect(second).toMatchObject({ scoreMaximum: 10, gradingProgress: 'FullyGraded', metadata: {} });
  });

  it('makes a column for each assignment where its source says so', async () => {
    await source.put({
      target: { lineItemsUrl: 'https://a.example/lineitems', perAssignment: true, create: {} },
    });
    const delivery = await source.deliver([
      grade({ assignment: 'Lab 1' }),
      grade({ assignment: 'Lab 2' }),
      grade(),
    ]);
    expect((await source.scores(delivery)).map((score) => score.target)).toEqual([
      {
        lineItemsUrl: 'https://a.example/lineitems',
        resourceId: 'Lab 1',
        create: { label: 'Lab 1', scoreMaximum: 10 },
      },
      {
        lineItemsUrl: 'https://a.example/lineitems',
        resourceId: 'Lab 2',
        create: { label: 'Lab 2', scoreMaximum: 10 },
      },
    ]);
    expect(await only(source.unmatched())).toMatchObject({ index: 2, reason: 'NO_ASSIGNMENT' });
  });

  it('of a custom source is read by its mapping', async () => {
    const mapping = 'grades.{ "identity": { "github": login }, "scoreGiven": points, "scoreMaximum": 5 }';
    await source.put({ adapter: 'custom', mapping });
    await putIdentity({ github: 'ada' }, '7');
    const delivery = await source.deliver({ grades: [{ login: 'Ada', points: 4 }] });
    expect(await only(source.scores(delivery))).toMatchObject({
      userId: '7',
      scoreGiven: 4,
      scoreMaximum: 5,
    });
    await source.put({ adapter: 'custom', mapping: `event = "graded" ? (${mapping}) : []` });
    expect(await source.deliver({ event: 'opened' })).toMatchObject({
      status: 'ignored',
      scores: [],
      unmatched: 0,
    });
  });

  it('of CSV is read by its adapter', async () => {
    await source.put({ adapter: 'nbgrader' });
    await putIdentity({ email: 'ada@school.example' }, '7');
    const csv = [
      'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score',
      'ps1,,2026-11-20 10:00:00.000000 UTC,s1,Lee,Ada,Ada@school.example,9,0,9,10',
    ].join('\n');
    const delivery = await source.deliver(csv, { 'content-type': 'text/csv' });
    expect(await only(source.scores(delivery))).toMatchObject({
      userId: '7',
      scoreGiven: 9,
      scoreMaximum: 10,
    });
  });
});

describe('what comes to no score', () => {
  it.each<[string, unknown, string, Record<string, unknown>]>([
    ['no text', new Uint8Array([0xff, 0xfe, 0x00]), 'UNREADABLE', {}],
    ['no JSON', '{"userId":', 'UNREADABLE', {}],
    ['no score', '[17]', 'NO_GRADE', {}],
    ['nobody', { scoreGiven: 1, scoreMaximum: 2 }, 'NO_STUDENT', {}],
    ['nobody who could be one', grade({ userId: undefined, identity: { github: '@!' } }), 'NO_STUDENT', {}],
    [
      'somebody whom nobody knows',
      grade({ userId: undefined, identity: { github: 'ada' } }),
      'UNKNOWN_IDENTITY',
      { identities: [{ github: 'ada' }] },
    ],
    [
      'an address where there is no roster',
      grade({ userId: undefined, user: { email: 'ada@school.example' } }),
      'UNKNOWN_IDENTITY',
      { identities: [{ email: 'ada@school.example' }] },
    ],
    [
      'bad fields',
      grade({ scoreGiven: -1, colour: 'red' }),
      'INVALID_SCORE',
      {
        errors: [
          expect.objectContaining({ pointer: '/scoreGiven' }),
          expect.objectContaining({ pointer: '/colour' }),
        ],
      },
    ],
    [
      'bad fields of somebody unknown',
      grade({ userId: undefined, identity: { github: 'ada' }, scoreMaximum: 0 }),
      'INVALID_SCORE',
      { errors: [expect.objectContaining({ pointer: '/scoreMaximum' })], identities: [{ github: 'ada' }] },
    ],
    [
      'another platform',
      grade({ platformId: 'b' }),
      'INVALID_SCORE',
      { errors: [expect.objectContaining({ pointer: '/platformId' })] },
    ],
    [
      'an address of another platform',
      grade({ target: { lineItemUrl: 'https://b.example/lineitems/1' } }),
      'REFUSED',
      {
        detail: expect.stringMatching(/^ORIGIN_NOT_ALLOWED: /),
        errors: [expect.objectContaining({ pointer: '/target/lineItemUrl' })],
      },
    ],
    [
      'a launch of another platform',
      grade({ target: { launchId: 'la_b_0000000000000000000000' } }),
      'REFUSED',
      { detail: expect.stringMatching(/^UNKNOWN_LAUNCH: /) },
    ],
    [
      'the far future',
      grade({ timestamp: '2999-01-01T00:00:00Z' }),
      'REFUSED',
      { detail: expect.stringMatching(/^TIMESTAMP_IN_FUTURE: /) },
    ],
    [
      'the distant past',
      grade({ timestamp: '2001-01-01T00:00:00Z' }),
      'REFUSED',
      { detail: expect.stringMatching(/^TIMESTAMP_TOO_OLD: /) },
    ],
  ])('says why, and what to do: %s', async (_, body, reason, more) => {
    const delivery = await source.deliver(body);
    expect(delivery).toMatchObject({ status: 'unmatched', scores: [], unmatched: 1 });
    expect(await only(source.unmatched())).toEqual(
      expect.objectContaining({
        id: `${delivery.id}.0`,
        reason,
        detail: expect.any(String),
        hint: expect.stringMatching(/\.$/),
        ...more,
      }),
    );
  });

  it('a source without a target has no column', async () => {
    await source.put({ target: undefined });
    await source.deliver(grade());
    expect(await only(source.unmatched())).toMatchObject({ reason: 'NO_TARGET' });
  });

  it('a mapping that fails says so', async () => {
    await source.put({ adapter: 'custom', mapping: '$toMillis(nothing.of.this & "x")' });
    await source.deliver(grade());
    expect(await only(source.unmatched())).toMatchObject({ reason: 'MAPPING_FAILED' });
  });

  it('the good ones are accepted whatever the others are', async () => {
    const delivery = await source.deliver([
      grade(),
      17,
      grade({ userId: '8', scoreGiven: 'A' }),
      grade({ userId: '9' }),
    ]);
    expect(delivery).toMatchObject({ status: 'unmatched', unmatched: 2 });
    expect((await source.scores(delivery)).map(({ userId }) => userId).sort()).toEqual(['7', '9']);
    expect((await source.unmatched()).map(({ index, reason }) => [index, reason])).toEqual([
      [1, 'NO_GRADE'],
      [2, 'INVALID_SCORE'],
    ]);
  });

  it('one that says the same twice is one, and two that differ are told apart by their timestamps only', async () => {
    expect((await source.deliver([grade(), grade()])).scores).toHaveLength(1);
    const both = await source.deliver([grade(), grade({ scoreGiven: 9 })]);
    expect(both).toMatchObject({ scores: [], unmatched: 2 });
    const told = await source.deliver([
      grade({ scoreGiven: 3, timestamp: '2026-11-20T10:00:01Z' }),
      grade({ scoreGiven: 4, timestamp: '2026-11-20T10:00:00Z' }),
    ]);
    expect(told).toMatchObject({ status: 'done', unmatched: 0 });
    const scores = await source.scores(told);
    expect(scores.find(({ scoreGiven }) => scoreGiven === 4).status).toBe('superseded');
  });

  it('one of two that is given up lets the other through', async () => {
    const both = await source.deliver([grade({ scoreGiven: 1 }), grade({ scoreGiven: 2 })]);
    const path = '/v1/webhook-sources/grader/unmatched';
    await test.call('POST', `${path}/${both.id}.0/discard`, { note: 'the older one' });
    await test.call('POST', `${path}/replay`);
    await expect.poll(() => source.delivery(both.id)).toMatchObject({ status: 'done' });
    expect(await only(source.scores(await source.delivery(both.id)))).toMatchObject({ scoreGiven: 2 });
  });
});

describe('students', () => {
  it('are one cell however they are named', async () => {
    await putIdentity({ github: 'ada-l' }, '7');
    await putIdentity({ email: 'ada@school.example' }, '7');
    const by = (who: object) => ({ ...who, scoreGiven: 1, scoreMaximum: 2 });
    const first = await source.deliver(by({ identity: { github: 'Ada-L' } }));
    const second = await source.deliver(by({ user: { email: 'ADA@school.example' } }));
    const third = await source.deliver(by({ userId: '7' }));
    const scores = await Promise.all([first, second, third].map((delivery) => only(source.scores(delivery))));
    expect(scores.map(({ userId, status }) => [userId, status])).toEqual([
      ['7', 'superseded'],
      ['7', 'superseded'],
      ['7', 'queued'],
    ]);
    const together = await source.deliver([by({ identity: { github: 'ada-l' } }), by({ userId: '7' })]);
    expect(together).toMatchObject({ scores: [], unmatched: 2 });
    expect((await source.unmatched()).map(({ reason }) => reason)).toEqual(['TWICE', 'TWICE']);
  });

  it('the first thing that the table knows of them counts', async () => {
    await putIdentity({ sourcedId: 's-7' }, '7');
    await putIdentity({ name: 'Ada Lee' }, '99');
    const user = { email: 'ada@school.example', sourcedId: 's-7', name: 'Ada Lee' };
    const delivery = await source.deliver({ user, scoreGiven: 1, scoreMaximum: 2 });
    expect(await only(source.scores(delivery))).toMatchObject({ userId: '7' });
  });

  it('have their grades in the order of arrival, whatever order they are worked through in', async () => {
    const late = { identity: { github: 'ada' }, scoreGiven: 1, scoreMaximum: 2 };
    const first = await source.deliver(late);
    const second = await source.deliver(grade({ scoreGiven: 9 }));
    await putIdentity({ github: 'ada' }, '7');
    await expect.poll(() => source.delivery(first.id)).toMatchObject({ status: 'done' });
    expect(await only(source.scores(await source.delivery(first.id)))).toMatchObject({
      status: 'superseded',
    });
    expect(await only(source.scores(second))).toMatchObject({ status: 'queued', scoreGiven: 9 });
  });
});

describe('a source that is mended', () => {
  it('delivers what waited, once, and does not send again what was accepted', async () => {
    const mapping = (points: string) =>
      `grades.{ "userId": id, "scoreGiven": ${points}, "scoreMaximum": 10 }`;
    await source.put({ adapter: 'custom', mapping: mapping('points') });
    const delivery = await source.deliver({
      grades: [
        { id: '7', points: 1 },
        { id: '8', marks: 2 },
      ],
    });
    expect(delivery).toMatchObject({ unmatched: 1, scores: [expect.any(String)] });
    await source.put({ adapter: 'custom', mapping: mapping('(points ? points : marks)') });
    await expect.poll(() => source.delivery(delivery.id)).toMatchObject({ status: 'done' });
    const { scores } = await source.delivery(delivery.id);
    expect(scores).toHaveLength(2);
    expect(scores).toContain(delivery.scores[0]);
    const { data } = (await test.call('GET', '/v1/scores?platformId=a')).body;
    expect(data.map(({ userId }: { userId: string }) => userId).sort()).toEqual(['7', '8']);
    expect(await source.unmatched()).toEqual([]);
  });

  it('nor what it reads otherwise now: a grade that went out may have been changed by a teacher since', async () => {
    const mapping = (points: string) =>
      `$.{ "userId": id, "scoreGiven": ${points}, "scoreMaximum": 10, "comment": "by ${points}" }`;
    await source.put({ adapter: 'custom', mapping: mapping('points') });
    const delivery = await source.deliver([
      { id: '7', points: 1, marks: 9 },
      { id: '8', marks: 2 },
    ]);
    await source.put({ adapter: 'custom', mapping: mapping('marks') });
    await expect.poll(() => source.delivery(delivery.id)).toMatchObject({ status: 'done' });
    const scores = await source.scores(await source.delivery(delivery.id));
    expect(scores.map(({ userId, scoreGiven }) => [userId, scoreGiven]).sort()).toEqual([
      ['7', 1],
      ['8', 2],
    ]);
    expect((await test.call('GET', '/v1/scores?platformId=a')).body.data).toHaveLength(2);
  });
});

it('counts what became of deliveries', async () => {
  const counts = async () => {
    const text = await (await fetch(test.ingest.metricsUrl)).text();
    const value = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${name} `))
          ?.split(' ')[1] ?? 0,
      );
    const entries = (outcome: string) =>
      value(`gradewire_webhook_entries_total{platform="a",outcome="${outcome}"}`);
    return [
      ...['accepted', 'unmatched', 'ignored'].map(entries),
      value('gradewire_scores_accepted_total{platform="a",source="webhook"}'),
    ];
  };
  const before = await counts();
  const delivery = await source.deliver([grade(), grade({ userId: '8' }), 17]);
  // Once more to the same effect counts for nothing.
  await test.call('POST', '/v1/webhook-sources/grader/unmatched/replay');
  await expect
    .poll(async () => (await test.ingest.context.webhookDeliveries.look(delivery.id))?.tries)
    .toBe(2);
  const github = await putTestSource(test, 'github', 'a', { target, adapter: 'github-classroom' });
  await github.deliver({ zen: 'x' }, { 'x-github-event': 'ping' });
  const after = await counts();
  expect(after.map((count, i) => count - before[i]!)).toEqual([2, 1, 1, 2]);
});

describe('a source that passes over what it was sent', () => {
  const ofLab2 = { scoreGiven: 8, scoreMaximum: 10, assignment: 'Lab 2', identity: { github: 'ada' } };

  it('takes it when it is sent again, after the source was mended', async () => {
    await source.put({ adapter: 'custom', mapping: '[]' });
    const header = { 'webhook-id': 'run-7' };
    const first = await source.deliver(grade(), header);
    expect(first).toMatchObject({ status: 'ignored', scores: [] });
    await source.put();
    const second = await source.deliver(grade(), header);
    expect(second).toMatchObject({ status: 'done', scores: [expect.any(String)] });
    expect(await source.send(grade(), header)).toBe(second.id);
  });

  it('keeps what waited already, until a person gives it up', async () => {
    const { id } = await source.deliver(ofLab2);
    expect(await only(source.unmatched())).toMatchObject({ reason: 'UNKNOWN_IDENTITY' });
    await source.put({ assignment: 'Lab 1' });
    await expect.poll(source.unmatched).toMatchObject([{ reason: 'NO_GRADE', detail: expect.any(String) }]);
    await source.put();
    await expect.poll(source.unmatched).toMatchObject([{ reason: 'UNKNOWN_IDENTITY' }]);
    await putIdentity({ github: 'ada' }, '7');
    await expect.poll(async () => (await source.delivery(id)).status).toBe('done');
  });

  it('forgets it once it was given up', async () => {
    const { id } = await source.deliver(ofLab2);
    await source.put({ assignment: 'Lab 1' });
    await expect.poll(source.unmatched).toMatchObject([{ reason: 'NO_GRADE' }]);
    const [part] = await source.unmatched();
    const path = `/v1/webhook-sources/grader/unmatched/${part.id}/discard`;
    expect((await test.call('POST', path, { note: 'another lab' })).status).toBe(204);
    expect(await source.delivery(id)).toMatchObject({ status: 'done', scores: [], unmatched: 0 });
  });
});
