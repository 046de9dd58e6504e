import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { SealBrokenError, SecretBox } from './secret-box.ts';

const box = new SecretBox(randomBytes(32));

test('opens what it sealed, never sealing alike twice', () => {
  for (const text of ['', 'a token', 'ünï😀', 'x'.repeat(10_000)]) {
    const sealed = box.seal(text, 'context');
    expect(box.open(sealed, 'context')).toBe(text);
    expect(sealed).not.toBe(box.seal(text, 'context'));
    expect(sealed).toMatch(/^v1\.[\w-]+$/);
  }
});

test('does not open in another context, with another key, or when changed', () => {
  const sealed = box.seal('a token', 'token of a');
  const changed = `${sealed.slice(0, 10)}${sealed[10] === 'A' ? 'B' : 'A'}${sealed.slice(11)}`;
  expect(() => box.open(sealed, 'token of b')).toThrow(SealBrokenError);
  expect(() => new SecretBox(randomBytes(32)).open(sealed, 'token of a')).toThrow(SealBrokenError);
  expect(() => box.open(changed, 'token of a')).toThrow(SealBrokenError);
  for (const other of ['', 'v1.', 'v1.AAAA', 'v2.AAAA', 'plain text']) {
    expect(() => box.open(other, 'token of a')).toThrow(SealBrokenError);
  }
});

test('takes a key of 32 bytes only', () => {
  expect(() => new SecretBox(randomBytes(31))).toThrow('needs 32 bytes, not 31');
});
