import { describe, expect, it } from 'vitest';
import { readIdempotency } from './idempotency.ts';

const key = { keyId: 'k1', role: 'submit' } as const;
const read = (
  header: string | undefined,
  principal = key,
  route = 'POST /v1/scores',
  body: unknown = { a: 1 },
) => readIdempotency(header === undefined ? {} : { 'idempotency-key': header }, principal, route, body);

describe('readIdempotency', () => {
  it('is undefined without the header', () => {
    expect(read(undefined)).toBeUndefined();
  });

  it('is one for one API key, route and header, and shows none of them', () => {
    const one = read('abc')!;
    expect(read('abc')).toEqual(one);
    expect(read('abd')!.key).not.toBe(one.key);
    expect(read('abc', { ...key, keyId: 'k2' as 'k1' })!.key).not.toBe(one.key);
    expect(read('abc', key, 'POST /v1/scores/batch')!.key).not.toBe(one.key);
    expect(read('abc', key, 'POST /v1/scores', { a: 2 })).toMatchObject({ key: one.key });
    expect(read('abc', key, 'POST /v1/scores', { a: 2 })!.fingerprint).not.toBe(one.fingerprint);
    expect(one.key).toMatch(/^[\w-]{32}$/);
    expect(one.fingerprint).toMatch(/^[\w-]{43}$/);
  });

  it.each(['', ' ', 'a b', 'ü', 'x'.repeat(256)])('refuses %j', (header) => {
    expect(() => read(header)).toThrow(expect.objectContaining({ code: 'INVALID' }));
  });
});
