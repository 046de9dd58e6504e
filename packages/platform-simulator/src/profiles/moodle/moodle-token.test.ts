import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSimulator, type Simulator } from '../../simulator.ts';
import { ask, FakeTool, tokenForm } from '../../testing/fake-tool.ts';
import { SCOPES } from '../profile.ts';

let tool: FakeTool;
let simulator: Simulator;

beforeAll(async () => {
  tool = await FakeTool.start();
});
afterAll(async () => {
  await tool[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tool.jwksStatus = 200;
  simulator = await createSimulator({ profile: 'moodle', tool: { jwksUrl: tool.jwksUrl } });
  return async () => simulator.close();
});

const now = () => Math.floor(Date.now() / 1000);

test('success: 200 as text/html, 32 hex, 3600 s, no Cache-Control', async () => {
  const answer = await tool.askToken(simulator, await tool.assertion(simulator));
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.headers['cache-control']).toBeUndefined();
  expect(JSON.parse(answer.body)).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  expect(JSON.parse(answer.body).access_token).toMatch(/^[0-9a-f]{32}$/);
});

describe('scopes', () => {
  test('not permitted ones are left out silently, none left is invalid_scope', async () => {
    simulator.setTool({ scopes: [SCOPES.score] });
    const some = await tool.askToken(
      simulator,
      await tool.assertion(simulator),
      `${SCOPES.score} ${SCOPES.lineItem}`,
    );
    expect(JSON.parse(some.body).scope).toBe(SCOPES.score);
    const none = await tool.askToken(simulator, await tool.assertion(simulator), SCOPES.lineItem);
    expect([none.status, JSON.parse(none.body)]).toEqual([400, { error: 'invalid_scope' }]);
  });

  test('a duplicate is echoed twice, an empty one is invalid_request', async () => {
    const twice = await tool.askToken(
      simulator,
      await tool.assertion(simulator),
      `${SCOPES.score} ${SCOPES.score}`,
    );
    expect(JSON.parse(twice.body).scope).toBe(`${SCOPES.score} ${SCOPES.score}`);
    const empty = await tool.askToken(simulator, await tool.assertion(simulator), '');
    expect([empty.status, JSON.parse(empty.body)]).toEqual([400, { error: 'invalid_request' }]);
  });
});

test.each<[string, Record<string, unknown>]>([
  ['wrong aud', { aud: 'https://elsewhere.example' }],
  ['no aud', { aud: undefined }],
  ['array aud', { aud: ['https://elsewhere.example'] }],
  ['wrong iss', { iss: 'somebody' }],
  ['no iss', { iss: undefined }],
  ['no jti', { jti: undefined }],
  ['no iat', { iat: undefined }],
  ['no exp', { exp: undefined }],
  ['exp in a year', { exp: now() + 31_536_000 }],
])('%s is not checked', async (_name, claims) => {
  const answer = await tool.askToken(simulator, await tool.assertion(simulator, claims));
  expect(answer.status).toBe(200);
});

test('the same assertion twice is 200 both times', async () => {
  const assertion = await tool.assertion(simulator);
  expect((await tool.askToken(simulator, assertion)).status).toBe(200);
  expect((await tool.askToken(simulator, assertion)).status).toBe(200);
});

test('expired by a second is refused: no leeway', async () => {
  const answer = await tool.askToken(simulator, await tool.assertion(simulator, { exp: now() - 1 }));
  expect([answer.status, JSON.parse(answer.body)]).toEqual([400, { error: 'Expired token' }]);
});

test.each(['iat', 'nbf'])('%s 3 s in the future is refused: no leeway', async (claim) => {
  const answer = await tool.askToken(simulator, await tool.assertion(simulator, { [claim]: now() + 3 }));
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('Cannot handle token with iat prior to ');
});

describe('keys', () => {
  test('unknown kid answers with invalid JSON', async () => {
    const answer = await tool.askToken(simulator, await tool.assertion(simulator, {}, { kid: 'nobody' }));
    expect(answer.status).toBe(400);
    expect(answer.body).toBe('{ "error" : ""kid" invalid, unable to lookup correct key" }');
  });

  test('no kid', async () => {
    const answer = await tool.askToken(simulator, await tool.assertion(simulator, {}, { kid: undefined }));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { error: 'error/Error: kid must be provided in JWT header.' },
    ]);
  });

  test('wrong signature of a known kid', async () => {
    const [head, , signature] = (await tool.assertion(simulator)).split('.');
    const other = (await tool.assertion(simulator)).split('.')[1];
    const answer = await tool.askToken(simulator, `${head}.${other}.${signature}`);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { error: 'Signature verification failed' },
    ]);
  });

  test('HS256 and PS256 are refused, ES256 and RS512 taken', async () => {
    const [, payload] = (await tool.assertion(simulator)).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'HS256', kid: tool.kid })).toString('base64url');
    const symmetric = await tool.askToken(simulator, `${head}.${payload}.c2ln`);
    expect(JSON.parse(symmetric.body)).toEqual({ error: 'Incorrect key for this algorithm' });
    for (const [alg, status] of [
      ['PS256', 400],
      ['ES256', 200],
      ['RS512', 200],
    ] as const) {
      await tool.useNewKey(alg);
      const answer = await tool.askToken(simulator, await tool.assertion(simulator, {}, { alg }));
      expect([alg, answer.status]).toEqual([alg, status]);
      if (status === 400) expect(JSON.parse(answer.body)).toEqual({ error: 'Algorithm not supported' });
    }
    await tool.useNewKey();
  });

  test('the key set is cached, a removed key stays good, a new one works at once', async () => {
    await tool.token(simulator);
    const { jwksRequests } = tool;
    const removed = tool.keys;
    tool.keys = [];
    await tool.token(simulator);
    expect(tool.jwksRequests).toBe(jwksRequests);
    tool.keys = removed;
    await tool.useNewKey();
    await tool.token(simulator);
    expect(tool.jwksRequests).toBe(jwksRequests + 1);
  });

  test('the same kid with a new key works: fetched again after the failure', async () => {
    await tool.token(simulator);
    await tool.useNewKey('RS256', tool.kid);
    await expect(tool.token(simulator)).resolves.toMatch(/^[0-9a-f]{32}$/);
  });

  test('fetched again after a bad assertion too', async () => {
    await tool.token(simulator);
    const { jwksRequests } = tool;
    await tool.askToken(simulator, await tool.assertion(simulator, { exp: now() - 10 }));
    expect(tool.jwksRequests).toBe(jwksRequests + 1);
  });

  test('a key without alg works, and is fetched for every token', async () => {
    const kept = tool.keys;
    tool.keys = kept.map(({ alg: _, ...key }) => key);
    await tool.token(simulator);
    const { jwksRequests } = tool;
    await tool.token(simulator);
    expect(tool.jwksRequests).toBe(jwksRequests + 1);
    tool.keys = kept;
  });

  test.each([0, 500])('key set down (%i) and not cached: 404 with a page; cached: 200', async (status) => {
    tool.jwksStatus = status;
    const fresh = await tool.askToken(simulator, await tool.assertion(simulator));
    expect(fresh.status).toBe(404);
    expect(fresh.body).toContain('<html');
    tool.jwksStatus = 200;
    await tool.token(simulator);
    tool.jwksStatus = status;
    await tool.token(simulator);
  });

  test('empty key set', async () => {
    const kept = tool.keys;
    tool.keys = [];
    const answer = await tool.askToken(simulator, await tool.assertion(simulator));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { error: 'JWK Set did not contain any keys' },
    ]);
    tool.keys = kept;
  });
});

describe('the request', () => {
  const form = 'application/x-www-form-urlencoded';
  const post = (body: string, type = form) =>
    ask(simulator.registration.tokenUrl, { method: 'POST', headers: { 'content-type': type }, body });

  test('unknown sub, missing sub, malformed JWT', async () => {
    for (const [claims, error] of [
      [{ sub: 'nobody' }, 'invalid_client'],
      [{ sub: undefined }, 'invalid_request'],
    ] as const) {
      const answer = await tool.askToken(simulator, await tool.assertion(simulator, claims as JWTPayload));
      expect([answer.status, JSON.parse(answer.body)]).toEqual([400, { error }]);
    }
    const answer = await tool.askToken(simulator, 'not-a-jwt');
    expect(JSON.parse(answer.body)).toEqual({ error: 'invalid_request' });
  });

  test('wrong grant or assertion type, missing parameter, JSON, GET', async () => {
    const good = tokenForm(await tool.assertion(simulator));
    const errorOf = async (body: string, type?: string) => JSON.parse((await post(body, type)).body).error;
    expect(await errorOf(good.replace('client_credentials', 'password'))).toBe('unsupported_grant_type');
    expect(await errorOf(good.replace('jwt-bearer', 'saml'))).toBe('unsupported_grant_type');
    expect(await errorOf(good.replace('client_assertion=', 'other='))).toBe('invalid_request');
    expect(await errorOf(good, 'application/json')).toBe('invalid_request');
    const get = await ask(simulator.registration.tokenUrl);
    expect([get.status, JSON.parse(get.body).error]).toEqual([400, 'invalid_request']);
  });
});
