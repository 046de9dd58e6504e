import { type PlatformAnswer, type PlatformRequest, SCOPES } from '@gradewire/ags';
import type { TokenResult } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { rosterQuery } from './roster-reading.ts';
import { answer, platformOf, tokenOf } from './testing/fakes.ts';

const membershipsUrl = 'https://lms.test/members';
const stage = { stage: 'membership' } as const;
const page = (userIds: string[], next?: string) =>
  answer(
    200,
    { members: userIds.map((user_id) => ({ user_id, roles: ['Learner'] })) },
    { ...stage, headers: next ? { link: `<${membershipsUrl}?p=${next}>; rel="next"` } : {} },
  );

function tokenFor(id: string, scopes: string[] = [SCOPES.membershipReadonly]): TokenResult {
  const token = tokenOf(id);
  if (token.ok) token.token.scopes = scopes;
  return token;
}

async function read(script: { answers?: PlatformAnswer[]; tokens?: TokenResult[]; lostAfter?: number }) {
  const {
    answers = [],
    tokens = [tokenFor('1'), tokenFor('2')],
    lostAfter = Number.POSITIVE_INFINITY,
  } = script;
  const sent: PlatformRequest[] = [];
  const dropped: string[] = [];
  let looks = 0;
  const query = rosterQuery(
    {
      tokens: {
        get: async () => tokens.shift()!,
        drop: async (_platform, _scopes, id) => dropped.push(id) > 0,
      },
      now: () => 1_000,
    },
    {
      platform: platformOf(),
      membershipsUrl,
      send: async (request) => {
        sent.push(request);
        return answers.shift()!;
      },
      extendLease: async () => sent.length < lostAfter,
    },
  );
  const reading = await query.read(async () => {
    looks += 1;
  });
  return { query, reading, sent, dropped, looks: () => looks };
}

describe('rosterQuery', () => {
  it('reads all pages, and asks before each whether it still may', async () => {
    const { query, reading, sent, looks } = await read({ answers: [page(['1'], '2'), page(['2'])] });
    expect(query).toMatchObject({ platformId: 'school', membershipsUrl });
    expect(reading).toMatchObject({ ok: true, complete: true, members: [{ userId: '1' }, { userId: '2' }] });
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret-1', 'Bearer secret-1']);
    expect(looks()).toBe(2);
  });

  it('renews a refused token once', async () => {
    const renewed = await read({ answers: [answer(401, '', stage), page(['1'])] });
    expect(renewed.reading).toMatchObject({ ok: true });
    expect(renewed.dropped).toEqual(['1']);
    const refused = await read({ answers: [answer(401, '', stage), answer(401, '', stage)] });
    expect(refused.reading).toMatchObject({ ok: false, outcome: { kind: 'renewToken' } });
  });

  it('sends nothing without the right to read names and roles', async () => {
    const { reading, sent } = await read({ tokens: [tokenFor('1', [SCOPES.score])] });
    expect(reading).toMatchObject({ ok: false, outcome: { reason: 'SCOPE_NOT_GRANTED' } });
    expect(sent).toEqual([]);
  });

  it('says what the token endpoint said, or when there may be a token', async () => {
    const refusal = answer(400, { error: 'invalid_client' }, { stage: 'token' });
    const refused = await read({ tokens: [{ ok: false, answer: refusal }] });
    expect(refused.reading).toMatchObject({ ok: false, outcome: { kind: 'holdCredentials' } });
    const spent = await read({ tokens: [{ ok: false, retryAtMs: 8_000 }] });
    expect(spent.reading).toEqual({ ok: false, retryAtMs: 8_000 });
  });

  it('does not follow a page to another origin', async () => {
    const headers = { link: '<https://elsewhere.test/2>; rel="next"' };
    const { reading } = await read({ answers: [{ ...page(['1']), headers } as PlatformAnswer] });
    expect(reading).toMatchObject({ ok: false, outcome: { kind: 'dead', reason: 'ORIGIN_NOT_ALLOWED' } });
  });

  it('stops where the cell is another’s, which tells nothing of the platform', async () => {
    const { reading, sent } = await read({ answers: [page(['1'], '2')], lostAfter: 1 });
    expect(sent).toHaveLength(1);
    expect(reading).toEqual({ ok: false, retryAtMs: 1_000 });
  });
});
