import type { PlatformAnswer } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { judgeCallbackAnswer, retryDelayMs } from './callback-attempt.ts';
import { NEW_ENDPOINT } from './callback-endpoint.ts';
import { NOW, response, silence } from './testing/classification.ts';

describe('judgeCallbackAnswer', () => {
  it.each<[PlatformAnswer, object]>([
    [response(200), { kind: 'delivered', httpStatus: 200 }],
    [response(204), { kind: 'delivered', httpStatus: 204 }],
    [response(299), { kind: 'delivered', httpStatus: 299 }],
    [
      response(500, 'a page', { reasonPhrase: 'Internal Server Error' }),
      {
        kind: 'failed',
        httpStatus: 500,
        reason: 'STATUS',
        error: '500 Internal Server Error',
        isGone: false,
      },
    ],
    [response(404), { kind: 'failed', httpStatus: 404, reason: 'STATUS', error: '404', isGone: false }],
    [
      response(410, '', { reasonPhrase: 'Gone' }),
      { kind: 'failed', httpStatus: 410, reason: 'GONE', error: '410 Gone', isGone: true },
    ],
    [
      response(302, '', { reasonPhrase: 'Found', headers: { location: 'https://elsewhere.example' } }),
      {
        kind: 'failed',
        httpStatus: 302,
        reason: 'REDIRECT',
        error: '302 Found (redirects are not followed)',
        isGone: false,
      },
    ],
    [
      response(503, '', { headers: { 'retry-after': '120' } }),
      {
        kind: 'failed',
        httpStatus: 503,
        reason: 'STATUS',
        error: '503',
        isGone: false,
        retryAfterMs: 120_000,
      },
    ],
    [silence('TIMEOUT', true), { kind: 'failed', reason: 'TIMEOUT', error: 'no answer', isGone: false }],
    [
      silence('PRIVATE_ADDRESS', false),
      { kind: 'failed', reason: 'PRIVATE_ADDRESS', error: 'no answer', isGone: false },
    ],
  ])('%j', (answer, expected) => {
    expect(judgeCallbackAnswer(answer, NOW)).toEqual(expected);
  });

  it('keeps little of what an endpoint says', () => {
    const judged = judgeCallbackAnswer(
      response(500, 'x'.repeat(9_999), { reasonPhrase: 'no\u0007'.repeat(99) }),
      NOW,
    );
    expect(judged).toMatchObject({ error: expect.stringMatching(/^500 [no ]{1,116}$/) });
  });
});

describe('retryDelayMs', () => {
  const retry = { baseMs: 1_000, maxMs: 60_000, maxAgeMs: 100_000 };
  const random = () => 0.5;
  const open = { failures: 9, openedMs: 10_000, open: { sinceMs: 50_000, level: 3, probeAtMs: 99_000 } };
  const taken = { tries: 0, isProbe: false };

  it.each([
    ['at first', taken, NEW_ENDPOINT, 0, undefined, 500],
    [
      'longer each time',
      { ...taken, tries: 3, firstFailureMs: 0, openedBeforeMs: 0 },
      NEW_ENDPOINT,
      9,
      undefined,
      4_000,
    ],
    [
      'no longer than the longest',
      { ...taken, tries: 30, firstFailureMs: 0, openedBeforeMs: 0 },
      NEW_ENDPOINT,
      9,
      undefined,
      30_000,
    ],
    ['as long as asked', taken, NEW_ENDPOINT, 0, 90_000, 90_000],
    ['an hour at most', taken, NEW_ENDPOINT, 0, 9_000_000, 3_600_000],
    [
      'never when it is too old',
      { ...taken, firstFailureMs: 0, openedBeforeMs: 0 },
      NEW_ENDPOINT,
      100_000,
      undefined,
      undefined,
    ],
    ['not before', { ...taken, firstFailureMs: 0, openedBeforeMs: 0 }, NEW_ENDPOINT, 99_999, undefined, 500],
    // Held from 50 s on and for 10 s before, of which 4 s were before its first failure.
    [
      'time held is not counted',
      { ...taken, firstFailureMs: 0, openedBeforeMs: 4_000 },
      open,
      110_000,
      undefined,
      500,
    ],
    [
      'until that is too long too',
      { ...taken, firstFailureMs: -90_000, openedBeforeMs: 4_000 },
      open,
      110_000,
      undefined,
      undefined,
    ],
  ])('%s', (_what, progress, endpoint, nowMs, retryAfterMs, expected) => {
    const options = { retry, random, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    expect(retryDelayMs(progress, endpoint, nowMs, options)).toBe(expected);
  });
});
