import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSimulator, type Simulator } from '../../simulator.ts';
import { ask, Client, FakeTool, on, score } from '../../testing/fake-tool.ts';
import { MEDIA_TYPES, SCOPES } from '../profile.ts';

const SUBMISSION = 'https://canvas.instructure.com/lti/submission';

let tool: FakeTool;
let simulator: Simulator;
let client: Client;
let lineItemsUrl: string;
let coupled: string;
let item: string;
let user: string;

beforeAll(async () => {
  tool = await FakeTool.start();
});
afterAll(async () => {
  await tool[Symbol.asyncDispose]();
});
beforeEach(async () => {
  simulator = await createSimulator({
    profile: 'canvas',
    tool: { jwksUrl: tool.jwksUrl },
    courses: [
      {
        students: 60,
        resourceLinks: [
          { id: 'l1', lineItem: { scoreMaximum: 50, allowedAttempts: 2 } },
          { id: 'l2', foreign: true, lineItem: {} },
          { id: 'l3' },
        ],
      },
    ],
  });
  client = new Client(await tool.token(simulator));
  const [course] = simulator.courses;
  lineItemsUrl = course!.lineItemsUrl;
  coupled = course!.resourceLinks[0]!.lineItemUrl!;
  user = course!.students[0]!.userId;
  item = JSON.parse((await client.createItem(lineItemsUrl, { label: 'Made', scoreMaximum: 50 })).body).id;
  return async () => simulator.close();
});

const message = (body: string): string => {
  const { errors } = JSON.parse(body);
  return Array.isArray(errors) ? errors[0].message : errors.message;
};
const now = () => Math.floor(Date.now() / 1000);

describe('token endpoint', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['aud', { aud: 'https://elsewhere.example' }, "the 'aud' is invalid"],
    ['iat too old', { iat: now() - 400 }, "the 'iat' must be less than 300 seconds old"],
    ['iat ahead', { iat: now() + 60 }, "the 'iat' must not be in the future"],
    ['expired', { exp: now() - 1 }, 'the JWT has expired'],
    ['missing', { jti: undefined, exp: undefined }, 'the following assertions are missing: exp,jti'],
    ['two at once', { aud: 'x', exp: now() - 1 }, "the 'aud' is invalid | the JWT has expired"],
    ['unknown client', { sub: 'nobody' }, 'JWS signature invalid.'],
  ])('%s', async (_name, claims, description) => {
    const answer = await tool.askToken(simulator, await tool.assertion(simulator, claims));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { error: 'invalid_request', error_description: description },
    ]);
  });

  test('iat 20 s ahead is within the leeway; a repeated jti is not looked at; aud may be a list', async () => {
    const { tokenUrl } = simulator.registration;
    const assertion = await tool.assertion(simulator, { iat: now() + 20, aud: ['x', tokenUrl] });
    expect((await tool.askToken(simulator, assertion)).status).toBe(200);
    expect((await tool.askToken(simulator, assertion)).status).toBe(200);
  });

  test('one scope that is not permitted refuses the request', async () => {
    simulator.setTool({ scopes: [SCOPES.score] });
    const answer = await tool.askToken(simulator, await tool.assertion(simulator));
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([400, 'invalid_scope']);
  });

  test('the tool’s key set out of reach: JWK Error', async () => {
    simulator.addFault({ match: { endpoint: 'jwksFetch' }, action: { kind: 'drop' } });
    const answer = await tool.askToken(simulator, await tool.assertion(simulator, {}, { kid: 'new' }));
    expect(JSON.parse(answer.body).error_description).toContain('JWK Error');
  });
});

describe('scores', () => {
  const post = (change: Record<string, unknown> = {}, given: number | null = 50, url = item) =>
    client.postScore(url, score(user, given, change));
  const cell = (url = item) => simulator.cell(url, user);

  test('success: 200 with resultUrl, scaled to the item', async () => {
    const answer = await post();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      resultUrl: expect.stringContaining('/results'),
      [SUBMISSION]: { content_items: [] },
    });
    expect(cell()).toMatchObject({ score: 25, attempts: 1 });
  });

  test.each<[Record<string, unknown>, number, string]>([
    [{ userId: undefined }, 400, 'is missing'],
    [{ activityProgress: undefined }, 400, 'is missing'],
    [{ timestamp: 'soon' }, 400, 'not a valid timestamp'],
    [{ scoreMaximum: undefined }, 422, 'ScoreMaximum not supplied when ScoreGiven present.'],
    [{ scoreMaximum: -1 }, 422, 'ScoreMaximum must be greater than or equal to 0'],
    [{ scoreMaximum: 0 }, 422, "cannot be zero if line item's maximum is not zero"],
    [{ scoreGiven: -1 }, 422, 'ScoreGiven must be greater than or equal to 0'],
    [{ userId: 'nobody' }, 422, 'User not found in course or is not a student'],
    [{ submission: { submittedAt: '2100-01-01T00:00:00Z' } }, 400, 'in the future'],
  ])('%j: %i', async (change, status, words) => {
    const answer = await post(change);
    expect(answer.status).toBe(status);
    expect(message(answer.body)).toContain(words);
  });

  test('older is 400 with both times, equal is taken, compared in ms', async () => {
    await post({ timestamp: '2026-01-01T10:00:00.500Z' });
    const older = await post({ timestamp: '2026-01-01T10:00:00.499Z' });
    expect([older.status, message(older.body)]).toEqual([
      400,
      'Provided timestamp of 2026-01-01T10:00:00.499Z before last updated timestamp of 2026-01-01T10:00:00.500Z',
    ]);
    expect((await post({ timestamp: '2026-01-01T10:00:00.500Z' })).status).toBe(200);
  });

  test('each post is an attempt, but for new_submission false, type none and the same submittedAt', async () => {
    const submission = { submittedAt: '2026-01-01T09:00:00Z' };
    await post({ submission });
    await post({ submission });
    await post({ [SUBMISSION]: { new_submission: false } });
    await post({ [SUBMISSION]: { submission_type: 'none' } });
    expect(cell()?.attempts).toBe(1);
    await post();
    expect(cell()?.attempts).toBe(2);
  });

  test('attempts run out: 422', async () => {
    await post({}, 50, coupled);
    await post({}, 50, coupled);
    const answer = await post({}, 50, coupled);
    expect([answer.status, message(answer.body)]).toEqual([
      422,
      expect.stringContaining('maximum number of allowed attempts has been reached'),
    ]);
  });

  test('non-final progress wipes the grade, unless preserve_score; PendingManual grades', async () => {
    await post();
    await post({ gradingProgress: 'Pending', [SUBMISSION]: { preserve_score: true } });
    expect(cell()?.score).toBe(25);
    await post({ gradingProgress: 'Pending' });
    expect(cell()?.score).toBeNull();
    await post({ gradingProgress: 'PendingManual' });
    expect(cell()?.score).toBe(25);
  });

  test('comments are appended, each time', async () => {
    await post({ comment: 'well done' });
    await post({ comment: 'well done' });
    expect(cell()?.comments).toEqual(['well done', 'well done']);
  });

  test('a grade stays with prioritize_non_tool_grade, else it is overwritten', async () => {
    const id = item.split('/').at(-1)!;
    const first = { [SUBMISSION]: { prioritize_non_tool_grade: true } };
    simulator.teacher.editGrade(id, user, 7);
    await post(first);
    expect(cell()?.score).toBe(7);
    await post();
    expect(cell()?.score).toBe(25);
    // The tool's own as well.
    await post(first, 80);
    expect(cell()?.score).toBe(25);
    simulator.teacher.editGrade(id, user, null);
    await post(first, 80);
    expect(cell()?.score).toBe(40);
  });

  test('files are handed in with an attempt, and named in the answer', async () => {
    const file = { type: 'file', url: 'https://tool.example/1.pdf', title: 'Essay' };
    const items = [file, { type: 'link', url: 'https://tool.example' }];
    const answer = await post({ [SUBMISSION]: { content_items: items, submission_type: 'none' } });
    expect(JSON.parse(answer.body)[SUBMISSION]).toEqual({ content_items: [file] });
    expect(cell()).toMatchObject({ files: [file.url], attempts: 1 });
    const other = { content_items: [{ ...file, url: 'https://tool.example/2.pdf' }], new_submission: false };
    await post({ [SUBMISSION]: other });
    expect(cell()).toMatchObject({ files: [file.url], attempts: 1 });
    const without = await post({ [SUBMISSION]: { submission_type: 'online_upload' } });
    expect([without.status, message(without.body)]).toEqual([
      422,
      "Content items must be provided with submission type 'online_upload'",
    ]);
  });

  test('the numeric id stands for the user too', async () => {
    expect((await post({ userId: '1001' })).status).toBe(200);
    expect(cell()?.score).toBe(25);
  });

  test('unpublished, concluded, locked, item gone, course gone', async () => {
    const id = item.split('/').at(-1)!;
    const said = async () => {
      const answer = await post();
      return [answer.status, message(answer.body)];
    };
    simulator.teacher.publishLineItem(id, false);
    expect(await said()).toEqual([422, 'This assignment is still unpublished']);
    simulator.teacher.publishLineItem(id, true);
    simulator.teacher.lockGrade(id, user);
    expect(await said()).toEqual([422, 'Cannot grade this submission at this time']);
    simulator.teacher.concludeCourse('1');
    expect(await said()).toEqual([422, expect.stringContaining('This course has concluded.')]);
    simulator.teacher.deleteLineItem(id);
    expect(await said()).toEqual([404, 'The specified resource does not exist.']);
    simulator.teacher.deleteCourse('1');
    expect(await said()).toEqual([404, 'Context is deleted or not found']);
  });

  test('401 texts', async () => {
    const said = async (who: Client) => message((await who.postScore(item, score(user, 1))).body);
    expect(await said(new Client('garbage'))).toContain('Invalid access token');
    const readonly = new Client(await tool.token(simulator, SCOPES.lineItemReadonly));
    expect(await said(readonly)).toBe('Insufficient permissions');
    simulator.setClockSkew(3_601_000);
    expect(await said(client)).toBe('Access token expired');
    simulator.setClockSkew(0);
    simulator.teacher.setToolAvailable('1', false);
    expect(await said(client)).toContain('not linked to a Tool associated with this Context');
    simulator.setTool({ enabled: false });
    expect(await said(client)).toBe('Unknown or inactive Developer Key');
  });
});

describe('line items and roster', () => {
  test('PUT changes what it names; deleting a coupled item is 401, empty', async () => {
    await client.putItem(item, { tag: 'final' });
    expect(JSON.parse((await client.get(item)).body)).toMatchObject({
      label: 'Made',
      tag: 'final',
      scoreMaximum: 50,
    });
    const refused = await client.deleteItem(coupled);
    expect([refused.status, refused.body]).toEqual([401, '']);
    expect((await client.deleteItem(item)).status).toBe(204);
    const gone = await client.get(item);
    expect([gone.status, gone.body]).toEqual([404, '']);
  });

  test('an item of another tool: 412', async () => {
    const other = simulator.courses[0]!.resourceLinks[1]!.lineItemUrl!;
    const answer = await client.get(other);
    expect([answer.status, message(answer.body)]).toEqual([
      412,
      'Tool does not have permission to view line_item',
    ]);
  });

  test.each([
    ['unknown', 404],
    ['l2', 422],
    ['l3', 412],
    ['l1', 201],
  ])('create on resource link %s: %i', async (resourceLinkId, status) => {
    const answer = await client.createItem(lineItemsUrl, { label: 'x', scoreMaximum: 1, resourceLinkId });
    expect(answer.status).toBe(status);
  });

  test('lists are paged by 10, memberships by 50 at most', async () => {
    for (let n = 0; n < 10; n += 1)
      await client.createItem(lineItemsUrl, { label: `i${n}`, scoreMaximum: 1 });
    const page = await client.get(lineItemsUrl, MEDIA_TYPES.lineItems);
    expect(JSON.parse(page.body)).toHaveLength(10);
    const next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1] ?? '';
    expect(JSON.parse((await client.get(next)).body)).toHaveLength(2);
    const roster = await client.get(`${simulator.courses[0]!.membershipsUrl}?limit=500`);
    expect(JSON.parse(roster.body).members).toHaveLength(50);
  });

  test('results by user', async () => {
    await client.postScore(item, score(user, 100));
    const [row] = JSON.parse((await client.results(item, `user_id=${user}`)).body);
    expect(row).toMatchObject({ userId: user, resultScore: 50, resultMaximum: 50, scoreOf: item });
  });
});

describe('throttle', () => {
  test('about a dozen in flight trip it: 403 text, X-Rate-Limit-Remaining, no Retry-After', async () => {
    simulator.setLatency(400);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.get(item)));
    const refused = answers.filter((answer) => answer.status === 403);
    expect(refused.length).toBeGreaterThan(5);
    expect(refused[0]?.body).toContain('403 Forbidden (Rate Limit Exceeded)');
    expect(refused[0]?.headers['x-rate-limit-remaining']).toBe('0.0');
    expect(refused[0]?.headers['retry-after']).toBeUndefined();
    expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThan(10);
  });

  test('one after the other is never refused, and every answer says what is left', async () => {
    for (let n = 0; n < 100; n += 1) {
      const answer = await client.send('POST', on(item, '/scores'), {
        headers: { 'content-type': MEDIA_TYPES.score },
        body: JSON.stringify(score(user, 1)),
      });
      expect(answer.status).toBe(200);
      expect(Number(answer.headers['x-rate-limit-remaining'])).toBeGreaterThan(400);
    }
  });
});

test('a launch from the navigation of a course has its line items, and no line item', async () => {
  const claim = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
  const { id } = simulator.courses[0]!;
  const launch = async (more: object) => {
    const { status, body } = await ask(`${simulator.url}/_sim/launch`, {
      method: 'POST',
      body: JSON.stringify({ userId: user, ...more }),
    });
    return { status, claims: status === 200 ? JSON.parse(body).claims : undefined };
  };
  const { claims } = await launch({ placement: 'navigation', courseId: id });
  expect(claims[claim]).toMatchObject({ lineitems: lineItemsUrl });
  expect(claims[claim]).not.toHaveProperty('lineitem');
  expect(claims['https://purl.imsglobal.org/spec/lti/claim/resource_link']).toEqual({ id });
  expect((await launch({ resourceLinkId: 'l1' })).claims[claim]).toHaveProperty('lineitem', coupled);
  expect((await launch({ placement: 'navigation', courseId: 'nowhere' })).status).toBe(404);
  expect((await launch({ placement: 'editor' })).status).toBe(400);
});
