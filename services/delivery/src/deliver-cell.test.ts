import { type PlatformAnswer, SCOPES } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { deliverCell } from './deliver-cell.ts';
import {
  answer,
  lineItemUrl,
  platformOf,
  posting,
  resolving,
  type Script,
  scoreOf,
  scripted,
  tokenOf,
  unanswered,
} from './testing/fakes.ts';

const moodle = platformOf({ profile: 'moodle' });
const canvas = platformOf({ profile: 'canvas' });
const ok = answer(200);

async function run(script: Script, { platform = platformOf(), probe = false, cell = 'column.user' } = {}) {
  const { parts, asked, clock, send } = scripted(script);
  const turn = { ready: async () => undefined, send, pace: () => undefined };
  const delivery = await deliverCell(parts, { platform, cell, probe, turn });
  return { delivery, clock, asked, settlements: asked.settles.map((settle) => settle.settlement) };
}
const bodyOf = (request: { body?: string } | undefined) => JSON.parse(request?.body ?? '{}');
const result = (...results: object[]): PlatformAnswer => answer(200, results, { stage: 'result' });

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

describe('“older” (invariant 8)', () => {
  const older = answer(409, '[]', {
    reasonPhrase: 'Refusing score with an earlier timestamp for item 1 and user 2',
  });

  it('means that the unanswered post before it landed, where the results show it or cannot be read', async () => {
    const shown = result({ userId: '42', resultScore: 80, resultMaximum: 100 });
    for (const seen of [shown, answer(403, 'no', { stage: 'result' })]) {
      const { asked, settlements } = await run(
        { begins: [posting({ inDoubt: true })], answers: [older], results: [seen] },
        { platform: moodle },
      );
      expect(settlements[0]).toMatchObject({ kind: 'delivered' });
      expect(asked.sent.filter(({ stage }) => stage === 'score')).toHaveLength(1);
    }
  });

  it('after an unanswered progress report means that it landed, where the results show no grade', async () => {
    const score = scoreOf({ gradingProgress: 'Pending' });
    const { settlements } = await run(
      { begins: [posting({ inDoubt: true, score })], answers: [older], results: [result()] },
      { platform: platformOf({ profile: 'generic' }) },
    );
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
  });

  it('after an unanswered post is superseded all the same when the results show somebody else’s', async () => {
    const { settlements } = await run(
      {
        begins: [posting({ inDoubt: true })],
        answers: [older],
        results: [result({ userId: '42', resultScore: 55, resultMaximum: 100 })],
      },
      { platform: moodle },
    );
    expect(settlements[0]).toMatchObject({ kind: 'superseded', reason: 'NEWER_ON_PLATFORM' });
  });

  it('is delivered when the results show ours', async () => {
    const { settlements } = await run(
      {
        begins: [posting()],
        answers: [older],
        results: [result({ userId: '42', resultScore: 80, resultMaximum: 100 })],
      },
      { platform: moodle },
    );
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
  });

  it('is superseded when the results show somebody else’s', async () => {
    const { settlements } = await run(
      {
        begins: [posting()],
        answers: [older],
        results: [result({ userId: '42', resultScore: 55, resultMaximum: 100 })],
      },
      { platform: moodle },
    );
    expect(settlements[0]).toMatchObject({ kind: 'superseded', reason: 'NEWER_ON_PLATFORM' });
  });

  it('is posted once more, later and with a new timestamp, when there is no grade', async () => {
    const { asked, settlements } = await run(
      {
        begins: [posting()],
        answers: [{ ...older, headers: { date: 'Thu, 01 Jan 1970 01:00:00 GMT' } } as PlatformAnswer],
        results: [result()],
      },
      { platform: moodle },
    );
    expect(settlements[0]).toEqual({ kind: 'later', delayMs: 1_000, ambiguous: false, recheck: true });
    // The platform's clock, whatever ours says: it may have stamped the cell by it.
    expect(asked.settles[0]).toMatchObject({ wireFloorMs: 3_601_000 });
  });

  it('is superseded when that did not help', async () => {
    const { settlements } = await run(
      { begins: [posting({ rechecked: true })], answers: [older], results: [result()] },
      { platform: moodle },
    );
    expect(settlements[0]).toMatchObject({ kind: 'superseded', reason: 'NEWER_ON_PLATFORM' });
  });

  it('does not read results with a token that may not', async () => {
    const token = tokenOf('narrow');
    if (token.ok) token.token.scopes = [SCOPES.score];
    const { asked, settlements } = await run(
      { begins: [posting()], answers: [older], tokens: [token] },
      { platform: moodle },
    );
    expect(asked.sent.map((request) => request.stage)).toEqual(['score']);
    expect(settlements[0]).toMatchObject({ kind: 'superseded', reason: 'NEWER_ON_PLATFORM' });
  });

  it('is superseded when the platform does not let us see, and asked again when it is in trouble', async () => {
    const hidden = await run(
      { begins: [posting()], answers: [older], results: [answer(403, 'no', { stage: 'result' })] },
      { platform: moodle },
    );
    expect(hidden.settlements[0]).toMatchObject({ kind: 'superseded', reason: 'NEWER_ON_PLATFORM' });
    const away = await run(
      { begins: [posting()], answers: [older], results: [answer(503, '', { stage: 'result' })] },
      { platform: moodle },
    );
    expect(away.settlements[0]).toMatchObject({ kind: 'later' });
  });
});

describe('an unanswered post on a platform where a repeat costs (Canvas)', () => {
  const doubtful = posting({ inDoubt: true });

  it('is looked for in the results first, and found', async () => {
    const shown = result({ userId: '42', resultScore: 0.8, resultMaximum: 1 });
    const script = { begins: [doubtful], results: [shown] };
    const { asked, settlements, delivery } = await run(script, { platform: canvas, probe: true });
    expect(asked.sent.map((request) => request.stage)).toEqual(['result']);
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
    // What answers is up, which opens a lane that was held.
    expect(asked.settles[0]).toMatchObject({ streak: 'end' });
    expect(delivery.signal).toEqual({ kind: 'healthy' });
  });

  it('is repeated when the results show that it did not land', async () => {
    const { asked, settlements } = await run(
      { begins: [doubtful], results: [result()], answers: [ok] },
      { platform: canvas },
    );
    expect(asked.sent.map((request) => request.stage)).toEqual(['result', 'score']);
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
  });

  it('renews a token that the results refuse, before it posts without having seen', async () => {
    const shown = result({ userId: '42', resultScore: 80, resultMaximum: 100 });
    const { asked, settlements } = await run(
      { begins: [doubtful], results: [answer(401, 'expired', { stage: 'result' }), shown] },
      { platform: canvas },
    );
    expect(asked.sent.map((request) => request.stage)).toEqual(['result', 'result']);
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
  });

  it('posts nothing while the results cannot be read, after three quick tries', async () => {
    const { asked, settlements } = await run(
      { begins: [doubtful], results: [answer(502, '', { stage: 'result' })] },
      { platform: canvas },
    );
    expect(asked.sent.map((request) => request.stage)).toEqual(['result', 'result', 'result']);
    expect(settlements[0]).toMatchObject({ kind: 'later' });
  });
});

describe('the line item', () => {
  const found = (column: string, url = lineItemUrl, created = false) =>
    ({ kind: 'resolved', column, lineItemUrl: url, created }) as const;
  const alias = { cell: '~alias.user' };
  const bound = posting({
    cell: 'c1.user',
    score: scoreOf({ target: { lineItemsUrl: 'https://lms.test/l', resourceId: 'q' } }),
  });

  it('is found first, and the cell goes on where the score belongs', async () => {
    const { asked, settlements } = await run(
      { begins: [resolving(), bound], resolutions: [found('c1', lineItemUrl, true)], answers: [ok] },
      alias,
    );
    expect(asked.begins[1]).toMatchObject({
      cell: '~alias.user',
      fence: '1',
      column: { key: 'c1', lineItemUrl },
    });
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
    expect(asked.settles[0]).toMatchObject({ cell: 'c1.user' });
    expect(asked.created).toBe(1);
  });

  it('that was one of several is said to have been chosen', async () => {
    const warning = '2 columns fit; the one used before was taken';
    const { asked } = await run(
      { begins: [resolving(), bound], resolutions: [{ ...found('c1'), warning }], answers: [ok] },
      alias,
    );
    expect(asked.warnings).toEqual([warning]);
  });

  it('is somebody else’s to find: the score waits outside the lane', async () => {
    const { settlements, delivery } = await run(
      { begins: [resolving()], resolutions: [{ kind: 'wait', retryAtMs: 1_002_000 }] },
      alias,
    );
    expect(settlements).toEqual([{ kind: 'released', delayMs: 2_000 }]);
    expect(delivery.again).toEqual({ cell: '~alias.user', atMs: 1_002_000 });
  });

  it('that does not exist is a dead letter of that stage', async () => {
    const outcome = { kind: 'dead', reason: 'LINE_ITEM_NOT_FOUND', detail: 'none fits' } as const;
    const { asked, settlements } = await run(
      { begins: [resolving()], resolutions: [{ kind: 'failed', outcome, stage: 'lineItem' }] },
      alias,
    );
    expect(settlements[0]).toMatchObject({ kind: 'dead', reason: 'LINE_ITEM_NOT_FOUND' });
    expect(asked.settles[0]).toMatchObject({ attempt: { stage: 'lineItem', reason: 'LINE_ITEM_NOT_FOUND' } });
  });

  it('that is gone is looked for again, once', async () => {
    const elsewhere = 'https://lms.test/lineitems/2';
    const script = {
      begins: [bound, posting({ ...bound, cell: 'c2.user', lineItemUrl: elsewhere })],
      resolutions: [found('c2', elsewhere)],
      answers: [answer(404, 'Not Found'), ok],
    };
    const { asked, settlements } = await run(script, { cell: 'c1.user' });
    expect(asked.forgotten).toBe(1);
    expect(asked.sent.map((request) => request.url)).toEqual([
      `${lineItemUrl}/scores`,
      `${elsewhere}/scores`,
    ]);
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
    const gone = await run(
      { ...script, begins: [bound], answers: [answer(404, 'Not Found')] },
      { cell: 'c1.user' },
    );
    expect(gone.asked.sent).toHaveLength(2);
    expect(gone.settlements).toEqual([expect.objectContaining({ kind: 'dead', reason: 'LINE_ITEM_GONE' })]);
  });

  it('that the score itself names is not looked for', async () => {
    const { asked, settlements } = await run({ begins: [posting()], answers: [answer(404, 'Not Found')] });
    expect(asked.forgotten).toBe(0);
    expect(settlements[0]).toMatchObject({ kind: 'dead', reason: 'LINE_ITEM_GONE' });
  });

  it('whose cell another has under way is left to that, and looked at afterwards', async () => {
    const { delivery, asked } = await run(
      { begins: [resolving(), { kind: 'busy', waitMs: 3_000, cell: 'c1.user' }], resolutions: [found('c1')] },
      alias,
    );
    expect(delivery.again).toEqual({ cell: 'c1.user', atMs: 1_003_500 });
    expect(asked.settles).toHaveLength(0);
  });

  it('is not looked for where the platform cannot have the user: Moodle would answer as if it were down', async () => {
    const { asked, settlements, delivery } = await run(
      { begins: [posting({ score: scoreOf({ userId: 'jane' }) })], answers: [ok] },
      { platform: moodle },
    );
    expect(asked.sent).toHaveLength(0);
    expect(settlements[0]).toMatchObject({ kind: 'dead', reason: 'USER_NOT_FOUND' });
    expect(delivery.signal).toEqual({ kind: 'healthy' });
  });

  it('on an origin that is not the platform’s gets no token', async () => {
    const { asked, settlements } = await run({
      begins: [posting({ lineItemUrl: 'https://evil.test/1' })],
      answers: [ok],
    });
    expect(asked.sent).toHaveLength(0);
    expect(settlements[0]).toMatchObject({ kind: 'dead', reason: 'ORIGIN_NOT_ALLOWED' });
  });
});

describe('the lease (invariant 4)', () => {
  /** A process that is stopped for `ms` while it waits for its token. */
  async function sleeper(ms: number, begins: Script['begins']) {
    const { parts, asked, clock, send } = scripted({ begins, answers: [ok] });
    const get = parts.tokens.get;
    let slept = false;
    parts.tokens.get = async (...input) => {
      if (!slept) clock.monotonic += ms;
      slept = true;
      return get(...input);
    };
    const turn = { ready: async () => undefined, send, pace: () => undefined };
    await deliverCell(parts, { platform: platformOf(), cell: 'column.user', probe: false, turn });
    return asked;
  }

  it('is not asked for again while it covers a whole request', async () => {
    expect((await sleeper(9_000, [posting()])).begins).toHaveLength(1);
  });

  it('is renewed before sending when it would end during the request', async () => {
    const asked = await sleeper(11_000, [posting(), posting()]);
    expect(asked.begins[1]).toMatchObject({ fence: '1' });
    expect(asked.sent).toHaveLength(1);
  });

  it('that is lost to another stops the sender', async () => {
    const asked = await sleeper(60_000, [posting(), { kind: 'lost' }]);
    expect(asked.sent).toHaveLength(0);
    expect(asked.settles).toHaveLength(0);
  });

  it('that now is a newer score’s sends that one', async () => {
    const newer = posting({
      scoreId: 'sc_newer',
      score: scoreOf({ scoreGiven: 9 }),
      wireTimestampMs: 2_000_000,
    });
    const asked = await sleeper(60_000, [posting(), newer]);
    expect(asked.sent).toHaveLength(1);
    expect(bodyOf(asked.sent[0])).toMatchObject({ scoreGiven: 9 });
    expect(asked.settles[0]).toMatchObject({ scoreId: 'sc_newer' });
  });
});
