import { type Outcome, renewToken, reresolve } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { answered, platformProblem } from './answered.ts';

const down = { ambiguous: false, systemic: true, finalReason: 'EXPIRED' } as const;
const words = { detail: 'its words' };

describe('platformProblem', () => {
  it.each<[string, Outcome, number, string, string]>([
    [
      'down',
      { kind: 'transient', reason: 'PLATFORM_DOWN', ...down, ...words },
      503,
      'PLATFORM_UNAVAILABLE',
      'PLATFORM_DOWN',
    ],
    [
      'a login page',
      { kind: 'transient', reason: 'UNEXPECTED_REDIRECT', ...down, ...words },
      502,
      'PLATFORM_REFUSED',
      'UNEXPECTED_REDIRECT',
    ],
    [
      'throttled',
      { kind: 'throttled', retryAfterMs: 6_100, ...words },
      503,
      'PLATFORM_UNAVAILABLE',
      'THROTTLED',
    ],
    [
      'unknown to it',
      { kind: 'holdCredentials', reason: 'CREDENTIALS_REJECTED', ...words },
      502,
      'PLATFORM_REFUSED',
      'CREDENTIALS_REJECTED',
    ],
    [
      'a renewed token refused',
      { ...renewToken('UNAUTHORIZED'), ...words },
      502,
      'PLATFORM_REFUSED',
      'UNAUTHORIZED',
    ],
    [
      'a column that is gone',
      { ...reresolve('LINE_ITEM_GONE'), ...words },
      422,
      'NOT_ON_PLATFORM',
      'LINE_ITEM_GONE',
    ],
    [
      'another’s page',
      { kind: 'dead', reason: 'ORIGIN_NOT_ALLOWED', ...words },
      422,
      'ORIGIN_NOT_ALLOWED',
      'ORIGIN_NOT_ALLOWED',
    ],
    [
      'scope',
      { kind: 'dead', reason: 'SCOPE_NOT_GRANTED', ...words },
      502,
      'PLATFORM_REFUSED',
      'SCOPE_NOT_GRANTED',
    ],
  ])('%s', (_, outcome, status, code, reason) => {
    const problem = platformProblem(outcome);
    expect(problem.toJSON()).toMatchObject({ status, code, reason, detail: 'its words' });
    expect(problem.toJSON().hint).toMatch(/\.$/);
    // Nothing was to be delivered, so nothing can be replayed.
    expect(problem.toJSON().hint).not.toMatch(/replay/);
  });

  it('says when to come back', () => {
    const outcome: Outcome = { kind: 'throttled', retryAfterMs: 6_100, detail: '' };
    expect(platformProblem(outcome).headers).toEqual({ 'Retry-After': '7' });
  });
});

describe('answered', () => {
  it('is what was asked for', () => {
    expect(answered({ ok: true, items: [1] }).items).toEqual([1]);
    expect(() => answered({ ok: false, outcome: { kind: 'throttled', detail: '' } })).toThrow();
  });
});
