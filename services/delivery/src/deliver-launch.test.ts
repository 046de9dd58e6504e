import type { Resolution } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { deliverCell } from './deliver-cell.ts';
import {
  answer,
  launchId,
  lineItemUrl,
  platformOf,
  posting,
  type Script,
  scoreOf,
  scripted,
} from './testing/fakes.ts';

const elsewhere = 'https://lms.test/lineitems/2';
const score = scoreOf({ target: { launchId } });
const waiting = posting({ cell: 'c1.user', score });
const moved = posting({ cell: 'c2.user', score, lineItemUrl: elsewhere });
const found: Resolution = { kind: 'resolved', lineItemUrl: elsewhere, column: 'c2', created: false };

async function deliver(script: Script) {
  const { parts, asked, send } = scripted(script);
  const turn = { ready: async () => undefined, pace: () => undefined, send };
  await deliverCell(parts, { platform: platformOf(), cell: 'c1.user', probe: false, turn });
  return { asked, posted: asked.sent.map(({ url }) => url) };
}

describe('a score of a launch', () => {
  it('goes where the launch says by now, not where it said when the score was sent', async () => {
    const script = { begins: [waiting, moved], moved: true, resolutions: [found], answers: [answer(200)] };
    const { asked, posted } = await deliver(script);
    expect(posted).toEqual([`${elsewhere}/scores`]);
    expect(asked.forgotten).toBe(1);
    expect(asked.gone).toEqual([undefined]);
    expect(asked.begins[1]).toMatchObject({ column: { key: 'c2', lineItemUrl: elsewhere } });
  });

  it('is not sent round in circles when launch and gradebook do not agree', async () => {
    const script = { begins: [waiting], moved: true, resolutions: [found], answers: [answer(404)] };
    const { asked, posted } = await deliver(script);
    expect(posted).toHaveLength(2);
    expect(asked.settles[0]).toMatchObject({ settlement: { kind: 'dead', reason: 'LINE_ITEM_GONE' } });
  });

  it('is not looked for again where the launch has not moved', async () => {
    const { asked, posted } = await deliver({ begins: [waiting], answers: [answer(200)] });
    expect(posted).toEqual([`${lineItemUrl}/scores`]);
    expect(asked.forgotten).toBe(0);
  });

  it('whose line item is gone is looked for elsewhere', async () => {
    const script = { begins: [waiting, moved], resolutions: [found], answers: [answer(404), answer(200)] };
    const { asked, posted } = await deliver(script);
    expect(posted).toEqual([`${lineItemUrl}/scores`, `${elsewhere}/scores`]);
    expect(asked.gone).toEqual([lineItemUrl]);
  });

  it('sends no token to an address that is not the platform’s any more', async () => {
    const old = posting({ ...waiting, lineItemUrl: 'https://old.test/lineitems/1' });
    const script = { begins: [old, moved], moved: true, resolutions: [found], answers: [answer(200)] };
    expect((await deliver(script)).posted).toEqual([`${elsewhere}/scores`]);
    expect((await deliver({ begins: [old], answers: [answer(200)] })).posted).toEqual([]);
  });
});
