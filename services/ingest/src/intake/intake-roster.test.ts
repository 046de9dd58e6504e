import { SCOPES } from '@gradewire/ags';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import {
  connectRedis,
  RosterCache,
  ScoreRecord,
  SecretBox,
  WebhookDeliveries,
} from '@gradewire/passback/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestCourse, type TestCourse } from '../testing/test-course.ts';
import { startTestIngest, type TestIngest, testConfig } from '../testing/test-ingest.ts';
import { putTestSource, type TestSource } from '../testing/test-source.ts';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

let redis: TestRedis;
let test: TestIngest;
let course: TestCourse;
let source: TestSource;
let launchId: string;
/** Moves the clock of deliveries, rosters and scores. */
let shiftMs = 0;
let platforms = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  const client = connectRedis(redis.url, 'failFast');
  const { encryptionKey, retentionMs, cellRetentionMs } = testConfig(redis.url);
  const box = new SecretBox(encryptionKey);
  const clockShiftMs = () => shiftMs;
  const overrides = {
    redis: client,
    now: () => Date.now() + shiftMs,
    webhookDeliveries: new WebhookDeliveries({ redis: client, box, retentionMs, clockShiftMs }),
    record: new ScoreRecord({ redis: client, box, retentionMs, cellRetentionMs, clockShiftMs }),
    rosters: new RosterCache({ redis: client, box, clockShiftMs, now: () => Date.now() + shiftMs }),
  };
  test = await startTestIngest(redis.url, { overrides });
  course = await startTestCourse();
});
afterAll(async () => {
  await Promise.all([test, course].map((part) => part[Symbol.asyncDispose]()));
  await redis.stop();
});
beforeEach(async () => {
  await redis.flush();
  Object.assign(course, {
    members: [
      { user_id: '7', name: 'Ada Lee', email: 'ada@school.example', lis_person_sourcedid: 's-7' },
      { user_id: '8', name: 'Bob Ray', email: 'bob@school.example' },
      { user_id: '9', name: 'Bob Ray', email: 'bob.ray@school.example' },
    ],
    roster: undefined,
    granted: [SCOPES.score, SCOPES.membershipReadonly],
    asked: 0,
  });
  // One of its own each time: a platform is remembered for some seconds.
  platforms += 1;
  launchId = await course.register(test, `p${platforms}`);
  source = await putTestSource(test, 'grader', `p${platforms}`, { target: { launchId } });
});

const by = (user: object, change: object = {}) => ({ user, scoreGiven: 1, scoreMaximum: 2, ...change });
const later = (ms: number) => {
  shiftMs += ms;
};
const done = (id: string) => expect.poll(() => source.delivery(id)).toMatchObject({ status: 'done' });
const reasons = async () => (await source.unmatched()).map(({ reason }) => reason);

describe('students whom no row tells', () => {
  it.each<[string, object, string]>([
    ['an address in any case', { email: 'ADA@school.example' }, '7'],
    ['a school id', { sourcedId: 's-7' }, '7'],
    ['a name', { name: 'ada  LEE' }, '7'],
    ['a name of two, by the address beside it', { email: 'bob@school.example', name: 'Bob Ray' }, '8'],
    ['a name beside an address of their own', { email: 'ada@home.example', name: 'Ada Lee' }, '7'],
  ])('are found in the roster of the launch by %s', async (_, user, userId) => {
    const delivery = await source.deliver(by(user));
    expect(delivery).toMatchObject({ status: 'done' });
    expect((await source.scores(delivery))[0]).toMatchObject({ userId });
  });

  it.each<[string, object, string, RegExp]>([
    ['nobody has it', { email: 'eve@school.example' }, 'USER_NOT_FOUND', /^none of the 3 members/],
    ['two have it', { name: 'Bob Ray' }, 'USER_AMBIGUOUS', /^several members of the course have this name/],
    [
      'it is of different people',
      { email: 'ada@school.example', name: 'Bob Ray' },
      'USER_AMBIGUOUS',
      /fits different members/,
    ],
  ])('are not guessed: %s', async (_, user, reason, detail) => {
    await source.deliver(by(user));
    expect(await source.unmatched()).toEqual([
      expect.objectContaining({
        reason,
        detail: expect.stringMatching(detail),
        identities: Object.entries(user).map(([kind, text]) => ({ [kind]: text })),
      }),
    ]);
  });

  it('are told who they are by a row that names them in the roster', async () => {
    const rows = [{ identity: { github: 'ada-l' }, user: { email: 'ada@school.example' } }];
    await test.call('PUT', '/v1/identities', { platformId: `p${platforms}`, identities: rows });
    const delivery = await source.deliver({ identity: { github: 'Ada-L' }, scoreGiven: 1, scoreMaximum: 2 });
    expect((await source.scores(delivery))[0]).toMatchObject({ userId: '7' });
  });

  it('are not looked up where there is no roster, nor by what no roster knows', async () => {
    await source.deliver({ identity: { github: 'ada' }, scoreGiven: 1, scoreMaximum: 2 });
    const rosterless = await course.registerWithoutRoster(test, `p${platforms}`);
    await source.deliver(by({ email: 'ada@school.example' }, { target: { launchId: rosterless } }));
    expect(await source.unmatched()).toMatchObject([
      { reason: 'UNKNOWN_IDENTITY', detail: expect.stringContaining('there is no member list') },
      { reason: 'UNKNOWN_IDENTITY', detail: expect.stringContaining('no member list knows') },
    ]);
    expect(course.asked).toBe(0);
  });

  it('are all found by one reading, and whoever is known already by none', async () => {
    const users = [
      { email: 'ada@school.example' },
      { email: 'bob@school.example' },
      { email: 'eve@school.example' },
    ];
    const delivery = await source.deliver(users.map((user) => by(user)));
    expect(delivery).toMatchObject({ unmatched: 1 });
    await source.deliver(by({ sourcedId: 's-7' }, { scoreGiven: 2 }));
    expect(course.asked).toBe(1);
    later(MINUTE);
    await source.deliver(by({ sourcedId: 's-7' }, { scoreGiven: 1 }));
    expect(course.asked).toBe(1);
    await source.deliver(by({ email: 'zoe@school.example' }));
    expect(course.asked).toBe(2);
  });
});

describe('what waits for the roster', () => {
  it('is delivered once the student has joined', async () => {
    const delivery = await source.deliver([
      by({ email: 'ada@school.example' }),
      by({ email: 'eve@school.example' }),
    ]);
    expect(await reasons()).toEqual(['USER_NOT_FOUND']);
    const shown = await source.delivery(delivery.id);
    const waitMs = Date.parse(shown.nextAttemptAt) - Date.parse(shown.receivedAt);
    expect(waitMs).toBeGreaterThanOrEqual(QUARTER);
    expect(waitMs).toBeLessThan(QUARTER + MINUTE);
    course.members = [...course.members, { user_id: '10', email: 'eve@school.example' }];
    later(QUARTER);
    await done(delivery.id);
    const scores = await source.scores(await source.delivery(delivery.id));
    expect(scores.map(({ userId }) => userId).sort()).toEqual(['10', '7']);
    expect(scores.every(({ timestamp }) => timestamp === delivery.receivedAt)).toBe(true);
  });

  it('is delivered once the platform is up again, which is looked at ever more slowly', async () => {
    course.roster = () => ({ status: 503, body: {} });
    const delivery = await source.deliver([
      by({ email: 'ada@school.example' }),
      by({}, { user: undefined, userId: '42' }),
    ]);
    expect(delivery.scores).toHaveLength(1);
    expect(await reasons()).toEqual(['PLATFORM_UNAVAILABLE']);
    const waits: number[] = [];
    for (let tries = 1; tries <= 6; tries += 1) {
      await expect
        .poll(async () => (await test.ingest.context.webhookDeliveries.look(delivery.id))?.tries)
        .toBe(tries);
      const waitMs = Date.parse((await source.delivery(delivery.id)).nextAttemptAt) - Date.now() - shiftMs;
      waits.push(Math.round(waitMs / 30_000));
      later(waitMs);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30]);
    course.roster = undefined;
    later(QUARTER);
    await done(delivery.id);
    expect((await source.delivery(delivery.id)).scores).toHaveLength(2);
  });

  it('says that the platform does not let us read the roster, and looks again', async () => {
    course.granted = [SCOPES.score];
    const delivery = await source.deliver(by({ email: 'ada@school.example' }));
    expect(await source.unmatched()).toEqual([
      expect.objectContaining({
        reason: 'ROSTER_UNREADABLE',
        detail: expect.stringContaining('SCOPE_NOT_GRANTED'),
        nextAttemptAt: expect.any(String),
      }),
    ]);
    course.granted = [SCOPES.score, SCOPES.membershipReadonly];
    // Its token is good for an hour.
    await test.putPlatform(`p${platforms}`, {
      issuer: course.url,
      tokenUrl: `${course.url}/token`,
      clientId: 'renewed',
    });
    later(QUARTER);
    await done(delivery.id);
  });

  it('is not read for the sake of what was accepted before', async () => {
    const github = { identity: { github: 'eve' }, scoreGiven: 1, scoreMaximum: 2 };
    const delivery = await source.deliver([by({ email: 'ada@school.example' }), github]);
    expect(delivery.scores).toHaveLength(1);
    course.asked = 0;
    course.roster = () => ({ status: 503, body: {} });
    later(QUARTER);
    const rows = [{ identity: { github: 'eve' }, userId: '11' }];
    await test.call('PUT', '/v1/identities', { platformId: `p${platforms}`, identities: rows });
    await done(delivery.id);
    expect(course.asked).toBe(0);
  });

  it('a platform that hangs does not keep another from its grades', async () => {
    const hung = Promise.withResolvers<{ status: number; body: unknown }>();
    course.roster = () => hung.promise;
    const ids: string[] = [];
    for (let i = 0; i < 20; i += 1) ids.push(await source.send(by({ email: `s${i}@school.example` })));
    await test.putPlatform('quick');
    const other = await putTestSource(test, 'other', 'quick', {
      target: { lineItemUrl: 'https://quick.example/lineitems/1' },
    });
    const startedMs = performance.now();
    for (let i = 0; i < 5; i += 1) {
      const delivery = await other.deliver({ userId: String(i), scoreGiven: 1, scoreMaximum: 2 });
      expect(delivery).toMatchObject({ status: 'done' });
    }
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    hung.resolve({ status: 200, body: { members: [] } });
    for (const id of ids) expect(await source.settled(id)).toMatchObject({ status: 'unmatched' });
  });
});
