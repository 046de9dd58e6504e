import { describe, expect, it } from 'vitest';
import type { NoResponse, PlatformAnswer, PlatformRequest } from './messages.ts';
import { quickRetry, withQuickRetry } from './quick-retry.ts';
import { response, scriptedSend } from './testing/answers.ts';

const FAST = { firstDelayMs: 1 };

function lost(code: NoResponse['code'], maybeSeen = true): NoResponse {
  return { kind: 'noResponse', stage: 'lineItem', code, maybeSeen, detail: code, durationMs: 1 };
}

function request(
  method: PlatformRequest['method'],
  stage: PlatformRequest['stage'] = 'lineItem',
): PlatformRequest {
  return { stage, method, url: 'https://lms.example/', headers: {} };
}

const fine = response(200, '[]');

describe('withQuickRetry', () => {
  it.each<[string, PlatformAnswer]>([
    ['a reset', lost('RESET')],
    ['DNS', lost('DNS', false)],
    ['502', response(502)],
    ['503', response(503)],
    ['504', response(504)],
  ])('reads again after %s', async (_name, failure) => {
    const { send, requests } = scriptedSend(failure, failure, fine);
    expect(await withQuickRetry(send, FAST)(request('GET'))).toBe(fine);
    expect(requests).toHaveLength(3);
  });

  it.each<[string, PlatformAnswer]>([
    ['a success', fine],
    ['a time-out', lost('TIMEOUT')],
    ['400', response(400)],
    ['401', response(401)],
    ['429', response(429)],
    ['500', response(500)],
    ['503 with a time to come back', response(503, '', { headers: { 'retry-after': '300' } })],
    ['having been given up', lost('ABORTED')],
    ['a private address', lost('PRIVATE_ADDRESS', false)],
  ])('does not read again after %s', async (_name, answer) => {
    const { send, requests } = scriptedSend(answer);
    expect(await withQuickRetry(send, FAST)(request('GET'))).toBe(answer);
    expect(requests).toHaveLength(1);
  });

  it('gives the last answer when none is better', async () => {
    const last = response(504);
    const { send, requests } = scriptedSend(lost('RESET'), response(503), last);
    expect(await withQuickRetry(send, { ...FAST, attempts: 3 })(request('GET'))).toBe(last);
    expect(requests).toHaveLength(3);
  });

  it.each([[request('POST', 'score')], [request('POST')], [request('PUT')], [request('DELETE')]])(
    'never repeats a write (%j)',
    async (write) => {
      const { send, requests } = scriptedSend(lost('CONNECT_REFUSED', false));
      await withQuickRetry(send, FAST)(write);
      expect(requests).toHaveLength(1);
    },
  );

  it('repeats a token request while its assertion cannot have been seen, no longer', async () => {
    const seen = lost('RESET');
    const { send, requests } = scriptedSend(lost('DNS', false), seen);
    expect(await withQuickRetry(send, FAST)(request('POST', 'token'))).toBe(seen);
    expect(requests).toHaveLength(2);
  });

  it('stops waiting when it is given up', async () => {
    const failure = lost('RESET');
    const { send, requests } = scriptedSend(failure);
    const signal = AbortSignal.timeout(20);
    const answer = await withQuickRetry(send, { firstDelayMs: 60_000 })({ ...request('GET'), signal });
    expect(answer).toBe(failure);
    expect(requests).toHaveLength(1);
  });

  it('sends once what was given up before', async () => {
    const answer = lost('ABORTED', false);
    const { send } = scriptedSend(answer);
    const given = { ...request('GET'), signal: AbortSignal.abort() };
    expect(await withQuickRetry(send, FAST)(given)).toBe(answer);
  });

  it('passes a bug on at once', async () => {
    const { send } = scriptedSend();
    await expect(withQuickRetry(send, FAST)(request('GET'))).rejects.toThrow('no answer left');
  });
});

describe('quickRetry', () => {
  it('makes each try anew', async () => {
    const answers = [lost('RESET'), fine];
    let tries = 0;
    expect(await quickRetry(async () => answers[tries++]!, FAST)).toBe(fine);
    expect(tries).toBe(2);
  });

  it('tries once when told so', async () => {
    let tries = 0;
    await quickRetry(
      async () => {
        tries++;
        return response(503);
      },
      { attempts: 1 },
    );
    expect(tries).toBe(1);
  });
});
