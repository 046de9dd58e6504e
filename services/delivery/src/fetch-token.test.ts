import { generateKeyPairSync, webcrypto } from 'node:crypto';
import type { PlatformAnswer, PlatformRequest } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { fetchToken } from './fetch-token.ts';
import { answer, platformOf } from './testing/fakes.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  format: 'der',
  type: 'pkcs8',
});
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const privateKey = await webcrypto.subtle.importKey('pkcs8', pem, algorithm, false, ['sign']);
const granted = answer(
  200,
  { access_token: 'abc', token_type: 'Bearer', expires_in: 60 },
  { stage: 'token' },
);

async function run(given: PlatformAnswer, problems: string[] = []) {
  const sent: PlatformRequest[] = [];
  const told: unknown[] = [];
  const ensured: number[] = [];
  const toolKeys = {
    signingKey: async () => {
      const code = problems.shift();
      if (code) throw Object.assign(new Error(code), { code });
      return { kid: 'k1', privateKey };
    },
    ensure: async () => void ensured.push(1),
  };
  const send = async (request: PlatformRequest) => {
    sent.push(request);
    return given;
  };
  const events = { tokenFetched: (event: unknown) => void told.push(event) };
  const platform = platformOf({ audience: 'https://aud.test' });
  const fetched = await fetchToken({ toolKeys, send, events }, platform, ['scope-a', 'scope-b']);
  return { fetched, sent, told, ensured: ensured.length };
}

describe('fetchToken', () => {
  it('asks with a signed assertion of the platform’s own', async () => {
    const { fetched, sent, told } = await run(granted);
    expect(fetched).toMatchObject({
      ok: true,
      token: { accessToken: 'abc', scopes: ['scope-a', 'scope-b'] },
    });
    expect(sent[0]).toMatchObject({ method: 'POST', url: 'https://lms.test/token' });
    const assertion = new URLSearchParams(sent[0]?.body).get('client_assertion') ?? '';
    const [header, claims] = assertion.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header ?? '')).toMatchObject({ alg: 'RS256', kid: 'k1' });
    expect(JSON.parse(claims ?? '')).toMatchObject({ iss: 'client', sub: 'client', aud: 'https://aud.test' });
    expect(told).toEqual([{ platformId: 'school', ok: true, httpStatus: 200 }]);
  });

  it('hands back an answer that is no token', async () => {
    const refusal = answer(400, { error: 'invalid_client' }, { stage: 'token' });
    const { fetched, told } = await run(refusal);
    expect(fetched).toEqual({ ok: false, answer: refusal });
    expect(told).toEqual([{ platformId: 'school', ok: false, httpStatus: 400 }]);
  });

  it('makes the first key when there is none yet', async () => {
    const { fetched, ensured } = await run(granted, ['NO_KEY']);
    expect(fetched.ok).toBe(true);
    expect(ensured).toBe(1);
  });

  it('asks nothing while the pinned key is missing', async () => {
    const { fetched, sent } = await run(granted, ['UNKNOWN_KEY']);
    expect(fetched).toMatchObject({ ok: false, answer: { kind: 'noResponse', maybeSeen: false } });
    expect(sent).toHaveLength(0);
  });
});
