import { type PlatformAnswer, type PlatformRequest, SCOPES } from '@gradewire/ags';
import { classifyResults, type Platform } from '@gradewire/passback';
import type { TokenResult } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { type OpenPlatform, PlatformReads } from './platform-reads.ts';

const platform = { id: 'p', profile: 'generic', limitGroup: 'g', limits: { concurrency: 2 } } as Platform;
const scopes = [SCOPES.resultReadonly];

const response = (status: number, headers = {}): PlatformAnswer => ({
  kind: 'response',
  stage: 'result',
  status,
  reasonPhrase: '',
  headers,
  body: '{}',
  truncated: false,
  durationMs: 1,
});

/** `tokens` and `answers` are given one after the other; a 200 is read, anything else is not. */
function setUp({ tokens, answers = [] }: { tokens: TokenResult[]; answers?: PlatformAnswer[] }) {
  const sent: PlatformRequest[] = [];
  const dropped: string[] = [];
  const held: unknown[] = [];
  const told: unknown[] = [];
  const reads = new PlatformReads({
    tokens: {
      get: async () => tokens.shift()!,
      drop: async (_platform, _scopes, id) => dropped.push(id) > 0,
    },
    budget: {
      acquire: async () => ({ ok: true, epoch: 3, release: async () => undefined }),
      observe: async () => undefined,
      throttled: async (...told) => void held.push(told),
    },
    send: async (request) => {
      sent.push(request);
      return answers.shift()!;
    },
    requestTimeoutMs: 1_000,
    events: { requested: (event) => void told.push(event) },
    now: () => 5_000,
  });
  const question: Parameters<OpenPlatform['ask']>[0] = {
    scopes,
    run: async ({ accessToken, send }) => {
      const headers = { authorization: `Bearer ${accessToken}` };
      const answer = await send({ stage: 'result', method: 'POST', url: 'https://p.example/r', headers });
      if (answer.kind === 'response' && answer.status === 200) return { ok: true, value: 1 };
      return { ok: false, answer, problem: 'no' };
    },
    classify: classifyResults,
  };
  const ask = () => reads.open(platform).ask(question);
  return { ask, sent, dropped, held, told };
}

const token = (id: string, granted: string[] = scopes): TokenResult => ({
  ok: true,
  token: { id, accessToken: `t-${id}`, scopes: granted, expiresAtMs: 9_000 },
});

describe('PlatformReads', () => {
  it('asks with a token and tells of the request', async () => {
    const { ask, sent, told } = setUp({ tokens: [token('1')], answers: [response(200)] });
    expect(await ask()).toEqual({ ok: true, value: 1 });
    expect(sent[0]?.headers.authorization).toBe('Bearer t-1');
    expect(told).toEqual([{ profile: 'generic', answer: response(200) }]);
  });

  it('drops exactly the token that was refused, and asks once more', async () => {
    const { ask, dropped } = setUp({
      tokens: [token('1'), token('2')],
      answers: [response(401), response(200)],
    });
    expect(await ask()).toMatchObject({ ok: true });
    expect(dropped).toEqual(['1']);
  });

  it('gives up when the new token is refused as well', async () => {
    const { ask, sent } = setUp({
      tokens: [token('1'), token('2')],
      answers: [response(401), response(401)],
    });
    expect(await ask()).toMatchObject({ ok: false, outcome: { kind: 'renewToken', httpStatus: 401 } });
    expect(sent).toHaveLength(2);
  });

  it('sends nothing without the scope', async () => {
    const { ask, sent } = setUp({ tokens: [token('1', [SCOPES.score])] });
    expect(await ask()).toMatchObject({ ok: false, outcome: { reason: 'SCOPE_NOT_GRANTED' } });
    expect(sent).toEqual([]);
  });

  it('lets the whole group wait when it is throttled', async () => {
    const { ask, held } = setUp({ tokens: [token('1')], answers: [response(429, { 'retry-after': '7' })] });
    expect(await ask()).toMatchObject({ ok: false, outcome: { kind: 'throttled', retryAfterMs: 7_000 } });
    expect(held).toEqual([['g', { forMs: 7_000, epoch: 3, concurrency: 2 }]]);
  });

  it('says what the token endpoint said, or when to ask again', async () => {
    const refused = setUp({ tokens: [{ ok: false, answer: response(400) }] });
    expect(await refused.ask()).toMatchObject({ outcome: { kind: 'holdCredentials' } });
    const spent = setUp({ tokens: [{ ok: false, retryAtMs: 8_000, budgetExhausted: true }] });
    expect(await spent.ask()).toMatchObject({ outcome: { kind: 'transient', retryAfterMs: 3_000 } });
  });
});
