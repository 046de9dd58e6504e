import { describe, expect, test } from 'vitest';
import { ask, Client, on, score } from '../../testing/fake-tool.ts';
import { moodleRoom, user } from '../../testing/moodle-room.ts';
import { MEDIA_TYPES, SCOPES } from '../profile.ts';

const room = moodleRoom();

describe('shapes', () => {
  test('URLs carry type_id, scores and results go before the query', async () => {
    expect(room.lineItemsUrl).toMatch(/\/mod\/lti\/services\.php\/1\/lineitems\?type_id=1$/);
    expect(room.created).toMatch(/\/lineitems\/\d+\/lineitem\?type_id=1$/);
    expect(room.simulator.courses[0]!.membershipsUrl).toMatch(
      /\/CourseSection\/1\/bindings\/1\/memberships$/,
    );
    const naive = await room.client.send('POST', `${room.created}/scores`, {
      headers: { 'content-type': MEDIA_TYPES.score },
      body: JSON.stringify(score(user, 5)),
    });
    expect(naive.status).toBe(400);
    expect(JSON.parse(naive.body).reason).toContain('No handler found');
  });

  test('without type_id it works, with another tool’s it is 401', async () => {
    expect((await room.client.get(room.lineItemsUrl.replace('?type_id=1', ''))).status).toBe(200);
    expect((await room.client.get(room.lineItemsUrl.replace('type_id=1', 'type_id=7'))).status).toBe(401);
  });

  test('an error is JSON with status, reason and request, the reason in the status line too', async () => {
    const answer = await room.client.get(
      room.created.replace(/lineitems\/\d+/, 'lineitems/999'),
      MEDIA_TYPES.lineItem,
    );
    expect([answer.status, answer.reason]).toEqual([404, "Not Found: Grade item 999 doesn't exist"]);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 404,
      reason: "Not Found: Grade item 999 doesn't exist",
      request: { method: 'GET', accept: MEDIA_TYPES.lineItem },
    });
  });

  test('a trailing slash is 400', async () => {
    expect((await room.client.get(room.lineItemsUrl.replace('?', '/?'))).status).toBe(400);
  });
});

describe('authorization and negotiation', () => {
  test.each([
    ['no token', {}],
    ['garbage', { authorization: 'Bearer garbage' }],
    ['basic', { authorization: 'Basic abc' }],
  ])('%s: 401 JSON without a challenge', async (_name, headers) => {
    const answer = await ask(room.lineItemsUrl, { headers });
    expect([answer.status, answer.reason, JSON.parse(answer.body).reason]).toEqual([
      401,
      'Unauthorized',
      'Unauthorized',
    ]);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  test('bearer in lower case: 401', async () => {
    expect(
      (await ask(room.lineItemsUrl, { headers: { authorization: `bearer ${room.token}` } })).status,
    ).toBe(401);
  });

  test('wrong scope, services switched off, revoked: the same 401', async () => {
    const readonly = new Client(await room.tool.token(room.simulator, SCOPES.lineItemReadonly));
    expect((await readonly.postScore(room.created, score(user, 1))).status).toBe(401);
    room.simulator.setTool({ enabled: false });
    expect((await room.client.get(room.lineItemsUrl)).status).toBe(401);
    room.simulator.setTool({ enabled: true });
    room.simulator.revokeTokens();
    expect((await room.client.get(room.lineItemsUrl)).status).toBe(401);
  });

  test('lowered to grade sync only: an old token posts scores and creates nothing', async () => {
    room.simulator.setTool({ scopes: [SCOPES.lineItemReadonly, SCOPES.resultReadonly, SCOPES.score] });
    expect((await room.client.postScore(room.created, score(user, 1))).status).toBe(200);
    expect((await room.client.createItem(room.lineItemsUrl, { label: 'x', scoreMaximum: 1 })).status).toBe(
      401,
    );
    const renewed = await room.tool.askToken(room.simulator, await room.tool.assertion(room.simulator));
    expect(JSON.parse(renewed.body).scope).not.toContain('scope/lineitem ');
  });

  test.each([
    [undefined, 200],
    [MEDIA_TYPES.lineItems, 200],
    ['*/*', 400],
    [`${MEDIA_TYPES.lineItems}, application/json`, 400],
    [`${MEDIA_TYPES.lineItems};q=0.9`, 400],
    ['application/json', 400],
  ])('line items with Accept %s: %i', async (accept, status) => {
    const answer = await room.client.get(room.lineItemsUrl, accept);
    expect(answer.status).toBe(status);
    if (accept === '*/*') expect(answer.reason).toBe('No context or unsupported content type');
    else if (status === 400) expect(answer.reason).toContain('No handler found for ');
  });

  test('Accept */* is fine on a line item, results and memberships', async () => {
    for (const url of [
      room.created,
      on(room.created, '/results'),
      room.simulator.courses[0]!.membershipsUrl,
    ]) {
      expect((await room.client.get(url, '*/*')).status).toBe(200);
    }
  });

  test.each([
    ['application/json', 400],
    [MEDIA_TYPES.score.toUpperCase(), 400],
    [`${MEDIA_TYPES.score}; charset=utf-8`, 200],
  ])('a score as %s: %i', async (type, status) => {
    const answer = await room.client.send('POST', on(room.created, '/scores'), {
      headers: { 'content-type': type },
      body: JSON.stringify(score(user, 1)),
    });
    expect(answer.status).toBe(status);
  });

  test('a score without a media type: 400', async () => {
    const answer = await room.client.send('POST', on(room.created, '/scores'), {
      body: JSON.stringify(score(user, 1)),
    });
    expect(answer.status).toBe(400);
  });

  test('unknown course 404, course abc 502 by nginx, HEAD 400, PATCH, DELETE list and GET scores 405', async () => {
    expect((await room.client.get(room.lineItemsUrl.replace('/1/', '/99/'))).reason).toBe(
      "Not Found: Course 99 doesn't exist",
    );
    const crash = await room.client.get(room.lineItemsUrl.replace('/1/', '/abc/'));
    expect([crash.status, crash.body.includes('nginx')]).toEqual([502, true]);
    expect((await room.client.send('HEAD', room.lineItemsUrl)).status).toBe(400);
    expect((await room.client.send('PATCH', room.lineItemsUrl)).status).toBe(405);
    expect((await room.client.send('DELETE', room.lineItemsUrl)).status).toBe(405);
    expect((await room.client.get(on(room.created, '/scores'))).status).toBe(405);
  });

  test('a course without the tool’s columns: an empty list', async () => {
    const answer = await room.client.get(room.simulator.courses[1]!.lineItemsUrl);
    expect([answer.status, answer.body]).toEqual([200, '[]']);
  });
});

describe('results and roster', () => {
  test('rows of those ever graded; a cleared one has only id and userId; timestamp with +00:00', async () => {
    await room.client.postScore(room.created, score('1001', 50, { comment: 'ok' }));
    await room.client.postScore(room.created, score('1002', null));
    const answer = await room.client.results(room.created);
    const rows = JSON.parse(answer.body);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      id: `${on(room.created, '/results')}&user_id=1001`,
      userId: '1001',
      resultScore: 30,
      resultMaximum: 60,
      comment: 'ok',
      scoreOf: room.created,
      timestamp: '2026-01-01T10:00:00+00:00',
    });
    expect(Object.keys(rows[1])).toEqual(['id', 'userId']);
    expect(JSON.parse((await room.client.results(room.created, 'user_id=1002')).body)).toHaveLength(1);
    expect(JSON.parse((await room.client.results(room.created, 'user_id=abc')).body)).toHaveLength(2);
  });

  test('limit with type_id is a 404 page; without type_id it pages', async () => {
    for (const id of ['1001', '1002', '1003']) await room.client.postScore(room.created, score(id, 1));
    const broken = await room.client.results(room.created, 'limit=2');
    expect([broken.status, broken.body.includes('<html')]).toEqual([404, true]);
    const paged = await room.client.get(`${on(room.created, '/results').split('?')[0]}?limit=2`);
    expect(JSON.parse(paged.body)).toHaveLength(2);
    expect(Buffer.from(String(paged.headers.link), 'latin1').toString()).toContain('rel=“next”');
  });

  test('memberships: short roles, plain Link, role filter, unknown rlid 404', async () => {
    const url = room.simulator.courses[0]!.membershipsUrl;
    const first = await room.client.get(`${url}?limit=3`);
    expect(JSON.parse(first.body)).toMatchObject({
      context: { id: '1' },
      members: [{ roles: ['Instructor'] }, {}, {}],
    });
    expect(first.headers.link).toMatch(/^<[^>]+[?&]from=3>; rel="next"$/);
    const next = /<([^>]+)>/.exec(String(first.headers.link))?.[1] ?? '';
    const last = await room.client.get(next);
    expect([JSON.parse(last.body).members.length, last.headers.link]).toEqual([1, undefined]);
    const count = async (query: string) =>
      JSON.parse((await room.client.get(`${url}?${query}`)).body).members.length;
    expect(await count('role=Learner')).toBe(3);
    expect(
      await count(`role=${encodeURIComponent('http://purl.imsglobal.org/vocab/lis/v2/membership#Learner')}`),
    ).toBe(3);
    expect(await count('role=Nobody')).toBe(4);
    expect((await room.client.get(`${url}?rlid=99`)).status).toBe(404);
  });
});

test('outages: maintenance is a 503 page with Retry-After, the database a 500 page', async () => {
  room.simulator.addFault({ count: 1, action: { kind: 'maintenance' } });
  const maintenance = await room.client.get(room.lineItemsUrl);
  expect([maintenance.status, maintenance.headers['retry-after']]).toEqual([503, '300']);
  expect(maintenance.headers['content-type']).toContain('text/html');
  room.simulator.addFault({ count: 1, action: { kind: 'databaseDown' } });
  expect((await room.client.get(room.lineItemsUrl)).status).toBe(500);
});
