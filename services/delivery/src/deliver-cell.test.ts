import { describe, expect, it } from 'vitest';
import { answer, lineItemUrl, posting, scoreOf, tokenOf, unanswered } from './testing/fakes.ts';
import { bodyOf, moodle, ok, result, run } from './testing/run-delivery.ts';

describe('a score that is delivered', () => {
  it('is posted once, with its wire timestamp and the token, and settled with what the platform has now', async () => {
    const { asked, delivery } = await run({ begins: [posting()], answers: [ok] });
    expect(asked.sent).toHaveLength(1);
    expect(asked.sent[0]).toMatchObject({
      method: 'POST',
      url: `${lineItemUrl}/scores`,
      headers: { authorization: 'Bearer secret-token-1' },
    });
    expect(bodyOf(asked.sent[0])).toMatchObject({
      scoreGiven: 8,
      timestamp: new Date(1_000_000).toISOString(),
    });
    expect(asked.settles[0]).toMatchObject({
      platformId: 'school',
      cell: 'column.user',
      fence: '1',
      lineItemUrl,
      streak: 'end',
      settlement: { kind: 'delivered', facts: { hasGrade: true } },
      attempt: { number: 1, stage: 'score', httpStatus: 200, outcome: 'delivered', durationMs: 12 },
    });
    expect(delivery).toEqual({ signal: { kind: 'healthy' } });
    expect(asked.ends).toEqual([expect.objectContaining({ status: 'delivered' })]);
    expect(asked.attempts).toHaveLength(1);
  });

  it('is looked at again at once when a newer one came meanwhile', async () => {
    const { delivery } = await run({ begins: [posting()], answers: [ok], settled: { again: true } });
    expect(delivery.again).toEqual({ cell: 'column.user', atMs: 1_000_000 });
  });

  it('is not sent when the platform has it already', async () => {
    const first = await run({ begins: [posting()], answers: [ok] });
    const [settled] = first.settlements;
    const delivered = settled?.kind === 'delivered' ? settled.facts : undefined;
    const { asked, settlements } = await run({ begins: [posting({ delivered: delivered! })] });
    expect(asked.sent).toHaveLength(0);
    expect(settlements[0]).toMatchObject({ kind: 'delivered', reason: 'UNCHANGED' });
    expect(asked.settles[0]?.attempt).toBeUndefined();
  });

  it('says nothing of the student in its log line', async () => {
    const score = scoreOf({ userId: 'jane@example.org', comment: 'see me' });
    const { asked } = await run({
      begins: [posting({ score })],
      answers: [answer(400, 'jane@example.org: see me')],
    });
    expect(JSON.stringify(asked.attempts)).not.toMatch(/jane|see me|secret/);
  });

  it.each([
    ['was a progress report', { gradingProgress: 'Pending' }],
    ['cleared the grade', { scoreGiven: null }],
  ] as const)('raises the floor of Moodle’s later timestamps when it %s', async (_name, fields) => {
    const score = scoreOf(fields);
    const { asked } = await run(
      { begins: [posting({ score })], answers: [ok], results: [result()] },
      { platform: moodle },
    );
    expect(asked.settles[0]).toMatchObject({ wireFloorMs: 1_000_000 });
  });
});

describe('a cell that cannot be begun', () => {
  const none = { kind: 'none' };
  it.each([
    ['nothing', { kind: 'nothing' }, { signal: none }],
    ['lost', { kind: 'lost' }, { signal: none }],
    ['held', { kind: 'held' }, { held: true, signal: none }],
    [
      'early',
      { kind: 'early', waitMs: 5_000, cell: 'column.user' },
      { again: { cell: 'column.user', atMs: 1_005_000 }, signal: none },
    ],
    [
      'early by next to nothing',
      { kind: 'early', waitMs: 1, cell: 'column.user' },
      { again: { cell: 'column.user', atMs: 1_000_250 }, signal: none },
    ],
    [
      'busy',
      { kind: 'busy', waitMs: 5_000, cell: 'column.user' },
      { again: { cell: 'column.user', atMs: 1_005_500 }, signal: none },
    ],
    ['crashed', { kind: 'crashed', scoreId: 'sc_x' }, { signal: none }],
  ] as const)('%s', async (_kind, begun, expected) => {
    const { asked, delivery } = await run({ begins: [begun] });
    expect(delivery).toEqual(expected);
    expect(asked.sent).toHaveLength(0);
    expect(asked.settles).toHaveLength(0);
  });
});

describe('the token', () => {
  const unauthorized = answer(401, 'Unauthorized');

  it('is kept when no other may be fetched; the score waits, and the lane hears of it', async () => {
    const { asked, settlements, delivery } = await run({
      begins: [posting()],
      answers: [unauthorized],
      noFetchLeft: true,
      settled: { streak: 20 },
    });
    expect(asked.sent).toHaveLength(1);
    expect(settlements[0]).toMatchObject({ kind: 'later', ambiguous: false });
    expect(asked.settles[0]).toMatchObject({ streak: { reason: 'UNAUTHORIZED' } });
    expect(delivery.signal).toMatchObject({ kind: 'hold', reason: 'UNAUTHORIZED' });
  });

  it('is dropped after a 401 and a new one tried once', async () => {
    const { asked, settlements } = await run({ begins: [posting()], answers: [unauthorized, ok] });
    expect(asked.dropped).toEqual(['token-1']);
    expect(asked.sent.map((request) => request.headers.authorization)).toEqual([
      'Bearer secret-token-1',
      'Bearer secret-token-2',
    ]);
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
    expect(asked.attempts.map((attempt) => attempt.outcome)).toEqual(['renewToken', 'delivered']);
  });

  it('is not renewed twice: the score is dead', async () => {
    const { asked, settlements, delivery } = await run({ begins: [posting()], answers: [unauthorized] });
    expect(asked.dropped).toHaveLength(1);
    expect(asked.sent).toHaveLength(2);
    expect(settlements).toEqual([expect.objectContaining({ kind: 'dead', reason: 'UNAUTHORIZED' })]);
    expect(asked.settles[0]).toMatchObject({ streak: { reason: 'UNAUTHORIZED' } });
    expect(delivery.signal).toEqual({ kind: 'none' });
  });

  it('tells a missing scope from a refused tool', async () => {
    const token = tokenOf('narrow');
    if (token.ok) token.token.scopes = [];
    const script = { begins: [posting()], answers: [unauthorized], tokens: [token] };
    const { settlements, delivery } = await run(script);
    expect(settlements[0]).toMatchObject({ kind: 'later' });
    expect(delivery.signal).toMatchObject({
      kind: 'hold',
      reason: 'CREDENTIALS_REJECTED',
      refusal: { reason: 'SCOPE_NOT_GRANTED' },
    });
  });

  it('that is refused holds the lane and kills nothing', async () => {
    const refusal = answer(400, { error: 'invalid_client' }, { stage: 'token' });
    const { asked, settlements, delivery } = await run({
      begins: [posting()],
      tokens: [{ ok: false, answer: refusal }],
    });
    expect(asked.sent).toHaveLength(0);
    expect(settlements[0]).toMatchObject({ kind: 'later' });
    expect(asked.settles[0]).toMatchObject({ attempt: { stage: 'token', httpStatus: 400 } });
    expect(delivery.signal).toMatchObject({
      kind: 'hold',
      reason: 'CREDENTIALS_REJECTED',
      epoch: 3,
      refusal: { reason: 'CREDENTIALS_REJECTED' },
    });
  });

  it('that may not be asked for now costs no attempt', async () => {
    const tokens = [{ ok: false as const, budgetExhausted: true, retryAtMs: 1_030_000 }];
    const { asked, settlements, delivery } = await run({ begins: [posting()], tokens });
    expect(settlements).toEqual([{ kind: 'released', delayMs: 30_000 }]);
    expect(delivery).toEqual({ again: { cell: 'column.user', atMs: 1_030_000 }, signal: { kind: 'none' } });
    expect(asked.attempts).toHaveLength(0);
  });
});

describe('a failure', () => {
  it('that waiting heals is tried again, in doubt when the platform may have acted', async () => {
    const { settlements, asked, delivery } = await run({ begins: [posting()], answers: [unanswered] });
    expect(settlements[0]).toEqual({ kind: 'later', delayMs: 1_000, ambiguous: true });
    expect(asked.settles[0]).toMatchObject({ streak: { reason: 'PLATFORM_DOWN' } });
    expect(delivery.again).toEqual({ cell: 'column.user', atMs: 1_001_000 });
  });

  it.each([
    ['five cells in a row', false, 5, 'hold'],
    ['four cells in a row', false, 4, 'none'],
    ['one probe', true, 1, 'hold'],
  ] as const)('of the platform: %s', async (_name, probe, streak, kind) => {
    const script = { begins: [posting()], answers: [answer(503)], settled: { streak } };
    const { delivery } = await run(script, { probe });
    expect(delivery.signal.kind).toBe(kind);
  });

  it('by throttling holds the lane for as long as the platform asks', async () => {
    const throttled = answer(429, '', { headers: { 'retry-after': '7' } });
    const { delivery, settlements } = await run({ begins: [posting()], answers: [throttled] });
    expect(delivery.signal).toEqual({ kind: 'hold', reason: 'THROTTLED', epoch: 3, retryAfterMs: 7_000 });
    expect(settlements[0]).toMatchObject({ kind: 'later', delayMs: 7_000 });
  });

  it('that is permanent is a dead letter with the platform’s words', async () => {
    const refusal = answer(404, { error: 'User in requested score could not be found' });
    const { settlements, asked } = await run({ begins: [posting()], answers: [refusal] });
    expect(settlements[0]).toMatchObject({
      kind: 'dead',
      reason: 'USER_NOT_FOUND',
      detail: expect.stringContaining('User in requested score'),
    });
    expect(asked.ends).toEqual([expect.objectContaining({ status: 'dead', reason: 'USER_NOT_FOUND' })]);
  });

  it('is not told as one when a newer score took the place meanwhile', async () => {
    const script = {
      begins: [posting()],
      answers: [answer(404)],
      settled: { result: 'superseded' as const },
    };
    const { asked } = await run(script);
    expect(asked.ends).toEqual([expect.objectContaining({ status: 'superseded', reason: 'NEWER_SCORE' })]);
  });

  it.each([
    ['a page instead of an answer', answer(200, '<!doctype html><title>Log in</title>')],
    ['a redirect', answer(302, '', { headers: { location: 'https://elsewhere.test/login' } })],
    ['a body cut short', answer(500, '{"errors":', { truncated: true })],
    ['nonsense', answer(418, '\u0000\uffff')],
  ])('is %s: classified, not thrown', async (_name, strange) => {
    const { asked } = await run({ begins: [posting()], answers: [strange] });
    expect(asked.settles).toHaveLength(1);
  });
});
