import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MEDIA_TYPES } from './profiles/profile.ts';
import { createSimulator, type Simulator } from './simulator.ts';
import { ask, Client, FakeTool, score } from './testing/fake-tool.ts';

let tool: FakeTool;
let simulator: Simulator;
let client: Client;
let token: string;
let item: string;
const user = 'student-1';

beforeAll(async () => {
  tool = await FakeTool.start();
});
afterAll(async () => {
  await tool[Symbol.asyncDispose]();
});
beforeEach(async () => {
  simulator = await createSimulator({ tool: { jwksUrl: tool.jwksUrl } });
  token = await tool.token(simulator);
  client = new Client(token);
  item = simulator.courses[0]!.resourceLinks[0]!.lineItemUrl!;
  return async () => simulator.close();
});

const grade = () => simulator.cell(item, user)?.score;
const control = (method: string, path: string, body?: unknown) =>
  ask(`${simulator.url}/_sim/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('a restored backup leaves an older grade, or none, and takes the next', async () => {
  const shown = async () => JSON.parse((await client.get(`${item}/results`)).body);
  await client.postScore(item, score(user, 50));
  simulator.restoreCell(item, user, 30);
  expect(await shown()).toMatchObject([{ userId: user, resultScore: 30 }]);
  simulator.restoreCell(item, user, null);
  expect(await shown()).toEqual([]);
  expect((await client.postScore(item, score(user, 50))).status).toBe(204);
  expect(grade()).toBe(50);
});

describe('faults', () => {
  const post = (given = 50) => client.postScore(item, score(user, given));

  test('status with reason, headers and body; nothing is applied', async () => {
    simulator.addFault({
      match: { endpoint: 'scores' },
      count: 1,
      action: {
        kind: 'status',
        status: 503,
        reason: 'Busy',
        headers: { 'Retry-After': '7' },
        body: { error: 'x' },
      },
    });
    const answer = await post();
    expect([answer.status, answer.reason, answer.headers['retry-after'], answer.body]).toEqual([
      503,
      'Busy',
      '7',
      '{"error":"x"}',
    ]);
    expect(grade()).toBeUndefined();
    expect((await post()).status).toBe(204);
  });

  test('drop before applying, and apply then drop', async () => {
    simulator.addFault({ count: 1, action: { kind: 'drop' } });
    await expect(post()).rejects.toThrow(/ECONNRESET|hang up/);
    expect(grade()).toBeUndefined();
    simulator.addFault({ count: 1, action: { kind: 'drop', apply: true } });
    await expect(post()).rejects.toThrow(/ECONNRESET|hang up/);
    expect(grade()).toBe(50);
    expect(simulator.state().counters.answers).toMatchObject({ 'scores 0': 2 });
  });

  test('a page, half an answer, a huge answer', async () => {
    simulator.addFault({ count: 1, action: { kind: 'html' } });
    const page = await post();
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    simulator.addFault({ count: 1, action: { kind: 'truncate' } });
    await expect(client.get(item)).rejects.toThrow(/aborted|ECONNRESET/);
    simulator.addFault({ count: 1, action: { kind: 'huge', bytes: 300_000 } });
    expect((await client.get(item)).body).toHaveLength(300_002);
  });

  test('a delayed request is carried out though the tool has hung up', async () => {
    simulator.addFault({ count: 1, action: { kind: 'delay', ms: 500 } });
    const hangUp = new AbortController();
    const abandoned = fetch(`${item}/scores`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': MEDIA_TYPES.score },
      body: JSON.stringify(score(user, 40)),
      signal: hangUp.signal,
    });
    await expect.poll(() => simulator.state().counters.inFlight).toBe(1);
    hangUp.abort();
    await expect(abandoned).rejects.toThrow('abort');
    expect(grade()).toBeUndefined();
    await expect.poll(grade).toBe(40);
    expect(simulator.requests({ endpoint: 'scores' }).at(-1)).toMatchObject({ status: 0 });
    simulator.addFault({ count: 1, action: { kind: 'delay', ms: 50, apply: true } });
    const answer = post();
    await expect.poll(grade).toBe(50);
    expect((await answer).status).toBe(204);
  });

  test('hang ends with the simulator', async () => {
    simulator.addFault({ action: { kind: 'hang' } });
    const answer = post().catch(() => 'cut');
    await expect.poll(() => simulator.state().counters.inFlight).toBe(1);
    await simulator.close();
    expect(await answer).toBe('cut');
    simulator = await createSimulator();
  });

  test('throttle: seconds, date, bare', async () => {
    const retryAfter = async (form: 'seconds' | 'date' | 'none') => {
      simulator.addFault({ count: 1, action: { kind: 'throttle', retryAfter: form, retryAfterSeconds: 90 } });
      const answer = await post();
      expect(answer.status).toBe(429);
      return answer.headers['retry-after'];
    };
    expect(await retryAfter('seconds')).toBe('90');
    expect(Date.parse((await retryAfter('date')) ?? '') - Date.now()).toBeGreaterThan(60_000);
    expect(await retryAfter('none')).toBeUndefined();
  });

  test('revoked tokens and a skewed clock', async () => {
    simulator.addFault({ count: 1, action: { kind: 'clockSkew', ms: 4_000_000 } });
    const expired = await post();
    expect([expired.status, simulator.requests().at(-1)?.problem]).toEqual([401, 'tokenExpired']);
    simulator.addFault({ count: 1, action: { kind: 'revokeTokens' } });
    expect((await post()).status).toBe(401);
    expect(simulator.state().counters.tokensActive).toBe(0);
  });

  test('down by the control API cuts connections, goDown refuses them; both come back', async () => {
    await control('POST', 'down', {});
    await expect(post()).rejects.toThrow(/ECONNRESET|hang up/);
    await control('POST', 'up');
    expect((await post()).status).toBe(204);
    await simulator.goDown();
    await expect(post()).rejects.toThrow('ECONNREFUSED');
    await simulator.comeUp();
    expect((await post()).status).toBe(204);
  });
});

describe('what is counted', () => {
  test('overlapping posts of a cell, posts in flight, and the log', async () => {
    simulator.setLatency(30);
    const posts = [user, user, 'student-2'].map((each) => client.postScore(item, score(each, 1)));
    await Promise.all(posts);
    const { counters } = simulator.state();
    expect(counters).toMatchObject({
      maxScorePostsInFlight: 3,
      maxScorePostsPerCell: 2,
      overlappingPostsPerCell: 1,
      scoresStored: 3,
      inFlight: 0,
    });
    expect(simulator.requests({ endpoint: 'scores', userId: 'student-2' })).toMatchObject([
      { method: 'POST', status: 204, lineItemId: '1', timestamp: '2026-01-01T10:00:00.000Z', scoreGiven: 1 },
    ]);
  });

  test('one after the other never overlaps, however fast', async () => {
    for (let n = 0; n < 50; n += 1) await client.postScore(item, score(user, n));
    expect(simulator.state().counters.maxScorePostsPerCell).toBe(1);
  });

  test('reset', async () => {
    await client.postScore(item, score(user, 1));
    await control('POST', 'reset');
    expect(simulator.state().counters.requests).toEqual({});
    expect(grade()).toBe(1);
  });
});

describe('control API', () => {
  test('a fault is added, listed, fires and goes', async () => {
    const added = await control('POST', 'faults', { count: 1, action: { kind: 'status', status: 500 } });
    expect([added.status, JSON.parse(added.body)]).toEqual([201, { id: 'f1' }]);
    expect((await client.get(item)).status).toBe(500);
    expect(JSON.parse((await control('GET', 'faults')).body)).toMatchObject([
      { id: 'f1', fired: 1, spent: true },
    ]);
    expect((await control('DELETE', 'faults/f1')).status).toBe(200);
    expect((await control('DELETE', 'faults/f1')).status).toBe(404);
    const wrong = await control('POST', 'faults', { action: { kind: 'nothing' } });
    expect([wrong.status, JSON.parse(wrong.body).error]).toEqual([
      400,
      expect.stringContaining('action.kind'),
    ]);
  });

  test('a teacher’s deeds', async () => {
    await control('PUT', `line-items/1/users/${user}/grade`, { score: 12, comment: 'by hand' });
    expect(simulator.cell(item, user)).toMatchObject({
      score: 12,
      editedByTeacher: true,
      comments: ['by hand'],
    });
    const made = JSON.parse(
      (await control('POST', 'line-items', { label: 'By hand', scoreMaximum: 5 })).body,
    );
    expect((await client.get(made.lineItemUrl)).status).toBe(200);
    await control('DELETE', `line-items/${made.id}`);
    expect((await client.get(made.lineItemUrl)).status).toBe(404);
    await control('DELETE', `courses/1/users/${user}`);
    expect((await client.postScore(item, score(user, 1))).status).toBe(422);
    expect((await control('DELETE', 'courses/1/users/nobody')).status).toBe(404);
    const added = await control('POST', 'courses/1/users', { userId: 'late', name: 'Late Comer' });
    expect([added.status, JSON.parse(added.body).userId]).toEqual([201, 'late']);
    expect((await client.postScore(item, score('late', 1))).status).toBe(204);
  });

  test('registration and state', async () => {
    expect(JSON.parse((await control('GET', 'registration')).body)).toEqual({
      name: 'Simulator (generic)',
      issuer: simulator.url,
      clientId: 'gradewire-sandbox',
      deploymentIds: ['deployment-1'],
      tokenUrl: `${simulator.url}/token`,
      jwksUrl: `${simulator.url}/jwks`,
      profile: 'generic',
      serviceOrigins: [simulator.url],
    });
    expect(JSON.parse((await control('GET', 'state')).body)).toMatchObject({
      profile: 'generic',
      down: false,
    });
    expect((await control('GET', 'nothing')).status).toBe(404);
    expect((await control('POST', 'clock', { skewMs: 'much' })).status).toBe(400);
  });
});

test('a launch is signed with a key of the platform’s key set and names the services', async () => {
  const { idToken } = await simulator.launch({ userId: user, resourceLinkId: 'link-1', nonce: 'n-1' });
  const configuration = JSON.parse((await ask(`${simulator.url}/.well-known/openid-configuration`)).body);
  const keys = JSON.parse((await ask(configuration.jwks_uri)).body);
  expect(keys.keys[0].d).toBeUndefined();
  const { payload } = await jwtVerify(idToken, createLocalJWKSet(keys), {
    issuer: simulator.url,
    audience: 'gradewire-sandbox',
  });
  expect(payload).toMatchObject({
    sub: user,
    nonce: 'n-1',
    'https://purl.imsglobal.org/spec/lti/claim/message_type': 'LtiResourceLinkRequest',
    'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint': {
      lineitem: item,
      lineitems: simulator.courses[0]!.lineItemsUrl,
    },
    'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice': {
      context_memberships_url: simulator.courses[0]!.membershipsUrl,
    },
  });
  await expect(simulator.launch({ userId: 'nobody', resourceLinkId: 'link-1' })).rejects.toThrow('no such');
});

describe('kept gradebook', () => {
  let dataFolder: string;
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'simulator-'));
    return async () => rm(dataFolder, { recursive: true });
  });

  test('grades, columns, tokens and the signing key outlive a restart; so does what was removed', async () => {
    const options = { tool: { jwksUrl: tool.jwksUrl }, dataFolder };
    let url: string;
    let token: string;
    {
      await using first = await createSimulator(options);
      token = await tool.token(first);
      url = first.courses[0]!.resourceLinks[0]!.lineItemUrl!;
      await new Client(token).postScore(url, score(user, 42, { comment: 'kept' }));
      first.teacher.removeUser('1', 'student-2');
      await first.launch({ userId: user, resourceLinkId: 'link-1' });
    }
    await using second = await createSimulator(options);
    const moved = url.replace(/:\d+/, `:${new URL(second.url).port}`);
    expect(second.cell(moved, user)).toMatchObject({ score: 42, comments: ['kept'] });
    expect(second.courses[0]!.students.map((each) => each.userId)).not.toContain('student-2');
    expect(second.courses[0]!.resourceLinks).toHaveLength(1);
    expect((await new Client(token).get(moved)).status).toBe(200);
    expect(await readdir(dataFolder)).toEqual(['simulator-generic.json']);
  });

  test('saved by itself after a change', async () => {
    await using kept = await createSimulator({ dataFolder });
    kept.addLineItem('1', { label: 'x' });
    await expect.poll(() => readdir(dataFolder)).toEqual(['simulator-generic.json']);
  });

  test('an unreadable file is an error that names it, not an empty gradebook', async () => {
    await writeFile(join(dataFolder, 'simulator-generic.json'), '{"version":1,');
    await expect(createSimulator({ dataFolder })).rejects.toThrow('simulator-generic.json');
  });
});

describe('page', () => {
  test('shows who has what, newest first, and escapes everything', async () => {
    simulator.teacher.addUser('1', { userId: 'x', name: '<script>alert(1)</script>' });
    await client.postScore(item, score('student-2', 10));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await client.postScore(item, score('x', 87.5, { comment: '<img src=x onerror=alert(2)>' }));
    const page = await ask(`${simulator.url}/`);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).not.toContain('<img src=x');
    const table = page.body.slice(page.body.indexOf('<tbody>'));
    expect(table.indexOf('87.5')).toBeLessThan(table.indexOf('>10<'));
    for (const [, url] of page.body.matchAll(/(?:src|href)="([^"#][^"]*)"/g)) {
      expect(url).toMatch(/^(\/|data:,)/);
    }
  });

  test('is told of changes', async () => {
    const stream = await fetch(`${simulator.url}/_sim/events`);
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    await client.postScore(item, score(user, 5));
    let text = '';
    while (!text.includes('event: change')) text += (await reader.read()).value ?? '';
    await reader.cancel();
  });
});

test('an unknown profile or a number for a name on Moodle is refused', async () => {
  await expect(createSimulator({ profile: 'webct' as 'moodle' })).rejects.toThrow(
    'canvas, moodle, blackboard, brightspace, schoology, sakai, openedx, generic',
  );
  const courses = [{ students: [{ userId: 'ada' }] }];
  await expect(createSimulator({ profile: 'moodle', courses })).rejects.toThrow('"ada"');
});
