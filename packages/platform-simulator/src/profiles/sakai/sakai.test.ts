import { expect, test } from 'vitest';
import { ask, Client, on } from '../../testing/fake-tool.ts';
import { vendorRoom } from '../../testing/vendor-room.ts';
import { MEDIA_TYPES, SCOPES } from '../profile.ts';

const room = vendorRoom('sakai');
const words = ({ status, body }: { status: number; body: string }) => [status, JSON.parse(body).error];

test('one scope that the tool may not have refuses them all, and a header says which', async () => {
  room.simulator.setTool({ scopes: [SCOPES.score, SCOPES.resultReadonly] });
  const refused = await room.askToken({}, {}, `${SCOPES.score} ${SCOPES.lineItem}`);
  expect(words(refused)).toEqual([400, 'invalid_scope']);
  expect(refused.headers['x-sakai-lti13-error-detail']).toBe(SCOPES.lineItem);
  expect((await room.askToken({}, {}, SCOPES.score)).status).toBe(200);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
  ['another audience', { aud: 'https://elsewhere.example' }, {}, 'invalid_client'],
  ['no jti', { jti: undefined }, {}, 'invalid_client'],
  ['an unknown key', {}, { kid: 'nobody' }, 'Public key retrieval failed'],
  ['an unknown client', { sub: 'nobody' }, {}, 'Could not load tool'],
])('token: %s is 400', async (_name, claims, header, error) => {
  expect(words(await room.askToken(claims, header))).toEqual([400, error]);
});

test('an assertion is good once', async () => {
  const { tool, simulator } = room;
  const assertion = await tool.assertion(simulator);
  expect((await tool.askToken(simulator, assertion)).status).toBe(200);
  expect(words(await tool.askToken(simulator, assertion))).toEqual([400, 'invalid_client']);
});

test('a token that it does not take is 403, a missing scope 400', async () => {
  expect(words(await ask(room.lineItemsUrl))).toEqual([403, 'invalid_authorization']);
  expect(words(await new Client('garbage').get(room.lineItemsUrl))).toEqual([403, 'signature_error']);
  const narrow = new Client(await room.tool.token(room.simulator, SCOPES.lineItemReadonly));
  expect(words(await narrow.postScore(room.item, {}))).toEqual([400, 'Scope score not in access token']);
});

test('a created column is answered 200 with what was posted; links are filtered by lti_link_id', async () => {
  const posted = { label: 'Quiz', scoreMaximum: 10, resourceId: 'r', extra: true };
  const made = await room.client.createItem(room.lineItemsUrl, posted);
  expect([made.status, JSON.parse(made.body)]).toEqual([200, { ...posted, id: expect.any(String) }]);
  const count = async (query: string) =>
    JSON.parse((await room.client.get(`${room.lineItemsUrl}?${query}`)).body).length as number;
  expect([
    await count('resource_link_id=link-1'),
    await count('lti_link_id=link-1'),
    await count('resource_id=r'),
    await count('limit=1'),
  ]).toEqual([2, 1, 1, 2]);
});

test('scores: 200 with nothing, an older one replaces a newer one', async () => {
  expect(await room.post(50)).toEqual([200, '']);
  expect(await room.post(40, { timestamp: '2025-12-31T10:00:00.000Z' })).toEqual([200, '']);
  expect(room.shown()).toBe(40);
});

test.each<[string, (r: typeof room) => void, number, string]>([
  ['no such student', () => {}, 400, 'User does not belong to site'],
  [
    'the tool was removed',
    (r) => r.simulator.teacher.setToolAvailable('1', false),
    400,
    'No placements for tool',
  ],
  ['the site is gone', (r) => r.simulator.teacher.deleteCourse('1'), 400, 'Could not load site'],
  ['the column is gone', (r) => r.simulator.teacher.deleteLineItem('1'), 400, 'Could not load column'],
])('score, %s', async (_name, change, status, text) => {
  const { item } = room;
  change(room);
  const score = { userId: 'nobody', scoreGiven: 1, scoreMaximum: 1, timestamp: '2026-01-01T10:00:00.000Z' };
  const full = { ...score, activityProgress: 'Completed', gradingProgress: 'FullyGraded' };
  const answer = await room.client.postScore(item, full);
  expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(text)]);
});

test('a column that is gone is 404 to a GET', async () => {
  const { item } = room;
  room.simulator.teacher.deleteLineItem('1');
  expect(words(await room.client.get(item, MEDIA_TYPES.lineItem))).toEqual([404, 'Could not load column']);
});

test('results name every member, whatever the query; one of them alone is no list', async () => {
  await room.post(50);
  const all = await room.client.results(room.item, `user_id=${room.user}&limit=1`);
  const rows = JSON.parse(all.body) as { userId: string; resultScore?: number }[];
  expect(all.headers['content-type']).toBe('application/json');
  expect(rows).toHaveLength(31);
  expect(rows.filter(({ resultScore }) => resultScore !== undefined)).toMatchObject([{ userId: room.user }]);
  const one = await room.client.get(on(room.item, `/results/${room.user}`));
  expect(JSON.parse(one.body)).toMatchObject({ userId: room.user, resultScore: 50, resultMaximum: 100 });
  const nobody = await room.client.get(on(room.item, '/results/nobody'));
  expect([nobody.status, nobody.body]).toEqual([200, '']);
});

test('the roster has pages by start and limit, and leaves out who is suspended', async () => {
  room.simulator.teacher.suspendUser('1', room.user);
  const first = await room.client.get(`${room.membershipsUrl}?limit=20`, MEDIA_TYPES.memberships);
  expect(JSON.parse(first.body).members).toHaveLength(20);
  expect(String(first.headers.link)).toMatch(/limit=20&start=20>; rel="next"/);
});
