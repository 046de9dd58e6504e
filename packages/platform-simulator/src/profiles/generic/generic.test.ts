import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSimulator, type Simulator } from '../../simulator.ts';
import { ask, Client, FakeTool, on, score } from '../../testing/fake-tool.ts';
import { MEDIA_TYPES, SCOPES } from '../profile.ts';

let tool: FakeTool;
let simulator: Simulator;
let client: Client;
let item: string;
let lineItemsUrl: string;
const user = 'student-1';

beforeAll(async () => {
  tool = await FakeTool.start();
});
afterAll(async () => {
  await tool[Symbol.asyncDispose]();
});
beforeEach(async () => {
  simulator = await createSimulator({ tool: { jwksUrl: tool.jwksUrl } });
  client = new Client(await tool.token(simulator));
  lineItemsUrl = simulator.courses[0]!.lineItemsUrl;
  item = simulator.courses[0]!.resourceLinks[0]!.lineItemUrl!;
  return async () => simulator.close();
});

describe('token endpoint', () => {
  test.each<[string, Record<string, unknown>]>([
    ['wrong aud', { aud: 'https://elsewhere.example' }],
    ['issuer is not the client', { iss: 'https://tool.example' }],
    ['no jti', { jti: undefined }],
    ['no iat', { iat: undefined }],
    ['no exp', { exp: undefined }],
    ['unknown client', { sub: 'nobody' }],
    ['old', { iat: Math.floor(Date.now() / 1000) - 400 }],
  ])('%s: 401 invalid_client', async (_name, claims) => {
    const answer = await tool.askToken(simulator, await tool.assertion(simulator, claims));
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([401, 'invalid_client']);
  });

  test('an assertion is good once', async () => {
    const assertion = await tool.assertion(simulator);
    expect((await tool.askToken(simulator, assertion)).status).toBe(200);
    const again = await tool.askToken(simulator, assertion);
    expect([again.status, JSON.parse(again.body).error]).toEqual([401, 'invalid_client']);
  });

  test('the key set is fetched again for a kid that is not there, not for every token', async () => {
    await tool.token(simulator);
    const before = tool.jwksRequests;
    await tool.token(simulator);
    expect(tool.jwksRequests).toBe(before);
    await tool.useNewKey();
    await tool.token(simulator);
    expect(tool.jwksRequests).toBe(before + 1);
  });
});

describe('services', () => {
  test('401 and 403 carry the challenge of RFC 6750', async () => {
    const none = await ask(lineItemsUrl);
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    const bad = await new Client('garbage').get(lineItemsUrl);
    expect(bad.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    const narrow = await new Client(await tool.token(simulator, SCOPES.score)).get(lineItemsUrl);
    expect([narrow.status, narrow.headers['www-authenticate']]).toEqual([
      403,
      'Bearer error="insufficient_scope"',
    ]);
  });

  test.each<[Record<string, unknown>, number]>([
    [{}, 204],
    [{ scoreGiven: 130 }, 204],
    [{ timestamp: '2026-01-01T10:00:00Z' }, 400],
    [{ timestamp: '2026-01-01T10:00:00.000' }, 400],
    [{ timestamp: '2026-01-01T12:00:00.000+02:00' }, 204],
    [{ userId: 7 }, 400],
    [{ userId: 'nobody' }, 422],
    [{ userId: 'teacher-1' }, 422],
    [{ activityProgress: 'Done' }, 400],
    [{ gradingProgress: 'Graded' }, 400],
    [{ scoreGiven: '50' }, 400],
    [{ scoreMaximum: 0 }, 400],
    [{ scoreMaximum: undefined }, 400],
    [{ comment: 5 }, 400],
  ])('score %j: %i', async (change, status) => {
    expect((await client.postScore(item, score(user, 50, change))).status).toBe(status);
  });

  test('older is 409, equal is taken; non-final keeps the grade, no score clears it', async () => {
    await client.postScore(item, score(user, 50));
    expect(
      (await client.postScore(item, score(user, 60, { timestamp: '2025-12-31T10:00:00.000Z' }))).status,
    ).toBe(409);
    expect((await client.postScore(item, score(user, 70))).status).toBe(204);
    await client.postScore(item, score(user, 10, { gradingProgress: 'Pending' }));
    expect(simulator.cell(item, user)?.score).toBe(70);
    await client.postScore(item, score(user, null));
    expect(simulator.cell(item, user)?.score).toBeNull();
  });

  test('media types: 415, 406, and methods: 405', async () => {
    const wrong = await client.send('POST', on(item, '/scores'), {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(score(user, 1)),
    });
    expect(wrong.status).toBe(415);
    expect((await client.get(lineItemsUrl, 'text/html')).status).toBe(406);
    expect((await client.get(lineItemsUrl, '*/*')).status).toBe(200);
    expect((await client.send('PATCH', item)).status).toBe(405);
  });

  test('line items: blank label, maximum 0, foreign link are refused; unknown members and dates are kept', async () => {
    const status = async (body: unknown) => (await client.createItem(lineItemsUrl, body)).status;
    expect(await status({ label: ' ', scoreMaximum: 1 })).toBe(400);
    expect(await status({ label: 'x', scoreMaximum: 0 })).toBe(400);
    expect(await status({ label: 'x', scoreMaximum: 1, resourceLinkId: 'nowhere' })).toBe(404);
    const full = {
      label: 'x',
      scoreMaximum: 1,
      endDateTime: '2026-02-01T00:00:00Z',
      'https://x.example/y': { z: 1 },
    };
    const made = JSON.parse((await client.createItem(lineItemsUrl, full)).body);
    expect(JSON.parse((await client.get(made.id, MEDIA_TYPES.lineItem)).body)).toEqual({
      ...full,
      id: made.id,
    });
    expect((await client.deleteItem(made.id)).status).toBe(204);
    expect((await client.deleteItem(item)).status).toBe(403);
  });

  test('paging by Link', async () => {
    const url = simulator.courses[0]!.membershipsUrl;
    const first = await client.get(`${url}?limit=20`, MEDIA_TYPES.memberships);
    expect(JSON.parse(first.body).members).toHaveLength(20);
    const next = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
    const rest = await client.get(next, MEDIA_TYPES.memberships);
    expect(JSON.parse(rest.body).members).toHaveLength(11);
    expect(rest.headers.link).toBeUndefined();
  });
});
