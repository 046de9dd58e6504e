import { createCipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { SealBrokenError, SecretBox } from './secret-box.ts';

const key = randomBytes(32);
const box = new SecretBox(key);

test('opens what it sealed, never sealing alike twice', () => {
  for (const text of ['', 'a token', 'ünï😀', 'x'.repeat(10_000)]) {
    const sealed = box.seal(text, 'context');
    expect(box.open(sealed, 'context')).toBe(text);
    expect(sealed).not.toBe(box.seal(text, 'context'));
    expect(sealed).toMatch(/^v1\.[\w-]+\.[\w-]{8}$/);
  }
});

test('does not open in another context, with another key, or when changed', () => {
  const sealed = box.seal('a token', 'token of a');
  const changed = `${sealed.slice(0, 10)}${sealed[10] === 'A' ? 'B' : 'A'}${sealed.slice(11)}`;
  expect(() => box.open(sealed, 'token of b')).toThrow(SealBrokenError);
  expect(() => new SecretBox(randomBytes(32)).open(sealed, 'token of a')).toThrow('another encryption key');
  expect(() => box.open(changed, 'token of a')).toThrow(SealBrokenError);
  const short = `v1.${sealed.split('.')[1]!.slice(0, 30)}.${box.keyName}`;
  for (const other of ['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'plain text', `${sealed}x`, short]) {
    expect(() => box.open(other, 'token of a')).toThrow(SealBrokenError);
  }
});

test('takes a key of 32 bytes only', () => {
  expect(() => new SecretBox(randomBytes(31))).toThrow('needs 32 bytes, not 31');
  expect(() => new SecretBox(key, randomBytes(33))).toThrow('needs 32 bytes, not 33');
});

test('a previous key opens and never seals', () => {
  const both = new SecretBox(randomBytes(32), key);
  const old = box.seal('a token', 'token of a');
  expect(both.open(old, 'token of a')).toBe('a token');
  expect(both.previousKeyName).toBe(box.keyName);
  const fresh = both.seal('a token', 'token of a');
  expect(fresh.endsWith(`.${both.keyName}`)).toBe(true);
  expect(() => box.open(fresh, 'token of a')).toThrow(both.keyName);
  expect([both.sealedBy(fresh, 'token of a'), both.sealedBy(old, 'token of a')]).toEqual([
    'current',
    'previous',
  ]);
  for (const [sealed, context] of [
    [old, 'token of b'],
    [new SecretBox(randomBytes(32)).seal('x', 'token of a'), 'token of a'],
    ['plain text', 'token of a'],
  ] as const) {
    expect(both.sealedBy(sealed, context)).toBe('unknown');
  }
});

test('the name of a key is the same in every process and tells nothing of the key', () => {
  expect(new SecretBox(key).keyName).toBe(box.keyName);
  expect(new SecretBox(randomBytes(32)).keyName).not.toBe(box.keyName);
  expect(key.toString('base64url')).not.toContain(box.keyName);
});

test('boxes that name no key are tried with each', () => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('c'));
  const bytes = Buffer.concat([nonce, cipher.update('old'), cipher.final(), cipher.getAuthTag()]);
  const unnamed = `v1.${bytes.toString('base64url')}`;
  expect([box.open(unnamed, 'c'), box.sealedBy(unnamed, 'c')]).toEqual(['old', 'current']);
  const both = new SecretBox(randomBytes(32), key);
  expect([both.open(unnamed, 'c'), both.sealedBy(unnamed, 'c')]).toEqual(['old', 'previous']);
  expect(new SecretBox(randomBytes(32)).sealedBy(unnamed, 'c')).toBe('unknown');
});

test('hashes of a text are those of each key, the current one first', () => {
  const next = new SecretBox(randomBytes(32));
  const both = new SecretBox(Buffer.alloc(32, 1), key);
  expect(box.hashes('a', 'c')).toEqual([box.hash('a', 'c')]);
  expect(both.hashes('a', 'c')).toEqual([both.hash('a', 'c'), box.hash('a', 'c')]);
  const others = [box.hash('a', 'd'), box.hash('b', 'c'), next.hash('a', 'c')];
  expect(new Set([box.hash('a', 'c'), ...others]).size).toBe(4);
});
