import { describe, expect, it } from 'vitest';
import { SERVICE_FINDINGS, SILENCE_FINDINGS, TOKEN_FINDING_RULES } from './finding-rules.ts';
import { FINDINGS, hintOf } from './findings.ts';
import { GUIDES } from './guides.ts';
import { PROFILE_NAMES } from './profiles.ts';

describe('findings', () => {
  it.each(Object.entries(FINDINGS))('%s says in a few sentences what to do', (_code, { hint }) => {
    expect(hint.length).toBeGreaterThan(50);
    expect(hint.length).toBeLessThan(320);
    expect(hint).toMatch(/\.$/);
    expect(hint).not.toMatch(/\b(JWT|JWKS|OIDC|OAuth|assertion|claims)\b/);
  });

  it('name a place on every platform where they send somebody there', () => {
    for (const profile of PROFILE_NAMES) {
      for (const sentence of Object.values(GUIDES[profile].topics)) expect(sentence).toMatch(/^\S.*\.$/);
      expect(hintOf('KEY_UNKNOWN', profile)).toContain(GUIDES[profile].topics.keySet);
    }
    expect(hintOf('THROTTLED', 'canvas')).toBe(FINDINGS.THROTTLED.hint);
    expect(hintOf('LOGIN_PAGE', 'canvas')).toContain('/login/oauth2/token');
    expect(hintOf('LOGIN_PAGE', 'canvas', true)).toBe(FINDINGS.LOGIN_PAGE.hint);
    expect(hintOf('TOOL_NOT_IN_COURSE', 'canvas', true)).toContain('By Client ID');
  });

  it('are all reached, and each rule names its source', () => {
    for (const { source } of TOKEN_FINDING_RULES) expect(source).toMatch(/\S/);
    const ours = [
      'CONFIGURATION',
      'ISSUER',
      'KEY_',
      'TOKEN_URL',
      'SCORES',
      'RESULTS',
      'DEPLOYMENT',
      'HTTPS_NOT',
    ];
    const reached = new Set<string>([
      ...TOKEN_FINDING_RULES.map(({ finds }) => finds),
      ...Object.values(SILENCE_FINDINGS),
      ...Object.values(SERVICE_FINDINGS),
    ]);
    const left = Object.keys(FINDINGS).filter((code) => !reached.has(code));
    expect(left.filter((code) => !ours.some((start) => code.startsWith(start)))).toEqual(['REDIRECTED']);
  });
});
