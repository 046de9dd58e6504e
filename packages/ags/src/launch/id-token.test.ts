import { createHmac } from 'node:crypto';
import { type CryptoKey, exportSPKI, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { goodClaims, type LaunchKey, launchKey } from '../testing/signed-launch.ts';
import { readIdToken, verifyIdToken } from './id-token.ts';
import type { KeyReading } from './platform-keys.ts';

const NOW = Date.parse('2026-11-20T16:04:05.900Z');
const expected = { issuer: 'https://lms.example', clientId: 'tool', deploymentIds: ['7'] };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
let key: LaunchKey;

beforeAll(async () => {
  key = await launchKey();
});

/** Verified against `key`, whatever the token names. */
function verify(idToken: string) {
  const find = async (_: string, { alg }: { alg: string }): Promise<KeyReading> => ({
    ok: true,
    key: (await importJWK({ ...key.jwk, alg }, alg)) as CryptoKey,
  });
  return verifyIdToken({ idToken, expected, jwksUrl: 'https://lms.example/jwks', keys: { find }, now: NOW });
}

const refusal = (code: string) => ({ ok: false, problem: { code, detail: expect.any(String) } });

describe('verifyIdToken', () => {
  it('gives the claims of a launch that the platform signed', async () => {
    const claims = goodClaims(NOW);
    expect(await verify(await key.sign(claims))).toEqual({ ok: true, claims });
  });

  it('takes the longer algorithms of the family', async () => {
    key = await launchKey('RS512');
    expect(await verify(await key.sign(goodClaims(NOW)))).toMatchObject({ ok: true });
    key = await launchKey();
  });

  it('refuses a claim that was changed after signing', async () => {
    const [header, , signature] = (await key.sign(goodClaims(NOW))).split('.');
    const changed = `${header}.${part({ ...goodClaims(NOW), sub: 'teacher' })}.${signature}`;
    expect(await verify(changed)).toEqual(refusal('SIGNATURE'));
  });

  it("refuses another's signature under the same kid", async () => {
    const other = await launchKey('RS256', key.jwk.kid);
    expect(await verify(await other.sign(goodClaims(NOW)))).toEqual(refusal('SIGNATURE'));
  });

  it('refuses no signature at all', async () => {
    const unsigned = (alg: string) => `${part({ alg, typ: 'JWT' })}.${part(goodClaims(NOW))}.`;
    expect(await verify(unsigned('none'))).toEqual(refusal('ALGORITHM'));
    expect(await verify(unsigned('None'))).toEqual(refusal('ALGORITHM'));
    expect(await verify(unsigned('RS256'))).toEqual(refusal('SIGNATURE'));
  });

  it('refuses the public key used as a secret', async () => {
    const secret = await exportSPKI((await importJWK(key.jwk, 'RS256')) as CryptoKey);
    const signed = `${part({ alg: 'HS256', kid: key.jwk.kid })}.${part(goodClaims(NOW))}`;
    const forged = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    expect(await verify(forged)).toEqual(refusal('ALGORITHM'));
  });

  it('refuses what extensions a header says are critical', async () => {
    const [, claims, signature] = (await key.sign(goodClaims(NOW))).split('.');
    const header = part({ alg: 'RS256', kid: key.jwk.kid, crit: ['b64'], b64: false });
    expect(await verify(`${header}.${claims}.${signature}`)).toEqual(refusal('SIGNATURE'));
  });

  it('asks for no key when the claims are not good', async () => {
    const find = () => Promise.reject(new Error('asked'));
    const idToken = await key.sign({ ...goodClaims(NOW), aud: 'other' });
    const options = { idToken, expected, jwksUrl: 'https://lms.example/jwks', keys: { find }, now: NOW };
    expect(await verifyIdToken(options)).toEqual(refusal('AUDIENCE'));
  });

  it('passes on why there is no key', async () => {
    const problem = { code: 'KEYS_UNREADABLE' as const, detail: 'cannot be verified' };
    const find = async () => ({ ok: false as const, problem });
    const idToken = await key.sign(goodClaims(NOW));
    const options = { idToken, expected, jwksUrl: 'https://lms.example/jwks', keys: { find }, now: NOW };
    expect(await verifyIdToken(options)).toEqual({ ok: false, problem });
  });
});

describe('readIdToken', () => {
  it.each([
    ['nothing', ''],
    ['words', 'not a token'],
    ['two parts', `${part({ alg: 'RS256' })}.${part({})}`],
    ['four parts', `${part({ alg: 'RS256' })}.${part({})}.x.y`],
    ['a header that is no JSON', `e30x.${part({})}.x`],
    ['claims that are a list', `${part({ alg: 'RS256' })}.${part([])}.x`],
    ['padding', `${part({ alg: 'RS256' })}=.${part({})}.x`],
    ['an encrypted token', `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`],
  ])('does not take %s', (_, text) => {
    expect(readIdToken(text)).toEqual(refusal('NOT_A_TOKEN'));
  });

  it.each([['ES256'], ['PS256'], ['HS512'], ['rs256'], [undefined], [{}]])('does not take alg %j', (alg) => {
    expect(readIdToken(`${part({ alg })}.${part({})}.x`)).toEqual(refusal('ALGORITHM'));
  });
});
