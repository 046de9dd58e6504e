import { expect, test } from 'vitest';
import { on } from '../../testing/fake-tool.ts';
import { vendorRoom } from '../../testing/vendor-room.ts';
import { MEDIA_TYPES } from '../profile.ts';

const room = vendorRoom('blackboard');

test('one issuer for all, tokens from another host than the services', () => {
  const { issuer, tokenUrl, serviceOrigins } = room.simulator.registration;
  expect(issuer).toBe('https://blackboard.com');
  expect(new URL(tokenUrl).pathname).toBe('/api/v1/gateway/oauth2/jwttoken');
  expect(serviceOrigins).toEqual([new URL(room.lineItemsUrl).origin]);
  expect(serviceOrigins).not.toContain(new URL(tokenUrl).origin);
  expect(new URL(room.lineItemsUrl).pathname).toBe('/learn/api/v1/lti/courses/_1_1/lineItems');
  expect(new URL(room.item).pathname).toBe('/learn/api/v1/lti/courses/_1_1/lineItems/_1_1');
  expect(room.user).toMatch(/^[0-9a-f]{32}$/);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>, number, string]>([
  ['the issuer need not be the client', { iss: 'https://tool.example' }, {}, 200, 'access_token'],
  ['every claim is wanted', { jti: undefined }, {}, 400, 'missing'],
  ['a key it cannot read', {}, { kid: 'nobody' }, 400, 'Failed to get key with kid'],
  ['an unknown client', { sub: 'nobody' }, {}, 400, 'invalid_client'],
])('token: %s', async (_name, claims, header, status, words) => {
  const answer = await room.askToken(claims, header);
  expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(words)]);
});

test('a column is made without a resource link and changed without its id', async () => {
  const column = { label: 'Quiz', scoreMaximum: 10, resourceId: 'r' };
  const status = async (change: object) =>
    (await room.client.createItem(room.lineItemsUrl, { ...column, ...change })).status;
  expect([
    await status({}),
    await status({ resourceLinkId: 'link-1' }),
    await status({ scoreMaximum: 2.5 }),
  ]).toEqual([201, 400, 400]);
  const put = async (change: object) =>
    (await room.client.putItem(room.item, { ...column, ...change })).status;
  expect([await put({}), await put({ id: room.item })]).toEqual([200, 400]);
});

test('a student of nobody’s is 400 with words of its own', async () => {
  expect(await room.post(50, { userId: 'f'.repeat(32) })).toEqual([
    400,
    expect.stringContaining('User could not be found:'),
  ]);
});

test('a grade is deleted by Initialized and NotReady, and by nothing else', async () => {
  await room.post(50);
  await room.post(null);
  expect(room.shown()).toBe(50);
  await room.post(null, { activityProgress: 'Initialized', gradingProgress: 'NotReady' });
  expect(room.shown()).toBeNull();
});

test('a column goes with its grades', async () => {
  await room.post(50);
  const gone = room.item;
  expect((await room.client.deleteItem(gone)).status).toBe(204);
  expect((await room.client.get(gone, MEDIA_TYPES.lineItem)).status).toBe(404);
});

test('comments are left out of a list that is filtered by user', async () => {
  await room.post(50, { comment: 'good' });
  const commentOf = async (query: string) =>
    JSON.parse((await room.client.results(room.item, query)).body)[0].comment as string | undefined;
  expect([await commentOf(''), await commentOf(`user_id=${room.user}`)]).toEqual(['good', undefined]);
});

test('the roster’s URL has a query, the launch another context id and the roster’s scope', async () => {
  expect(room.membershipsUrl).toMatch(/\/learn\/api\/v1\/lti\/external\/namesandroles\/_1_1\?groups=true$/);
  expect((await room.client.get(room.membershipsUrl, MEDIA_TYPES.memberships)).status).toBe(200);
  const { claims } = await room.simulator.launch({ userId: room.user, resourceLinkId: 'link-1' });
  expect(claims['https://purl.imsglobal.org/spec/lti/claim/context']).not.toMatchObject({ id: '_1_1' });
  expect(claims['https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice']).toHaveProperty('scope');
});

test('a placement that is not graded has line items and no line item; a system placement has no claim', async () => {
  const claim = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
  room.simulator.teacher.deleteLineItem('_1_1');
  const { claims } = await room.simulator.launch({ userId: room.user, resourceLinkId: 'link-1' });
  expect(claims[claim]).not.toHaveProperty('lineitem');
  expect(claims[claim]).toHaveProperty('lineitems');
  const system = await room.simulator.launch({ userId: room.user, placement: 'system' });
  expect(system.claims).not.toHaveProperty([claim]);
});

test('scores go to the service host alone', async () => {
  const { origin } = new URL(room.simulator.registration.tokenUrl);
  const elsewhere = on(room.item, '/scores').replace(new URL(room.item).origin, origin);
  expect((await room.client.send('POST', elsewhere, { body: '{}' })).status).toBe(404);
});
