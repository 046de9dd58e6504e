import { type PlatformAnswer, SCOPES } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { answer, platformOf, posting, scoreOf, tokenOf } from './testing/fakes.ts';
import { canvas, moodle, ok, result, run } from './testing/run-delivery.ts';

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
