import { describe, expect, it } from 'vitest';
import {
  authenticate,
  bearerKey,
  mayUse,
  requireAllPlatforms,
  requirePlatform,
  requireRole,
} from './auth.ts';

describe('bearerKey', () => {
  it.each([
    ['Bearer gw_abc', 'gw_abc'],
    ['bearer  gw_abc ', 'gw_abc'],
    ['Basic gw_abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j holds %j', (header, key) => {
    expect(bearerKey(header)).toBe(key);
  });
});

describe('authenticate', () => {
  const admin = 'a'.repeat(32);
  const verify = async (key: string) =>
    key === 'gw_known' ? { keyId: 'k1', role: 'submit' as const } : undefined;

  it("knows the bootstrap key and the store's keys", async () => {
    expect(await authenticate(`Bearer ${admin}`, admin, verify)).toEqual({
      keyId: 'bootstrap',
      role: 'admin',
    });
    expect(await authenticate('Bearer gw_known', admin, verify)).toEqual({ keyId: 'k1', role: 'submit' });
  });

  it.each([undefined, 'Bearer gw_unknown', 'Basic x'])('refuses %j', async (header) => {
    await expect(authenticate(header, admin, verify)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      headers: { 'WWW-Authenticate': 'Bearer' },
    });
  });

  it('has no bootstrap key unless one is configured', async () => {
    await expect(authenticate('Bearer undefined', undefined, verify)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});

describe('rights', () => {
  it.each([
    ['submit', 'submit', true],
    ['submit', 'operate', false],
    ['submit', 'admin', false],
    ['operate', 'submit', true],
    ['operate', 'admin', false],
    ['admin', 'operate', true],
  ] as const)('a key with %s asked for %s: %s', (has, needs, allowed) => {
    const ask = () => requireRole({ keyId: 'k', role: has }, needs);
    if (allowed) expect(ask).not.toThrow();
    else expect(ask).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('end at the platforms of the key', () => {
    const key = { keyId: 'k', role: 'admin', platformIds: ['a'] } as const;
    const narrow = { ...key, platformIds: ['a'] };
    expect([mayUse(narrow, 'a'), mayUse(narrow, 'b')]).toEqual([true, false]);
    expect(() => requirePlatform(narrow, 'b')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(() => requireAllPlatforms(narrow)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
    expect(() => requireAllPlatforms({ keyId: 'k', role: 'admin' })).not.toThrow();
  });
});
