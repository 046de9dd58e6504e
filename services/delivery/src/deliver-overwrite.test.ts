import { type PlatformAnswer, SCOPES } from '@gradewire/ags';
import type { DeliveredFacts, Score } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { deliverCell } from './deliver-cell.ts';
import {
  answer,
  platformOf,
  posting,
  type Script,
  scoreOf,
  scripted,
  tokenOf,
  unanswered,
} from './testing/fakes.ts';

const moodle = platformOf({ profile: 'moodle' });
const canvas = platformOf({ profile: 'canvas' });
const ok = answer(200);
const EXTENSION = 'https://canvas.instructure.com/lti/submission';

async function run(script: Script, { platform = moodle, probe = false, cell = 'column.user' } = {}) {
  const { parts, asked, send } = scripted(script);
  const turn = { ready: async () => undefined, send, pace: () => undefined };
  const delivery = await deliverCell(parts, { platform, cell, probe, turn });
  const stages = asked.sent.map(({ stage }) => stage);
  return { asked, delivery, stages, settlements: asked.settles.map(({ settlement }) => settlement) };
}
const result = (...results: object[]): PlatformAnswer => answer(200, results, { stage: 'result' });
const refused = (status: number, words = 'no') => answer(status, words, { stage: 'result' });
const bodyOf = (request: { body?: string } | undefined) => JSON.parse(request?.body ?? '{}');

const careful = (changes: Partial<Score> = {}) => scoreOf({ overwrite: 'unlessEdited', ...changes });
const delivered: DeliveredFacts = { contentHash: 'h', hasGrade: true, grade: 0.5 };
const shown = (resultScore: number) => result({ userId: '42', resultScore, resultMaximum: 100 });
const narrow = () => {
  const token = tokenOf('narrow');
  if (token.ok) token.token.scopes = [SCOPES.score];
  return token;
};

describe('a score that is to leave a teacher’s grade alone', () => {
  const begins = [posting({ score: careful(), delivered })];

  it('is posted over the grade of ours', async () => {
    const { stages, settlements } = await run({ begins, results: [shown(50)], answers: [ok] });
    expect(stages).toEqual(['result', 'score']);
    expect(settlements[0]).toMatchObject({ kind: 'delivered', facts: { grade: 0.8 } });
  });

  it('is not posted over another, and tells that the platform is up', async () => {
    const { asked, stages, settlements, delivery } = await run({ begins, results: [shown(55)] });
    expect(stages).toEqual(['result']);
    expect(settlements).toEqual([
      {
        kind: 'superseded',
        reason: 'KEPT_TEACHERS_GRADE',
        detail: 'the gradebook shows 55 of 100, and what we delivered last is 50 %',
        facts: { ...delivered, contentHash: '' },
      },
    ]);
    expect(asked.ends).toEqual([
      expect.objectContaining({ status: 'superseded', reason: 'KEPT_TEACHERS_GRADE' }),
    ]);
    expect(delivery.signal).toEqual({ kind: 'healthy' });
  });

  it('says nothing of a grade in its log line', async () => {
    const { asked } = await run({ begins, results: [shown(55)] });
    expect(JSON.stringify([asked.attempts, asked.ends])).not.toMatch(/55|50 %/);
  });

  it.each<[string, Partial<Script>, RegExp]>([
    ['without the scope', { tokens: [tokenOf('t'), narrow()] }, /result\.readonly/],
    [
      'where they are refused',
      { results: [refused(403, 'no results for tools')] },
      /403: no results for tools/,
    ],
    ['where there are none', { results: [refused(404, 'no such service')] }, /404: no such service/],
  ])('is dead where results cannot be read: %s', async (_name, script, words) => {
    const { stages, settlements, asked } = await run({ begins, ...script });
    expect(stages).not.toContain('score');
    expect(settlements[0]).toMatchObject({
      kind: 'dead',
      reason: 'RESULTS_UNREADABLE',
      detail: expect.stringMatching(words),
    });
    expect(asked.settles[0]?.streak).toBeUndefined();
  });

  it('waits while the platform is in trouble, alone where only its results are', async () => {
    const down = await run({ begins, results: [refused(503)] });
    expect(down.settlements[0]).toMatchObject({ kind: 'later' });
    expect(down.asked.settles[0]).toMatchObject({ streak: { reason: 'PLATFORM_DOWN' } });
    const silent = await run({ begins, results: [{ ...unanswered, stage: 'result' }] });
    expect(silent.asked.settles[0]).toMatchObject({ streak: { reason: 'PLATFORM_DOWN' } });
    const alone = await run({ begins, results: [refused(500)] }, { probe: true });
    expect(alone.settlements[0]).toMatchObject({ kind: 'later' });
    expect(alone.asked.settles[0]?.streak).toBeUndefined();
    expect(alone.delivery.signal).toEqual({ kind: 'none' });
  });

  it('waits while the platform refuses us as a whole', async () => {
    const { settlements, delivery } = await run({ begins, results: [refused(401, 'Unknown Developer Key')] });
    expect(settlements[0]).toMatchObject({ kind: 'later' });
    expect(delivery.signal).toMatchObject({ kind: 'hold', reason: 'CREDENTIALS_REJECTED' });
  });

  it('looks for the column again, once, where its results are not found', async () => {
    const target = { lineItemsUrl: 'https://lms.test/l', resourceId: 'q' };
    const found = (column: string, lineItemUrl: string) =>
      ({ kind: 'resolved', column, lineItemUrl, created: false }) as const;
    const at = (lineItemUrl: string) =>
      posting({ score: careful({ target }), lineItemUrl, delivered, cell: 'c.user' });
    const [old, elsewhere] = ['https://lms.test/lineitems/1', 'https://lms.test/lineitems/2'];
    const moved = await run({
      begins: [at(old), at(elsewhere)],
      resolutions: [found('c2', elsewhere)],
      results: [refused(404), refused(404), shown(50)],
      answers: [ok],
    });
    expect(moved.asked.forgotten).toBe(1);
    expect(moved.asked.sent.at(-1)?.url).toBe(`${elsewhere}/scores`);
    const still = await run({ begins: [at(old)], resolutions: [found('c', old)], results: [refused(404)] });
    expect(still.asked.forgotten).toBe(1);
    expect(still.settlements).toEqual([expect.objectContaining({ reason: 'RESULTS_UNREADABLE' })]);
  });

  it('is left to Canvas where nothing of ours is there, whether results can be read or not', async () => {
    const first = { begins: [posting({ score: careful() })], answers: [ok] };
    const seen = await run({ ...first, results: [result()] }, { platform: canvas });
    expect(bodyOf(seen.asked.sent.at(-1))[EXTENSION]).toEqual({ prioritize_non_tool_grade: true });
    const unseen = await run({ ...first, results: [refused(403)] }, { platform: canvas });
    expect(bodyOf(unseen.asked.sent.at(-1))[EXTENSION]).toEqual({ prioritize_non_tool_grade: true });
    expect(unseen.settlements[0]).toMatchObject({
      kind: 'delivered',
      detail: expect.stringContaining('Canvas was asked to keep it'),
    });
  });
});

describe('a progress report', () => {
  const begins = [posting({ score: scoreOf({ gradingProgress: 'Pending' }) })];

  it('is not posted over a grade that others gave', async () => {
    const { stages, settlements } = await run({ begins, results: [shown(50)] });
    expect(stages).toEqual(['result']);
    expect(settlements).toEqual([{ kind: 'superseded', reason: 'WOULD_CLEAR_GRADE' }]);
  });

  it.each<[string, Partial<Script>]>([
    ['refused', { results: [refused(403)] }],
    ['in trouble', { results: [refused(500)] }],
    ['not for us', { tokens: [tokenOf('t'), narrow()] }],
  ])('is posted where results are %s: a look is worth no delay', async (_name, script) => {
    const { settlements } = await run({ begins, answers: [ok], ...script });
    expect(settlements[0]).toMatchObject({ kind: 'delivered' });
  });

  it('waits as a probe, which is to be one request where the platform is down', async () => {
    const { stages, settlements } = await run({ begins, results: [refused(503)] }, { probe: true });
    expect(stages).toEqual(['result']);
    expect(settlements[0]).toMatchObject({ kind: 'later' });
  });
});

describe('a student without attempts left (Canvas)', () => {
  const exhausted = answer(422, {
    errors: { message: 'The maximum number of allowed attempts has been reached for this submission' },
  });
  const options = { platform: canvas };

  it('gets the grade without a new attempt, and the score says so', async () => {
    const { asked, settlements } = await run({ begins: [posting()], answers: [exhausted, ok] }, options);
    const [first, second] = asked.sent.map(bodyOf);
    expect(first).not.toHaveProperty([EXTENSION]);
    expect(second).toEqual({ ...first, [EXTENSION]: { new_submission: false } });
    expect(settlements).toEqual([
      expect.objectContaining({ kind: 'delivered', detail: expect.stringContaining('no attempts left') }),
    ]);
    expect(asked.attempts.map(({ outcome }) => outcome)).toEqual(['regrade', 'delivered']);
  });

  it('gets none when that is refused too', async () => {
    const { asked, settlements } = await run({ begins: [posting()], answers: [exhausted] }, options);
    expect(asked.sent).toHaveLength(2);
    expect(settlements).toEqual([
      expect.objectContaining({ kind: 'dead', reason: 'ATTEMPTS_EXHAUSTED', detail: expect.any(String) }),
    ]);
  });

  it.each([true, false])('is not asked again where the caller said new_submission: %s', async (said) => {
    const score = scoreOf({ extensions: { [EXTENSION]: { new_submission: said } } });
    const { asked, settlements } = await run({ begins: [posting({ score })], answers: [exhausted] }, options);
    expect(asked.sent).toHaveLength(1);
    expect(settlements[0]).toMatchObject({ kind: 'dead', reason: 'ATTEMPTS_EXHAUSTED' });
  });
});
