import { describe, expect, it } from 'vitest';
import { secretProblem } from './secret.ts';
import type { Scheme } from './verifier.ts';

const base64Of = (bytes: number) => Buffer.alloc(bytes, 0xfb).toString('base64');

describe('secretProblem', () => {
  it.each<[Scheme, string]>([
    ['standard', `whsec_${base64Of(24)}`],
    ['standard', base64Of(64)],
    ['standard', base64Of(25).replace(/=+$/, '')],
    ['github', "It's a Secret to Everybody"],
    ['hmac-sha256', 'x'.repeat(8)],
    ['hmac-sha256', 'ö'.repeat(512)],
    ['bearer', `gh_${'~'.repeat(40)}`],
  ])('takes for %s %s', (scheme, secret) => {
    expect(secretProblem(scheme, secret)).toBeUndefined();
  });

  it.each<[Scheme, string, RegExp]>([
    ['standard', `whsec_${base64Of(23)}`, /24 to 64 bytes/],
    ['standard', base64Of(65), /24 to 64 bytes/],
    ['standard', `whsec_whsec_${base64Of(32)}`, /base64/],
    ['standard', Buffer.alloc(32, 0xfb).toString('base64url'), /base64/],
    ['standard', 'not base64 at all, though it is long enough', /base64/],
    ['standard', '', /base64/],
    ['github', 'x'.repeat(7), /8 to 512 characters/],
    ['hmac-sha256', 'x'.repeat(513), /8 to 512 characters/],
    ['hmac-sha256', '', /8 to 512 characters/],
    ['bearer', 'x'.repeat(15), /16 to 512 characters/],
    ['bearer', 'with spaces in between', /visible ASCII/],
    ['bearer', 'schlüssel-mit-umlaut', /visible ASCII/],
  ])('refuses for %s %s', (scheme, secret, problem) => {
    expect(secretProblem(scheme, secret)).toMatch(problem);
  });
});
