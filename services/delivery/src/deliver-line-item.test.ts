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
} from './testing/fakes.ts';
import { bodyOf, moodle, ok, run } from './testing/run-delivery.ts';

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
