import { describe, expect, test } from 'vitest';
import { createSimulator } from '../../simulator.ts';
import { Client, score } from '../../testing/fake-tool.ts';
import { moodleRoom, user } from '../../testing/moodle-room.ts';
import { MEDIA_TYPES } from '../profile.ts';

const room = moodleRoom();
const at = (second: number, ms = 0) => ({
  timestamp: new Date(Date.UTC(2026, 0, 1, 10, 0, second, ms)).toISOString(),
});

describe('scores', () => {
  const post = (change: Record<string, unknown>, given: number | null = 50, url = room.created) =>
    room.client.postScore(url, score(user, given, change));

  test('success: 200, empty, as a score', async () => {
    const answer = await post({});
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([
      200,
      '',
      MEDIA_TYPES.score,
    ]);
    expect(room.grade(room.created)).toMatchObject({
      score: 30,
      maximum: 60,
      timestamp: '2026-01-01T10:00:00.000Z',
    });
  });

  test.each<[string, unknown]>([
    ['no userId', score('', 1, { userId: undefined })],
    ['no timestamp', score(user, 1, { timestamp: undefined })],
    ['no gradingProgress', score(user, 1, { gradingProgress: undefined })],
    ['no activityProgress', score(user, 1, { activityProgress: undefined })],
    ['no scoreMaximum', score(user, 1, { scoreMaximum: undefined })],
    ['not numeric', score(user, 1, { scoreGiven: 'much' })],
    ['array', [score(user, 1)]],
    ['invalid JSON', '{'],
    ['unknown user', score('9999', 1)],
    ['teacher', score('901', 1)],
  ])('%s: 400, body [], the request in the reason', async (_name, body) => {
    const answer = await room.client.postScore(room.created, body);
    expect([answer.status, answer.body]).toEqual([400, '[]']);
    expect(answer.reason).toMatch(/^Incorrect score received/);
  });

  test('the reason is cut at 1,000 characters', async () => {
    const answer = await room.client.postScore(room.created, score('9999', 1, { comment: 'x'.repeat(5000) }));
    expect(answer.reason).toHaveLength(1000);
  });

  test('a rejected score with a line break: 200 with [], nothing stored', async () => {
    const answer = await room.client.postScore(room.created, JSON.stringify(score('9999', 1), null, 2));
    expect([answer.status, answer.body]).toEqual([200, '[]']);
    expect(room.grade(room.created, '9999')).toBeUndefined();
  });

  test('unenrolled: 400; suspended: stored, but not in the roster', async () => {
    room.simulator.teacher.suspendUser('1', user);
    expect((await post({})).status).toBe(200);
    const roster = JSON.parse((await room.client.get(room.simulator.courses[0]!.membershipsUrl)).body);
    expect(roster.members.map((member: { user_id: string }) => member.user_id)).not.toContain(user);
    room.simulator.teacher.removeUser('1', '1002');
    expect((await room.client.postScore(room.created, score('1002', 1))).status).toBe(400);
  });

  test.each<[unknown, number]>([
    [1001, 200],
    ['01001', 200],
    ['abc', 502],
    ['12345678901234567890', 502],
  ])('userId %j: %i', async (userId, status) => {
    expect((await post({ userId })).status).toBe(status);
  });

  test.each<[number | string, number, number]>([
    [120, 100, 60],
    [-5, 100, 0],
    [1, 3, 20],
    [2, 7, 17.14286],
    [7, 0, 7],
    [5, -1, 0],
    ['50', 100, 30],
  ])('scoreGiven %j of %i is %f of 60', async (scoreGiven, scoreMaximum, expected) => {
    expect((await post({ scoreGiven, scoreMaximum })).status).toBe(200);
    expect(room.grade(room.created)?.score).toBe(expected);
  });

  test('equal or older, in whole seconds: 409 with [] and the reason', async () => {
    await post(at(5, 100));
    for (const older of [at(5, 100), at(5, 900), at(4)]) {
      const answer = await post(older, 70);
      expect([answer.status, answer.body]).toEqual([409, '[]']);
      const itemId = /lineitems\/(\d+)/.exec(room.created)?.[1];
      expect(answer.reason).toBe(
        `Refusing score with an earlier timestamp for item ${itemId} and user ${user}`,
      );
    }
    expect((await post(at(6), 70)).status).toBe(200);
  });

  test('a year ahead is taken, and shuts the door until then', async () => {
    const ahead = new Date(Date.now() + 31_536_000_000).toISOString();
    expect((await post({ timestamp: ahead })).status).toBe(200);
    expect((await post({ timestamp: new Date().toISOString() })).status).toBe(409);
  });

  test.each([
    { gradingProgress: 'Pending' },
    { gradingProgress: 'fullygraded' },
    { scoreGiven: null },
    { scoreGiven: undefined },
  ])('%j on a created item: 200, grade and comment erased, stamped with Moodle’s clock', async (change) => {
    await post({ ...at(1), comment: 'well done' });
    expect((await post({ ...at(2), ...change })).status).toBe(200);
    expect(room.grade(room.created)).toMatchObject({ score: null, comments: [] });
    expect(Date.parse(room.grade(room.created)?.timestamp ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect((await post(at(3))).status).toBe(409);
  });

  test('a first-ever progress report is stamped so as well; an empty row is left untouched', async () => {
    const now = Date.UTC(2026, 5, 1);
    let clock = Date.now();
    await using simulator = await createSimulator({
      profile: 'moodle',
      tool: { jwksUrl: room.tool.jwksUrl },
      now: () => clock,
    });
    const url = simulator.addLineItem('1', {});
    const client = new Client(await room.tool.token(simulator));
    const report = (timestamp: object) =>
      client.postScore(url, score(user, 50, { gradingProgress: 'Pending', ...timestamp }));
    clock = now;
    await report(at(1));
    expect(simulator.cell(url, user)?.timestamp).toBe('2026-06-01T00:00:00.000Z');
    clock += 60_000;
    await report({ timestamp: '2026-06-01T00:00:30.000Z' });
    expect(simulator.cell(url, user)?.timestamp).toBe('2026-06-01T00:00:00.000Z');
  });

  test('on an activity the timestamp is cleared: older ones are taken again', async () => {
    await post(at(10), 50, room.activity);
    await post({ ...at(11), gradingProgress: 'Pending' }, 50, room.activity);
    expect(room.grade(room.activity)).toMatchObject({ score: null, timestamp: null });
    expect((await post(at(1), 50, room.activity)).status).toBe(200);
  });

  test('a comment is plain text; a later score without it erases it', async () => {
    await post({ ...at(1), comment: '<b>well</b>' });
    expect(room.grade(room.created)?.comments).toEqual(['<b>well</b>']);
    await post(at(2));
    expect(room.grade(room.created)?.comments).toEqual([]);
  });

  test('a teacher’s edit: an older score is 409; a newer one counts on a created item, not on an activity', async () => {
    for (const url of [room.created, room.activity]) {
      await post(at(1), 50, url);
      const id = /lineitems\/(\d+)/.exec(url)?.[1] ?? '';
      room.simulator.teacher.editGrade(id, user, 11);
      expect((await post(at(2), 50, url)).status).toBe(409);
      const later = { timestamp: new Date(Date.now() + 60_000).toISOString() };
      expect((await post(later, 100, url)).status).toBe(200);
      expect(room.grade(url)).toMatchObject({ score: url === room.created ? 60 : 11, rawScore: 60 });
    }
  });

  test('a locked grade or column: 500 with []', async () => {
    const id = /lineitems\/(\d+)/.exec(room.created)?.[1] ?? '';
    room.simulator.teacher.lockGrade(id, user);
    const answer = await post({});
    expect([answer.status, answer.body]).toEqual([500, '[]']);
    room.simulator.teacher.lockGrade(id, user, false);
    room.simulator.teacher.lockLineItem(id);
    expect((await post({})).status).toBe(500);
  });

  test('by another course’s path: 200 if the user is enrolled there', async () => {
    const elsewhere = room.created.replace('/services.php/1/', '/services.php/2/');
    expect((await room.client.postScore(elsewhere, score('1001', 1))).status).toBe(200);
    expect((await room.client.postScore(elsewhere, score('1002', 1))).status).toBe(400);
  });

  test('the 409 check is not atomic: at once, an older one can stay, and a first grade can be a 502', async () => {
    room.simulator.setLatency(30);
    const first = await Promise.all([post(at(9), 90), post(at(1), 10)]);
    expect(first.map((answer) => answer.status)).toEqual([200, 502]);
    const later = await Promise.all([post(at(30), 90), post(at(20), 10)]);
    expect(later.map((answer) => answer.status)).toEqual([200, 200]);
    expect(room.grade(room.created)?.score).toBe(6);
    expect(room.simulator.state().counters).toMatchObject({ regressions: 1, overlappingPostsPerCell: 2 });
  });
});
