import { generateKeyPairSync, webcrypto } from 'node:crypto';
import type { PlatformAnswer, PlatformRequest } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { platformFor } from '../testing/store-fixture.ts';
import { fetchToken } from './fetch-token.ts';
import { SealBrokenError } from './secret-box.ts';
import { ToolKeyError } from './tool-key.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  format: 'der',
  type: 'pkcs8',
});
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const privateKey = await webcrypto.subtle.importKey('pkcs8', pem, algorithm, false, ['sign']);
const platform = platformFor('school', { audience: 'https://aud.test' });
const granted = answer(200, { access_token: 'abc', token_type: 'Bearer', expires_in: 60 });

function answer(status: number, body: unknown): PlatformAnswer {
  const head = { kind: 'response', stage: 'token', status, reasonPhrase: '', headers: {} } as const;
  return { ...head, body: JSON.stringify(body), truncated: false, durationMs: 1 };
}

async function run(given: PlatformAnswer, problems: Error[] = []) {
  const sent: PlatformRequest[] = [];
  const told: unknown[] = [];
  const ensured: number[] = [];
  const toolKeys = {
    signingKey: async (asked?: object) => {
      const problem = problems.shift();
      if (problem) throw problem;
      expect(asked).toBe(platform);
      return { kid: 'k1', privateKey };
    },
    ensure: async () => void ensured.push(1),
  };
  const send = async (request: PlatformRequest) => {
    sent.push(request);
    return given;
  };
  const events = { tokenFetched: (event: unknown) => void told.push(event) };
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
    expect(sent[0]).toMatchObject({ method: 'POST', url: 'https://school.example/token' });
    const assertion = new URLSearchParams(sent[0]?.body).get('client_assertion') ?? '';
    const [header, claims] = assertion.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header ?? '')).toMatchObject({ alg: 'RS256', kid: 'k1' });
    expect(JSON.parse(claims ?? '')).toMatchObject({ iss: 'client', sub: 'client', aud: 'https://aud.test' });
    expect(told).toEqual([{ platformId: 'school', kid: 'k1', ok: true, httpStatus: 200 }]);
  });

  it('hands back an answer that is no token', async () => {
    const refusal = answer(400, { error: 'invalid_client' });
    const { fetched, told } = await run(refusal);
    expect(fetched).toEqual({ ok: false, answer: refusal });
    expect(told).toEqual([{ platformId: 'school', kid: 'k1', ok: false, httpStatus: 400 }]);
  });

  it('makes the first key when there is none yet', async () => {
    const { fetched, ensured } = await run(granted, [new ToolKeyError('NO_KEY', 'there is none')]);
    expect(fetched.ok).toBe(true);
    expect(ensured).toBe(1);
  });

  it.each([
    [new ToolKeyError('UNKNOWN_KEY', 'the pinned key is not stored'), 'the pinned key is not stored'],
    [new SealBrokenError('told to nobody'), 'the encryption key does not open the tool key'],
  ])('asks nothing while there is nothing to sign with: %s', async (problem, detail) => {
    const { fetched, sent } = await run(granted, [problem]);
    expect(fetched).toMatchObject({ ok: false, answer: { kind: 'noResponse', maybeSeen: false, detail } });
    expect(sent).toHaveLength(0);
  });

  it('does not hide a fault of its own', async () => {
    await expect(run(granted, [new Error('Redis is away')])).rejects.toThrow('Redis is away');
  });
});
