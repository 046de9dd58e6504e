import { expect, test } from 'vitest';
import { vendorRoom } from '../../testing/vendor-room.ts';
import { MEDIA_TYPES } from '../profile.ts';

const room = vendorRoom('schoology', {
  courses: [{ students: 130, resourceLinks: [{ lineItem: { scoreMaximum: 100 } }] }],
});

test('one issuer for all; the section and the tool are in the path', () => {
  expect(room.simulator.registration.issuer).toBe('https://schoology.schoology.com');
  expect(new URL(room.lineItemsUrl).pathname).toBe(
    '/lti-service/tool/1234567890-0987654321/services/assignment-grade/v2p0/sections/1/lineitems',
  );
});

test('members it does not know are refused by name, in line items and scores', async () => {
  const column = { label: 'Quiz', scoreMaximum: 10 };
  const answer = await room.client.createItem(room.lineItemsUrl, { ...column, id: 'https://x.example/1' });
  expect([answer.status, JSON.parse(answer.body)]).toEqual([
    400,
    { error: 'Invalid parameter "body.id": "id" is not allowed' },
  ]);
  expect((await room.client.createItem(room.lineItemsUrl, column)).status).toBe(201);
  expect(await room.post(50, { submission: { submittedAt: '2026-01-01T10:00:00.000Z' } })).toEqual([
    400,
    expect.stringContaining('\\"submission\\" is not allowed'),
  ]);
  expect((await room.post(50, { comment: null }))[0]).toBe(400);
  expect((await room.post(50, { comment: 'good' }))[0]).toBe(204);
});

test('a roster wants its exact media type and has pages of 100', async () => {
  const refused = await room.client.get(room.membershipsUrl, '*/*');
  expect([refused.status, JSON.parse(refused.body)]).toEqual([
    400,
    { error: 'handleNamesRoles: Invalid Accept Header' },
  ]);
  const first = await room.client.get(`${room.membershipsUrl}?limit=500`, MEDIA_TYPES.memberships);
  expect(JSON.parse(first.body).members).toHaveLength(100);
  const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
  expect(JSON.parse((await room.client.get(next, MEDIA_TYPES.memberships)).body).members).toHaveLength(31);
});

test('names of custom parameters lose their case', async () => {
  const request = { userId: room.user, resourceLinkId: 'link-1', custom: { DueAt: '1' } };
  const { claims } = await room.simulator.launch(request);
  expect(claims['https://purl.imsglobal.org/spec/lti/claim/custom']).toEqual({ dueat: '1' });
});
