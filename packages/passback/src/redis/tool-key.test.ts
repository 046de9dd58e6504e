import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateToolKey, publicJwkOf, publicPemOf, readToolKey, ToolKeyError } from './tool-key.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwk = rsa.privateKey.export({ format: 'jwk' });

describe('readToolKey', () => {
  test.each([
    ['PKCS#8 PEM', pkcs8],
    ['PKCS#1 PEM', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['a JWK', jwk],
    ['a JWK with kid, alg and use', { ...jwk, kid: 'k', alg: 'RS256', use: 'sig' }],
  ])('takes %s', (_, input) => {
    expect(readToolKey('k', input)).toMatchObject({ kty: 'RSA', n: jwk.n, d: jwk.d });
  });

  test.each([
    ['nothing', '', 'no private key in PEM'],
    [
      'a JWK of two keys',
      { ...jwk, n: String(otherRsa.privateKey.export({ format: 'jwk' }).n) },
      'not of one key',
    ],
    ...(['d', 'dp', 'dq', 'qi', 'p', 'q', 'e'] as const).map((part): [string, typeof jwk, string] => [
      `a JWK with another ${part}, with which some sign all the same`,
      { ...jwk, [part]: 'Aw' },
      'not of one key',
    ]),
    ['a broken PEM', pkcs8.replace(/\n.{20}/, '\n'), 'cannot be read'],
    [
      'a public PEM',
      rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      'this is the public key',
    ],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMII', 'this is a certificate'],
    ['an OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3', 'convert it to PEM'],
    [
      'an encrypted PEM',
      rsa.privateKey
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
        .toString(),
      'passphrase',
    ],
    ['an EC PEM', ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'must be RSA'],
    [
      'a small PEM',
      small.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'at least 2048 bits',
    ],
    ['a public JWK', rsa.publicKey.export({ format: 'jwk' }), 'this is the public key'],
    ['an EC JWK', ec.privateKey.export({ format: 'jwk' }), '"kty": "RSA"'],
    ['a JWK for encryption', { ...jwk, use: 'enc' }, 'not meant for signing'],
    ['a JWK for RS512', { ...jwk, alg: 'RS512' }, 'another "alg"'],
    ['a JWK with another kid', { ...jwk, kid: 'other' }, 'another kid'],
    ['a broken JWK', { kty: 'RSA', d: 'x' }, 'cannot be read'],
    ['a key set', { keys: [jwk] } as never, 'key set'],
  ])('refuses %s and says why', (_, input, problem) => {
    const read = () => readToolKey('k', input);
    expect(read).toThrow(ToolKeyError);
    expect(read).toThrow(problem);
  });

  test.each(['', 'a b', 'a/b', 'x'.repeat(129)])('refuses the kid %j', (kid) => {
    expect(() => readToolKey(kid, pkcs8)).toThrow('the kid takes');
  });
});

test('what is published of a new key holds nothing private', async () => {
  const key = await generateToolKey();
  const published = publicJwkOf('k', key);
  expect(Object.keys(published).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  expect(publicPemOf(published)).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
});
