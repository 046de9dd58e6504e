import { describe, expect, test } from 'vitest';
import { ask, Client, on } from '../../testing/fake-tool.ts';
import { vendorRoom } from '../../testing/vendor-room.ts';
import { MEDIA_TYPES, SCOPES } from '../profile.ts';

const room = vendorRoom('openedx');

test.each<[string, Record<string, unknown>, Record<string, unknown>, number, string]>([
  ['claims are hardly looked at', { aud: 'https://x.example', iss: 'x', jti: undefined }, {}, 200, 'bearer'],
  ['expired', { exp: 1 }, {}, 400, 'invalid_grant'],
  ['an unknown client', { sub: 'nobody' }, {}, 400, 'invalid_client'],
  ['an unknown key', {}, { kid: 'nobody' }, 400, 'invalid_client'],
])('token: %s', async (_name, claims, header, status, words) => {
  const answer = await room.askToken(claims, header);
  expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(words)]);
});

test('the tool’s keys cannot be read: an error it has no name for; not LTI 1.3 any more: 404', async () => {
  room.tool.jwksStatus = 500;
  await room.tool.useNewKey();
  expect(JSON.parse((await room.askToken()).body)).toEqual({ error: 'unidentified_error' });
  room.tool.jwksStatus = 200;
  room.simulator.setTool({ enabled: false });
  const { status, body } = await room.askToken();
  expect([status, JSON.parse(body)]).toEqual([404, { error: 'invalid_lti_version' }]);
});

test('a token without the scopes asked for is a token all the same', async () => {
  room.simulator.setTool({ scopes: [SCOPES.score] });
  const { status, body } = await room.askToken({}, {}, SCOPES.lineItem);
  expect([status, JSON.parse(body)]).toMatchObject([200, { scope: '', token_type: 'bearer' }]);
});

test('403 for every trouble with the token', async () => {
  const of = async (client: Client) => {
    const { status, body } = await client.get(room.lineItemsUrl, MEDIA_TYPES.lineItems);
    return [status, JSON.parse(body).detail];
  };
  expect((await ask(room.lineItemsUrl)).status).toBe(403);
  expect(await of(new Client('garbage'))).toEqual([403, 'Invalid token signature.']);
  const narrow = new Client(await room.tool.token(room.simulator, SCOPES.score));
  expect(await of(narrow)).toEqual([403, expect.stringContaining('permission')]);
});

describe('line items', () => {
  test('have a resource id or a link by its usage key, and whole points', async () => {
    const of = async (item: object) => {
      const { status, body } = await room.client.createItem(room.lineItemsUrl, {
        label: 'x',
        scoreMaximum: 1,
        ...item,
      });
      return [status, body];
    };
    const link = room.simulator.courses[0]!.resourceLinks[0]!.id;
    expect(link).toContain('+');
    expect((await of({ resourceId: 'r' }))[0]).toBe(201);
    expect((await of({ resourceLinkId: link }))[0]).toBe(201);
    expect(await of({})).toEqual([400, '{"resourceId":["This field is required."]}']);
    expect(await of({ resourceLinkId: 'link-1' })).toEqual([
      400,
      expect.stringContaining('Invalid usage key'),
    ]);
    expect((await of({ resourceId: 'r', scoreMaximum: 2.5 }))[0]).toBe(400);
  });

  test('are listed whole, filtered by an escaped usage key, and never deleted', async () => {
    await room.client.createItem(room.lineItemsUrl, { label: 'x', scoreMaximum: 1, resourceId: 'r' });
    const link = room.simulator.courses[0]!.resourceLinks[0]!.id;
    const count = async (query: string) =>
      JSON.parse((await room.client.get(`${room.lineItemsUrl}?${query}`, MEDIA_TYPES.lineItems)).body).length;
    expect([
      await count('limit=1'),
      await count(`resource_link_id=${encodeURIComponent(link)}`),
      await count(`resource_link_id=${link}`),
    ]).toEqual([2, 1, 0]);
    expect((await room.client.deleteItem(room.item)).status).toBe(403);
  });
});

describe('scores', () => {
  test('201 with what was posted; older and equal are 400 with words of their own', async () => {
    const [status, body] = await room.post(50);
    expect([status, JSON.parse(body)]).toMatchObject([201, { scoreGiven: 50, userId: room.user }]);
    expect(await room.post(60)).toEqual([
      400,
      '{"timestamp":["Score already exists for the provided timestamp"]}',
    ]);
    expect(await room.post(60, { timestamp: '2025-12-31T10:00:00.000Z' })).toEqual([
      400,
      '{"timestamp":["Score timestamp can only be updated to a later point in time"]}',
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'no maximum',
      { scoreMaximum: undefined },
      'scoreMaximum is a required field when providing a scoreGiven value.',
    ],
    ['an empty comment', { comment: '' }, 'This field may not be blank.'],
    ['no progress', { gradingProgress: undefined }, 'This field is required.'],
  ])('%s is 400', async (_name, change, words) => {
    expect(await room.post(50, change)).toEqual([400, expect.stringContaining(words)]);
  });

  test('zeros, progress, strangers and what is past due are taken and never shown', async () => {
    const later = (minutes: number) => ({
      timestamp: new Date(Date.UTC(2026, 0, 1, 11, minutes)).toISOString(),
    });
    await room.post(50);
    expect((await room.post(0, later(1)))[0]).toBe(201);
    expect((await room.post(60, { gradingProgress: 'Pending', ...later(2) }))[0]).toBe(201);
    expect((await room.post(null, later(3)))[0]).toBe(201);
    expect((await room.post(70, { userId: 'nobody' }))[0]).toBe(201);
    expect(room.shown()).toBe(50);
    room.simulator.teacher.publishLineItem('1', false);
    expect((await room.post(80, later(4)))[0]).toBe(201);
    expect(room.shown()).toBe(50);
  });

  test('a teacher’s grade stays, and results do not tell of it', async () => {
    await room.post(50);
    room.simulator.teacher.editGrade('1', room.user, 65);
    expect((await room.post(80, { timestamp: '2026-01-01T11:00:00.000Z' }))[0]).toBe(201);
    expect(room.shown()).toBe(65);
    expect(room.simulator.cell(room.item, room.user)?.rawScore).toBe(80);
  });

  test('a column without the block’s link is kept beside the gradebook', async () => {
    const { body } = await room.client.createItem(room.lineItemsUrl, {
      label: 'x',
      scoreMaximum: 100,
      resourceId: 'r',
    });
    const { id } = JSON.parse(body) as { id: string };
    const { user, client } = room;
    const score = { userId: user, scoreGiven: 70, scoreMaximum: 100, timestamp: '2026-01-01T10:00:00.000Z' };
    const full = { ...score, activityProgress: 'Completed', gradingProgress: 'FullyGraded' };
    expect((await client.postScore(id, full)).status).toBe(201);
    expect(room.simulator.cell(id, user)).toMatchObject({ score: null, rawScore: 70 });
    const { body: results } = await client.get(on(id, '/results/'), MEDIA_TYPES.results);
    expect(JSON.parse(results)).toMatchObject([{ userId: user, resultScore: 70 }]);
  });

  test('above the maximum is kept and shown as the maximum', async () => {
    await room.post(130);
    expect(room.shown()).toBe(100);
  });
});

describe('results', () => {
  test('are scores as posted; a user is a segment of the path, the whole list is behind a slash', async () => {
    await room.post(5, { scoreMaximum: 10 });
    const without = await room.client.results(room.item, `user_id=${room.user}`);
    expect([without.status, without.headers.location]).toEqual([
      301,
      `${new URL(room.item).pathname}/results/?user_id=${room.user}`,
    ]);
    const list = await room.client.get(on(room.item, '/results/?user_id=nobody'));
    const alone = await room.client.get(on(room.item, `/results/${room.user}`));
    const nobody = await room.client.get(on(room.item, '/results/nobody'));
    expect(JSON.parse(list.body)).toMatchObject([{ userId: room.user, resultScore: 5, resultMaximum: 10 }]);
    expect(JSON.parse(alone.body)).toHaveLength(1);
    expect(JSON.parse(nobody.body)).toEqual([]);
  });
});

test('a roster above the limit is 403', async () => {
  for (let n = 0; n < 1_000; n += 1) room.simulator.teacher.addUser('1', { userId: `extra-${n}` });
  const { status, body } = await room.client.get(room.membershipsUrl, MEDIA_TYPES.memberships);
  expect([status, JSON.parse(body).error]).toEqual([403, 'above_response_limit']);
});

test('a column that a teacher adds is a block with its own link', () => {
  const url = room.simulator.addLineItem('1', { label: 'Quiz' });
  const link = room.simulator.courses[0]!.resourceLinks.find(({ title }) => title === 'Quiz');
  expect(link?.lineItemUrl).toBe(url);
});
