import { decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ClientAssertionOptions, createClientAssertion } from './client-assertion.ts';

const NOW = Date.parse('2026-11-20T16:04:05.900Z');
let pair: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  pair = await generateKeyPair('RS256');
});

function assertion(options: Partial<ClientAssertionOptions> = {}): Promise<string> {
  return createClientAssertion({
    clientId: 'client-1',
    audience: 'https://lms.example/token',
    key: { kid: 'key-1', privateKey: pair.privateKey },
    now: () => NOW,
    ...options,
  });
}

describe('createClientAssertion', () => {
  it('is signed with the key it names', async () => {
    const jwt = await assertion({ now: Date.now });
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    await jwtVerify(jwt, pair.publicKey, {
      issuer: 'client-1',
      subject: 'client-1',
      audience: 'https://lms.example/token',
      requiredClaims: ['iss', 'sub', 'aud', 'iat', 'exp', 'jti'],
    });
  });

  it('lies five seconds back and lives at most five minutes, in whole seconds', async () => {
    const { iat, exp } = decodeJwt(await assertion());
    expect(iat).toBe(Math.floor(NOW / 1000) - 5);
    expect(exp! - iat!).toBeLessThanOrEqual(300);
    expect(exp! * 1000).toBeGreaterThan(NOW + 60_000);
  });

  it('leaves the audience as it is', async () => {
    expect(decodeJwt(await assertion({ audience: 'a' })).aud).toBe('a');
    expect(decodeJwt(await assertion({ audience: ['a'] })).aud).toEqual(['a']);
    expect(decodeJwt(await assertion({ audience: ['a', 'b'] })).aud).toEqual(['a', 'b']);
  });

  it('has another jti each time', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, async () => decodeJwt(await assertion()).jti));
    expect(new Set(ids).size).toBe(5);
    expect(decodeJwt(await assertion({ jti: () => 'mine' })).jti).toBe('mine');
  });

  it('names the deployment when there is one', async () => {
    const claim = 'https://purl.imsglobal.org/spec/lti/claim/deployment_id';
    expect(decodeJwt(await assertion({ deploymentId: '7' }))[claim]).toBe('7');
    expect(decodeJwt(await assertion())).not.toHaveProperty([claim]);
  });
});
