import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSimulator, type Simulator } from '../../simulator.ts';
import { ask, Client, FakeTool, on, score } from '../../testing/fake-tool.ts';
import { MEDIA_TYPES, SCOPES } from '../profile.ts';

let tool: FakeTool;
let simulator: Simulator;
let client: Client;
let token: string;
let lineItemsUrl: string;
/** The column of the LTI activity, and one made over the service. */
let activity: string;
let created: string;
const user = '1001';

beforeAll(async () => {
  tool = await FakeTool.start();
});
afterAll(async () => {
  await tool[Symbol.asyncDispose]();
});
beforeEach(async () => {
  simulator = await createSimulator({
    profile: 'moodle',
    tool: { jwksUrl: tool.jwksUrl },
    courses: [
      {
        students: 3,
        resourceLinks: [
          { id: '1', lineItem: { label: 'Activity', scoreMaximum: 60, resourceId: 'res-a' } },
          { id: '2', foreign: true, lineItem: { label: 'Other tool' } },
        ],
      },
      { students: 1 },
    ],
  });
  token = await tool.token(simulator);
  client = new Client(token);
  lineItemsUrl = simulator.courses[0]!.lineItemsUrl;
  activity = simulator.courses[0]!.resourceLinks[0]!.lineItemUrl!;
  const answer = await client.createItem(lineItemsUrl, {
    label: 'Made',
    scoreMaximum: 60,
    resourceId: 'r',
    tag: 't',
  });
  created = JSON.parse(answer.body).id;
  return async () => simulator.close();
});

const grade = (url: string, userId = user) => simulator.cell(url, userId);
const at = (second: number, ms = 0) => ({
  timestamp: new Date(Date.UTC(2026, 0, 1, 10, 0, second, ms)).toISOString(),
});

describe('shapes', () => {
  test('URLs carry type_id, scores and results go before the query', async () => {
    expect(lineItemsUrl).toMatch(/\/mod\/lti\/services\.php\/1\/lineitems\?type_id=1$/);
    expect(created).toMatch(/\/lineitems\/\d+\/lineitem\?type_id=1$/);
    expect(simulator.courses[0]!.membershipsUrl).toMatch(/\/CourseSection\/1\/bindings\/1\/memberships$/);
    const naive = await client.send('POST', `${created}/scores`, {
      headers: { 'content-type': MEDIA_TYPES.score },
      body: JSON.stringify(score(user, 5)),
    });
    expect(naive.status).toBe(400);
    expect(JSON.parse(naive.body).reason).toContain('No handler found');
  });

  test('without type_id it works, with another tool’s it is 401', async () => {
    expect((await client.get(lineItemsUrl.replace('?type_id=1', ''))).status).toBe(200);
    expect((await client.get(lineItemsUrl.replace('type_id=1', 'type_id=7'))).status).toBe(401);
  });

  test('an error is JSON with status, reason and request, the reason in the status line too', async () => {
    const answer = await client.get(created.replace(/lineitems\/\d+/, 'lineitems/999'), MEDIA_TYPES.lineItem);
    expect([answer.status, answer.reason]).toEqual([404, "Not Found: Grade item 999 doesn't exist"]);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 404,
      reason: "Not Found: Grade item 999 doesn't exist",
      request: { method: 'GET', accept: MEDIA_TYPES.lineItem },
    });
  });

  test('a trailing slash is 400', async () => {
    expect((await client.get(lineItemsUrl.replace('?', '/?'))).status).toBe(400);
  });
});

describe('authorization and negotiation', () => {
  test.each([
    ['no token', {}],
    ['garbage', { authorization: 'Bearer garbage' }],
    ['basic', { authorization: 'Basic abc' }],
  ])('%s: 401 JSON without a challenge', async (_name, headers) => {
    const answer = await ask(lineItemsUrl, { headers });
    expect([answer.status, answer.reason, JSON.parse(answer.body).reason]).toEqual([
      401,
      'Unauthorized',
      'Unauthorized',
    ]);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });

  test('bearer in lower case: 401', async () => {
    expect((await ask(lineItemsUrl, { headers: { authorization: `bearer ${token}` } })).status).toBe(401);
  });

  test('wrong scope, services switched off, revoked: the same 401', async () => {
    const readonly = new Client(await tool.token(simulator, SCOPES.lineItemReadonly));
    expect((await readonly.postScore(created, score(user, 1))).status).toBe(401);
    simulator.setTool({ enabled: false });
    expect((await client.get(lineItemsUrl)).status).toBe(401);
    simulator.setTool({ enabled: true });
    simulator.revokeTokens();
    expect((await client.get(lineItemsUrl)).status).toBe(401);
  });

  test('lowered to grade sync only: an old token posts scores and creates nothing', async () => {
    simulator.setTool({ scopes: [SCOPES.lineItemReadonly, SCOPES.resultReadonly, SCOPES.score] });
    expect((await client.postScore(created, score(user, 1))).status).toBe(200);
    expect((await client.createItem(lineItemsUrl, { label: 'x', scoreMaximum: 1 })).status).toBe(401);
    const renewed = await tool.askToken(simulator, await tool.assertion(simulator));
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
    const answer = await client.get(lineItemsUrl, accept);
    expect(answer.status).toBe(status);
    if (accept === '*/*') expect(answer.reason).toBe('No context or unsupported content type');
    else if (status === 400) expect(answer.reason).toContain('No handler found for ');
  });

  test('Accept */* is fine on a line item, results and memberships', async () => {
    for (const url of [created, on(created, '/results'), simulator.courses[0]!.membershipsUrl]) {
      expect((await client.get(url, '*/*')).status).toBe(200);
    }
  });

  test.each([
    ['application/json', 400],
    [MEDIA_TYPES.score.toUpperCase(), 400],
    [`${MEDIA_TYPES.score}; charset=utf-8`, 200],
  ])('a score as %s: %i', async (type, status) => {
    const answer = await client.send('POST', on(created, '/scores'), {
      headers: { 'content-type': type },
      body: JSON.stringify(score(user, 1)),
    });
    expect(answer.status).toBe(status);
  });

  test('a score without a media type: 400', async () => {
    const answer = await client.send('POST', on(created, '/scores'), {
      body: JSON.stringify(score(user, 1)),
    });
    expect(answer.status).toBe(400);
  });

  test('unknown course 404, course abc 502 by nginx, HEAD 400, PATCH, DELETE list and GET scores 405', async () => {
    expect((await client.get(lineItemsUrl.replace('/1/', '/99/'))).reason).toBe(
      "Not Found: Course 99 doesn't exist",
    );
    const crash = await client.get(lineItemsUrl.replace('/1/', '/abc/'));
    expect([crash.status, crash.body.includes('nginx')]).toEqual([502, true]);
    expect((await client.send('HEAD', lineItemsUrl)).status).toBe(400);
    expect((await client.send('PATCH', lineItemsUrl)).status).toBe(405);
    expect((await client.send('DELETE', lineItemsUrl)).status).toBe(405);
    expect((await client.get(on(created, '/scores'))).status).toBe(405);
  });

  test('a course without the tool’s columns: an empty list', async () => {
    const answer = await client.get(simulator.courses[1]!.lineItemsUrl);
    expect([answer.status, answer.body]).toEqual([200, '[]']);
  });
});

describe('line items', () => {
  const list = async (query = '') =>
    JSON.parse((await client.get(lineItemsUrl + query)).body) as { label: string }[];
  const create = (item: unknown) => client.createItem(lineItemsUrl, item);

  test('POST: 201, no Location, the request echoed with the id; not kept: dates and unknown members', async () => {
    const answer = await create({
      label: 'New',
      scoreMaximum: 10,
      startDateTime: '2026-01-01T00:00:00Z',
      other: 1,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.location).toBeUndefined();
    const echoed = JSON.parse(answer.body);
    expect(echoed).toMatchObject({ label: 'New', startDateTime: '2026-01-01T00:00:00Z', other: 1 });
    const read = await client.get(echoed.id);
    expect(JSON.parse(read.body)).toEqual({
      id: echoed.id,
      label: 'New',
      scoreMaximum: 10,
      resourceId: '',
      tag: '',
    });
  });

  test('an activity’s item shows resourceLinkId and ltiLinkId', async () => {
    const read = JSON.parse((await client.get(activity)).body);
    expect(read).toMatchObject({ resourceLinkId: '1', ltiLinkId: '1' });
  });

  test('the same resourceId ten times at once: ten columns', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => create({ label: 'Dup', scoreMaximum: 1, resourceId: 'same' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(201));
    expect(await list('&resource_id=same')).toHaveLength(10);
  });

  test.each<[unknown, number]>([
    [{ scoreMaximum: 1 }, 400],
    [{ label: 'x' }, 400],
    ['{', 400],
    [{ label: '', scoreMaximum: 1 }, 201],
    [{ label: 'x', scoreMaximum: 0 }, 201],
    [{ label: 'x', scoreMaximum: -5 }, 201],
    [{ label: 'x', scoreMaximum: '15' }, 201],
    [{ label: 'x', scoreMaximum: 1, resourceLinkId: '99' }, 403],
    [{ label: 'x', scoreMaximum: 1, resourceLinkId: '2' }, 403],
    [{ label: 'x', scoreMaximum: 1, resourceLinkId: 'abc' }, 502],
    [{ label: 'x'.repeat(256), scoreMaximum: 1 }, 502],
    [{ label: 'x', scoreMaximum: 1e7 }, 502],
  ])('POST %j: %i', async (item, status) => {
    const before = simulator.state().lineItems.length;
    expect((await create(item)).status).toBe(status);
    expect(simulator.state().lineItems.length).toBe(before + (status === 201 ? 1 : 0));
  });

  test.each([{ resourceId: 'x'.repeat(513) }, { tag: 'x'.repeat(256) }])(
    'too long for the service’s table: 502, and an orphan column the tool cannot see',
    async (long) => {
      const seen = (await list()).length;
      expect((await create({ label: 'Orphan', scoreMaximum: 1, ...long })).status).toBe(502);
      expect(await list()).toHaveLength(seen);
      expect(simulator.state().lineItems.at(-1)).toMatchObject({ label: 'Orphan', origin: 'orphan' });
    },
  );

  test('filters are exact and combine; an empty resource_id finds those without', async () => {
    await create({ label: 'Bare', scoreMaximum: 1 });
    const labels = async (query: string) => (await list(query)).map((item) => item.label);
    expect(await labels('&resource_id=r')).toEqual(['Made']);
    expect(await labels('&resource_id=r&tag=t')).toEqual(['Made']);
    expect(await labels('&resource_id=r&tag=u')).toEqual([]);
    expect(await labels('&resource_link_id=1')).toEqual(['Activity']);
    expect(await labels('&lti_link_id=1')).toEqual(['Activity']);
    expect(await labels('&tag=unknown')).toEqual([]);
    expect(await labels('&resource_id=')).toEqual(['Bare']);
  });

  test('paging: limit and from; Link with curly quotes and &amp;, which followed as sent gives all again', async () => {
    for (let n = 0; n < 4; n += 1) await create({ label: `P${n}`, scoreMaximum: 1 });
    expect((await client.get(lineItemsUrl)).headers.link).toBeUndefined();
    for (const limit of ['0', '-1', 'abc']) expect(await list(`&limit=${limit}`)).toHaveLength(6);
    expect(await list('&limit=2&from=99')).toEqual([]);
    expect((await list('&limit=2&page=2')).map((item) => item.label)).toEqual(['Activity', 'Made']);
    const answer = await client.get(`${lineItemsUrl}&limit=2&from=2`);
    const link = Buffer.from(String(answer.headers.link), 'latin1').toString('utf8');
    expect(link.match(/rel=“(\w+)”/g)).toEqual(
      ['first', 'prev', 'canonical', 'next', 'last'].map((rel) => `rel=“${rel}”`),
    );
    const next = /<([^>]+)>; rel=“next”/.exec(link)?.[1] ?? '';
    expect(next).toContain('&amp;from=4');
    expect(JSON.parse((await client.get(next)).body)).toHaveLength(6);
    const repaired = next.replaceAll('&amp;', '&');
    expect(
      JSON.parse((await client.get(repaired)).body).map((item: { label: string }) => item.label),
    ).toEqual(['P2', 'P3']);
  });

  test('PUT: echo with the id; what is left out is erased; grades keep their percentage', async () => {
    await client.postScore(created, score(user, 50, { scoreMaximum: 100 }));
    expect(grade(created)?.score).toBe(30);
    const answer = await client.putItem(created, { label: 'Renamed', scoreMaximum: 30 });
    expect(JSON.parse(answer.body)).toEqual({ id: created, label: 'Renamed', scoreMaximum: 30 });
    expect(grade(created)?.score).toBe(15);
    expect(JSON.parse((await client.get(created)).body)).toMatchObject({ resourceId: '', tag: '' });
    expect((await client.putItem(created, { label: 'x' })).status).toBe(400);
    expect((await client.putItem(activity, { label: 'Act', scoreMaximum: 60 })).status).toBe(200);
  });

  test('DELETE: 204 with reason OK, an activity’s own as well; afterwards everything is 404', async () => {
    for (const url of [created, activity]) {
      const answer = await client.deleteItem(url);
      expect([answer.status, answer.reason]).toEqual([204, 'OK']);
      expect((await client.deleteItem(url)).status).toBe(404);
    }
    expect((await client.get(created)).status).toBe(404);
    expect((await client.postScore(created, score(user, 1))).status).toBe(404);
    expect((await client.results(created)).status).toBe(404);
  });

  test('id abc: 502; by another course’s path it is served with that path', async () => {
    expect((await client.get(created.replace(/lineitems\/\d+/, 'lineitems/abc'))).status).toBe(502);
    const elsewhere = created.replace('/services.php/1/', '/services.php/2/');
    expect(JSON.parse((await client.get(elsewhere)).body).id).toBe(elsewhere);
  });

  test('another tool’s activity: GET 200, score 403', async () => {
    const other = simulator.courses[0]!.resourceLinks[1]!.lineItemUrl!;
    expect((await client.get(other)).status).toBe(200);
    const refused = await client.postScore(other, score(user, 1));
    expect([refused.status, refused.reason]).toEqual([403, 'Invalid LTI id supplied.']);
  });
});

describe('scores', () => {
  const post = (change: Record<string, unknown>, given: number | null = 50, url = created) =>
    client.postScore(url, score(user, given, change));

  test('success: 200, empty, as a score', async () => {
    const answer = await post({});
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([
      200,
      '',
      MEDIA_TYPES.score,
    ]);
    expect(grade(created)).toMatchObject({ score: 30, maximum: 60, timestamp: '2026-01-01T10:00:00.000Z' });
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
    const answer = await client.postScore(created, body);
    expect([answer.status, answer.body]).toEqual([400, '[]']);
    expect(answer.reason).toMatch(/^Incorrect score received/);
  });

  test('the reason is cut at 1,000 characters', async () => {
    const answer = await client.postScore(created, score('9999', 1, { comment: 'x'.repeat(5000) }));
    expect(answer.reason).toHaveLength(1000);
  });

  test('a rejected score with a line break: 200 with [], nothing stored', async () => {
    const answer = await client.postScore(created, JSON.stringify(score('9999', 1), null, 2));
    expect([answer.status, answer.body]).toEqual([200, '[]']);
    expect(grade(created, '9999')).toBeUndefined();
  });

  test('unenrolled: 400; suspended: stored, but not in the roster', async () => {
    simulator.teacher.suspendUser('1', user);
    expect((await post({})).status).toBe(200);
    const roster = JSON.parse((await client.get(simulator.courses[0]!.membershipsUrl)).body);
    expect(roster.members.map((member: { user_id: string }) => member.user_id)).not.toContain(user);
    simulator.teacher.removeUser('1', '1002');
    expect((await client.postScore(created, score('1002', 1))).status).toBe(400);
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
    expect(grade(created)?.score).toBe(expected);
  });

  test('equal or older, in whole seconds: 409 with [] and the reason', async () => {
    await post(at(5, 100));
    for (const older of [at(5, 100), at(5, 900), at(4)]) {
      const answer = await post(older, 70);
      expect([answer.status, answer.body]).toEqual([409, '[]']);
      const itemId = /lineitems\/(\d+)/.exec(created)?.[1];
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
    expect(grade(created)).toMatchObject({ score: null, comments: [] });
    expect(Date.parse(grade(created)?.timestamp ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect((await post(at(3))).status).toBe(409);
  });

  test('a first-ever progress report is stamped so as well; an empty row is left untouched', async () => {
    const now = Date.UTC(2026, 5, 1);
    await simulator.close();
    let clock = now;
    simulator = await createSimulator({
      profile: 'moodle',
      tool: { jwksUrl: tool.jwksUrl },
      now: () => clock,
    });
    const url = simulator.addLineItem('1', {});
    clock = Date.now();
    client = new Client(await tool.token(simulator));
    clock = now;
    await post({ gradingProgress: 'Pending', ...at(1) }, 50, url);
    expect(grade(url)?.timestamp).toBe('2026-06-01T00:00:00.000Z');
    clock += 60_000;
    await post({ gradingProgress: 'Pending', timestamp: '2026-06-01T00:00:30.000Z' }, 50, url);
    expect(grade(url)?.timestamp).toBe('2026-06-01T00:00:00.000Z');
  });

  test('on an activity the timestamp is cleared: older ones are taken again', async () => {
    await post(at(10), 50, activity);
    await post({ ...at(11), gradingProgress: 'Pending' }, 50, activity);
    expect(grade(activity)).toMatchObject({ score: null, timestamp: null });
    expect((await post(at(1), 50, activity)).status).toBe(200);
  });

  test('a comment is plain text; a later score without it erases it', async () => {
    await post({ ...at(1), comment: '<b>well</b>' });
    expect(grade(created)?.comments).toEqual(['<b>well</b>']);
    await post(at(2));
    expect(grade(created)?.comments).toEqual([]);
  });

  test('a teacher’s edit: an older score is 409; a newer one counts on a created item, not on an activity', async () => {
    for (const url of [created, activity]) {
      await post(at(1), 50, url);
      const id = /lineitems\/(\d+)/.exec(url)?.[1] ?? '';
      simulator.teacher.editGrade(id, user, 11);
      expect((await post(at(2), 50, url)).status).toBe(409);
      const later = { timestamp: new Date(Date.now() + 60_000).toISOString() };
      expect((await post(later, 100, url)).status).toBe(200);
      expect(grade(url)).toMatchObject({ score: url === created ? 60 : 11, rawScore: 60 });
    }
  });

  test('a locked grade or column: 500 with []', async () => {
    const id = /lineitems\/(\d+)/.exec(created)?.[1] ?? '';
    simulator.teacher.lockGrade(id, user);
    const answer = await post({});
    expect([answer.status, answer.body]).toEqual([500, '[]']);
    simulator.teacher.lockGrade(id, user, false);
    simulator.teacher.lockLineItem(id);
    expect((await post({})).status).toBe(500);
  });

  test('by another course’s path: 200 if the user is enrolled there', async () => {
    const elsewhere = created.replace('/services.php/1/', '/services.php/2/');
    expect((await client.postScore(elsewhere, score('1001', 1))).status).toBe(200);
    expect((await client.postScore(elsewhere, score('1002', 1))).status).toBe(400);
  });

  test('the 409 check is not atomic: at once, an older one can stay, and a first grade can be a 502', async () => {
    simulator.setLatency(30);
    const first = await Promise.all([post(at(9), 90), post(at(1), 10)]);
    expect(first.map((answer) => answer.status)).toEqual([200, 502]);
    const later = await Promise.all([post(at(30), 90), post(at(20), 10)]);
    expect(later.map((answer) => answer.status)).toEqual([200, 200]);
    expect(grade(created)?.score).toBe(6);
    expect(simulator.state().counters).toMatchObject({ regressions: 1, overlappingPostsPerCell: 2 });
  });
});

describe('results and roster', () => {
  test('rows of those ever graded; a cleared one has only id and userId; timestamp with +00:00', async () => {
    await client.postScore(created, score('1001', 50, { comment: 'ok' }));
    await client.postScore(created, score('1002', null));
    const answer = await client.results(created);
    const rows = JSON.parse(answer.body);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual({
      id: `${on(created, '/results')}&user_id=1001`,
      userId: '1001',
      resultScore: 30,
      resultMaximum: 60,
      comment: 'ok',
      scoreOf: created,
      timestamp: '2026-01-01T10:00:00+00:00',
    });
    expect(Object.keys(rows[1])).toEqual(['id', 'userId']);
    expect(JSON.parse((await client.results(created, 'user_id=1002')).body)).toHaveLength(1);
    expect(JSON.parse((await client.results(created, 'user_id=abc')).body)).toHaveLength(2);
  });

  test('limit with type_id is a 404 page; without type_id it pages', async () => {
    for (const id of ['1001', '1002', '1003']) await client.postScore(created, score(id, 1));
    const broken = await client.results(created, 'limit=2');
    expect([broken.status, broken.body.includes('<html')]).toEqual([404, true]);
    const paged = await client.get(`${on(created, '/results').split('?')[0]}?limit=2`);
    expect(JSON.parse(paged.body)).toHaveLength(2);
    expect(Buffer.from(String(paged.headers.link), 'latin1').toString()).toContain('rel=“next”');
  });

  test('memberships: short roles, plain Link, role filter, unknown rlid 404', async () => {
    const url = simulator.courses[0]!.membershipsUrl;
    const first = await client.get(`${url}?limit=3`);
    expect(JSON.parse(first.body)).toMatchObject({
      context: { id: '1' },
      members: [{ roles: ['Instructor'] }, {}, {}],
    });
    expect(first.headers.link).toMatch(/^<[^>]+[?&]from=3>; rel="next"$/);
    const next = /<([^>]+)>/.exec(String(first.headers.link))?.[1] ?? '';
    const last = await client.get(next);
    expect([JSON.parse(last.body).members.length, last.headers.link]).toEqual([1, undefined]);
    const count = async (query: string) =>
      JSON.parse((await client.get(`${url}?${query}`)).body).members.length;
    expect(await count('role=Learner')).toBe(3);
    expect(
      await count(`role=${encodeURIComponent('http://purl.imsglobal.org/vocab/lis/v2/membership#Learner')}`),
    ).toBe(3);
    expect(await count('role=Nobody')).toBe(4);
    expect((await client.get(`${url}?rlid=99`)).status).toBe(404);
  });
});

test('outages: maintenance is a 503 page with Retry-After, the database a 500 page', async () => {
  simulator.addFault({ count: 1, action: { kind: 'maintenance' } });
  const maintenance = await client.get(lineItemsUrl);
  expect([maintenance.status, maintenance.headers['retry-after']]).toEqual([503, '300']);
  expect(maintenance.headers['content-type']).toContain('text/html');
  simulator.addFault({ count: 1, action: { kind: 'databaseDown' } });
  expect((await client.get(lineItemsUrl)).status).toBe(500);
});
