import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { startTestRedis, type TestRedis } from '@gradewire/local-redis/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from './routes/index.ts';
import { platformBody, scoreBody, startTestIngest, type TestIngest } from './testing/test-ingest.ts';

let redis: TestRedis;
let test: TestIngest;

beforeAll(async () => {
  redis = await startTestRedis();
  test = await startTestIngest(redis.url);
  await test.putPlatform('mine');
  await test.putPlatform('theirs');
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
  await redis.stop();
});

const concrete = (path: string) => path.replace('{platformId}', 'mine').replaceAll(/\{\w+\}/g, 'x');

describe('every route', () => {
  it.each(ROUTES.map((route) => [route.method.toUpperCase(), route.path, route.role] as const))(
    '%s %s is open only as it says (%s)',
    async (method, path, role) => {
      for (const authorization of ['', 'Bearer gw_0123456789abcdef_nobody', 'Basic eA==']) {
        const answer = await test.call(method, concrete(path), undefined, { authorization });
        // A webhook is open to whoever signs it.
        const signed = path === '/v1/webhooks/{sourceId}';
        if (signed) expect([answer.status, answer.body.code]).toEqual([401, 'WEBHOOK_REFUSED']);
        else if (role === 'open') expect(answer.status).toBe(200);
        else {
          expect([answer.status, answer.body.code]).toEqual([401, 'UNAUTHENTICATED']);
          expect(answer.headers.get('www-authenticate')).toBe('Bearer');
        }
      }
    },
  );

  it('asks for its role and not more', async () => {
    const ranks = ['submit', 'operate', 'admin'];
    const calls = await Promise.all(ranks.map((role) => test.withKey(role)));
    for (const route of ROUTES.filter(
      ({ role, path }) => role !== 'open' && path !== '/v1/tool-keys/rotate',
    )) {
      for (const [rank, call] of calls.entries()) {
        const { status } = await call(route.method.toUpperCase(), concrete(route.path));
        const forbidden = rank < ranks.indexOf(route.role);
        expect(`${route.method} ${route.path} ${ranks[rank]} ${status === 403}`).toBe(
          `${route.method} ${route.path} ${ranks[rank]} ${forbidden}`,
        );
      }
      if (route.method === 'delete') await test.putPlatform('mine');
    }
  });
});

describe('a key for some platforms', () => {
  it('does not reach the others, nor learns what is there', async () => {
    const mine = await test.withKey('admin', ['mine']);
    const { body: foreign } = await test.call('POST', '/v1/scores', scoreBody('theirs'));
    expect((await mine('POST', '/v1/scores', scoreBody('mine'))).status).toBe(202);
    expect((await mine('POST', '/v1/scores', scoreBody('theirs'))).status).toBe(403);
    expect((await mine('POST', '/v1/scores', scoreBody('nowhere'))).status).toBe(403);
    const batch = await mine('POST', '/v1/scores/batch', {
      scores: [scoreBody('mine'), scoreBody('theirs')],
    });
    expect(batch.body.results.map(({ status }: { status: number }) => status)).toEqual([202, 403]);

    for (const [method, path] of [
      ['GET', `/v1/scores/${foreign.id}`],
      ['DELETE', `/v1/scores/${foreign.id}`],
      ['POST', `/v1/dead-letters/${foreign.id}/replay`],
      ['GET', '/v1/platforms/theirs'],
      ['DELETE', '/v1/platforms/theirs'],
      ['GET', '/v1/lanes/theirs'],
      ['POST', '/v1/lanes/theirs/pause'],
    ] as const) {
      expect([path, (await mine(method, path)).status]).toEqual([path, 404]);
    }
    for (const path of ['/v1/scores?platformId=theirs', '/v1/dead-letters?platformId=theirs']) {
      expect((await mine('GET', path)).status).toBe(403);
    }
    expect((await mine('POST', '/v1/replays', { filter: { platformId: 'theirs' } })).status).toBe(403);
    expect((await mine('PUT', '/v1/platforms/theirs', platformBody('theirs'))).status).toBe(403);
    const lanes = await mine('GET', '/v1/lanes');
    expect(lanes.body.data.map(({ platformId }: { platformId: string }) => platformId)).toEqual(['mine']);
    const platforms = await mine('GET', '/v1/platforms');
    expect(platforms.body.data.map(({ id }: { id: string }) => id)).toEqual(['mine']);
  });

  it('hands out no more than it has', async () => {
    const mine = await test.withKey('admin', ['mine']);
    expect((await mine('POST', '/v1/keys', { name: 'a', role: 'admin' })).status).toBe(403);
    expect(
      (await mine('POST', '/v1/keys', { name: 'a', role: 'submit', platformIds: ['theirs'] })).status,
    ).toBe(403);
    expect(
      (await mine('POST', '/v1/keys', { name: 'a', role: 'submit', platformIds: ['mine'] })).status,
    ).toBe(201);
    expect((await mine('POST', '/v1/tool-keys/rotate')).status).toBe(403);
    const { body: all } = await test.call('POST', '/v1/keys', { name: 'all', role: 'submit' });
    expect((await mine('DELETE', `/v1/keys/${all.id}`)).status).toBe(404);
    const listed = await mine('GET', '/v1/keys');
    expect(
      listed.body.data.every(({ platformIds }: { platformIds: string[] }) => platformIds.includes('mine')),
    ).toBe(true);
  });
});

describe('keys', () => {
  it('are shown once, listed without their secret, and revoked', async () => {
    const created = await test.call('POST', '/v1/keys', { name: 'grader', role: 'submit' });
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    const list = await test.call('GET', '/v1/keys');
    expect(JSON.stringify(list.body)).not.toContain(created.body.key);
    expect(list.body.data).toContainEqual(
      expect.objectContaining({ id: created.body.id, name: 'grader', role: 'submit' }),
    );
    expect((await test.call('DELETE', `/v1/keys/${created.body.id}`)).status).toBe(204);
    expect((await test.call('DELETE', `/v1/keys/${created.body.id}`)).status).toBe(404);
    const authorization = `Bearer ${created.body.key}`;
    expect((await test.call('GET', '/v1/scores?platformId=mine', undefined, { authorization })).status).toBe(
      401,
    );
  });

  it('are listed page by page', async () => {
    for (const name of ['a', 'b', 'c']) await test.call('POST', '/v1/keys', { name, role: 'submit' });
    const all = (await test.call('GET', '/v1/keys')).body;
    expect(all.nextCursor).toBeUndefined();
    const paged: unknown[] = [];
    for (let query = '?limit=2'; ; ) {
      const { body } = await test.call('GET', `/v1/keys${query}`);
      expect(body.data.length).toBeLessThanOrEqual(2);
      paged.push(...body.data);
      if (body.nextCursor === undefined) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    expect(paged).toEqual(all.data);
  });

  it.each([
    [{ role: 'submit' }, '/name'],
    [{ name: 'x', role: 'root' }, '/role'],
    [{ name: 'x', role: 'submit', platformIds: [] }, '/platformIds'],
    [{ name: 'x', role: 'submit', platformIds: ['A'] }, '/platformIds/0'],
    [{ name: ' ', role: 'submit' }, '/name'],
  ])('refuse %j', async (body, pointer) => {
    const answer = await test.call('POST', '/v1/keys', body);
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe('tool keys', () => {
  it('are published as a key set and, the signing one, as PEM', async () => {
    const { body, headers } = await test.call('GET', '/.well-known/jwks.json');
    expect(body.keys[0]).toEqual({
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      kid: expect.any(String),
      n: expect.any(String),
      e: 'AQAB',
    });
    expect(headers.get('cache-control')).toContain('max-age');
    const pem = await test.call('GET', '/.well-known/public-key.pem');
    expect(pem.headers.get('content-type')).toContain('text/plain');
    expect(createPublicKey(pem.body).export({ format: 'jwk' }).n).toBe(body.keys[0].n);
  });

  it('rotate, and the older ones stay published', async () => {
    const before = await test.call('GET', '/.well-known/jwks.json');
    const rotated = await test.call('POST', '/v1/tool-keys/rotate');
    expect(rotated.status).toBe(201);
    expect(Date.parse(rotated.body.signsFrom)).toBeGreaterThan(Date.now());
    const kids = (await test.call('GET', '/.well-known/jwks.json')).body.keys.map(
      ({ kid }: { kid: string }) => kid,
    );
    expect(kids).toEqual(expect.arrayContaining([rotated.body.kid, before.body.keys[0].kid]));
  });

  it('are imported as PEM or JWK, show nothing private, and can be pinned', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const jwk = privateKey.export({ format: 'jwk' });
    const imported = await test.call('PUT', '/v1/tool-keys/old-key', { pem });
    expect(imported.status).toBe(201);
    expect(JSON.stringify(imported.body)).not.toContain(jwk.d!);
    for (const body of [{ jwk }, jwk])
      expect((await test.call('PUT', '/v1/tool-keys/old-key', body)).status).toBe(200);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const taken = await test.call('PUT', '/v1/tool-keys/old-key', { jwk: other });
    expect([taken.status, taken.body.code]).toEqual([409, 'TOOL_KEY_CONFLICT']);
    await test.putPlatform('mine', { toolKeyId: 'old-key' });
  });

  it.each([
    [{ pem: 'no key' }],
    [
      {
        pem: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
          type: 'spki',
          format: 'pem',
        }),
      },
    ],
    [{ jwk: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }) }],
    [{ kty: 'EC' }],
    [{}],
  ])('are refused when they are none', async (body) => {
    const answer = await test.call('PUT', '/v1/tool-keys/new-key', body);
    expect([answer.status, answer.body.code]).toEqual([422, 'INVALID']);
  });
});

describe('the rest of HTTP', () => {
  it('knows no other path or method', async () => {
    const missing = await test.call('GET', '/v1/nothing');
    expect([missing.status, missing.headers.get('content-type')]).toEqual([
      404,
      expect.stringContaining('problem+json'),
    ]);
    const method = await test.call('PATCH', '/v1/scores', {});
    expect([method.status, method.body.code, method.headers.get('allow')]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      'POST, GET',
    ]);
  });

  it('sends the headers of a careful server', async () => {
    const { headers } = await test.call('GET', '/healthz');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('limits the requests of one key, not of the others', async () => {
    await using limited = await startTestIngest(redis.url, {
      overrides: { rateLimit: { windowMs: 60_000, limit: 2 } },
    });
    const keyOf = async () =>
      `Bearer ${(await test.call('POST', '/v1/keys', { name: 'x', role: 'submit' })).body.key}`;
    const [first, second] = [await keyOf(), await keyOf()];
    const ask = (authorization: string) =>
      limited.call('GET', '/v1/scores?platformId=mine', undefined, { authorization });
    expect([(await ask(first)).status, (await ask(first)).status]).toEqual([200, 200]);
    const refused = await ask(first);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'RATE_LIMITED',
      '60',
    ]);
    expect((await ask(second)).status).toBe(200);
  });
});
