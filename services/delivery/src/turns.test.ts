import { describe, expect, it } from 'vitest';
import { InFlight } from './in-flight.ts';
import { answer, platformOf } from './testing/fakes.ts';
import { Turns } from './turns.ts';

const never = new AbortController().signal;
const request = { stage: 'score', method: 'POST', url: 'https://lms.test', headers: {} } as const;

function setup(grants: number[] = [], headers: Record<string, string> = {}) {
  const asked: string[] = [];
  const slots = new InFlight({ capacity: 2, kept: 0 });
  const clock = { now: 1_000 };
  const turns = new Turns({
    slots,
    requestTimeoutMs: 20_000,
    now: () => clock.now,
    events: { paced: ({ ratePerSecond }) => void asked.push(`paced at ${ratePerSecond}`) },
    sendTo: () => async () => {
      asked.push('sent');
      return answer(200, '', { headers });
    },
    budget: {
      acquire: async () => {
        const retryInMs = grants.shift() ?? 0;
        asked.push(retryInMs ? `wait ${retryInMs}` : 'granted');
        if (retryInMs) return { ok: false, retryInMs };
        const release = async (how?: { unused: boolean }) =>
          void asked.push(how?.unused ? 'given back' : 'released');
        return { ok: true, epoch: 7, release };
      },
      throttled: async (group, { forMs, epoch }) => {
        asked.push(`${group} pauses ${forMs} after ${epoch}`);
        return epoch === 7 ? undefined : 2;
      },
      observe: async (group, remaining) => void asked.push(`${group} has ${remaining}`),
    },
  });
  return { turns, asked, slots, clock };
}
const rated = platformOf({ profile: 'generic', limits: { ratePerSecond: 20 } });
const canvas = platformOf({ profile: 'canvas' });

describe('Turns', () => {
  it('asks no budget for a platform that shares nothing and has no rate', async () => {
    const { turns, asked, slots } = setup();
    const turn = await turns.take(platformOf(), never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    await turn.send(request);
    expect(slots.used).toBe(1);
    await turn.release();
    expect(slots.used).toBe(0);
    expect(asked).toEqual(['sent']);
  });

  it('counts every request of a platform with a rate, not every cell', async () => {
    const { turns, asked } = setup();
    const turn = await turns.take(rated, never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    await turn.send(request);
    await turn.ready();
    await turn.send(request);
    await turn.release();
    expect(asked).toEqual(['granted', 'sent', 'released', 'granted', 'sent', 'released']);
  });

  it('gives back a request that was not made', async () => {
    const { turns, asked } = setup();
    const turn = await turns.take(rated, never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    await turn.release();
    expect(asked).toEqual(['granted', 'given back']);
  });

  it('gives back a request that waits for something else, and asks again when it is wanted', async () => {
    const { turns, asked } = setup();
    const turn = await turns.take(rated, never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    await expect.poll(() => asked).toEqual(['granted', 'given back']);
    expect(await turn.ready()).toBeUndefined();
    await turn.send(request);
    expect(asked.slice(2)).toEqual(['granted', 'sent', 'released']);
  });

  it('never sends beyond the limit, not even for an attempt that has begun', async () => {
    const { turns, asked } = setup([0, 60_000, 60_000]);
    const turn = await turns.take(rated, never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    await turn.send(request);
    expect(await turn.ready()).toEqual({ retryAtMs: 61_000 });
    expect(await turn.send(request)).toMatchObject({ kind: 'noResponse', maybeSeen: false });
    expect(asked.filter((what) => what === 'sent')).toHaveLength(1);
  });

  it('waits for a budget that is free soon', async () => {
    const { turns, asked } = setup([5]);
    expect('send' in (await turns.take(rated, never))).toBe(true);
    expect(asked).toEqual(['wait 5', 'granted']);
  });

  it('gives up a budget that is held for long, and the slot with it', async () => {
    const { turns, slots } = setup([60_000]);
    expect(await turns.take(rated, never)).toEqual({ retryAtMs: 61_000 });
    expect(slots.used).toBe(0);
  });

  it('begins nothing once stopping', async () => {
    const { turns, asked } = setup();
    expect(await turns.take(rated, AbortSignal.abort())).toEqual({ retryAtMs: 1_000 });
    expect(asked).toEqual([]);
  });

  it('tells the group what Canvas says is left', async () => {
    const { turns, asked } = setup([], { 'x-rate-limit-remaining': '123.5' });
    const turn = await turns.take(canvas, never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    await turn.send(request);
    expect(asked).toContain('client has 123.5');
  });

  it('counts the requests of a platform that is paced from then on, and asks again after a while', async () => {
    const { turns, asked, clock } = setup();
    const turn = await turns.take(platformOf(), never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    turn.pace();
    expect(await turn.ready()).toBeUndefined();
    await turn.send(request);
    await turn.release();
    expect(asked.splice(0)).toEqual(['granted', 'sent', 'released']);
    const next = await turns.take(platformOf(), never);
    expect(asked.splice(0)).toEqual(['granted']);
    if ('release' in next) await next.release();
    clock.now += 60_000;
    asked.splice(0);
    await turns.take(platformOf(), never);
    expect(asked).toEqual([]);
  });

  it('never sends a request of a paced platform before its time', async () => {
    const { turns, asked } = setup([60_000]);
    const turn = await turns.take(platformOf(), never);
    if ('retryAtMs' in turn) throw new Error('no turn');
    turn.pace();
    expect(await turn.ready()).toEqual({ retryAtMs: 61_000 });
    expect(asked).toEqual(['wait 60000']);
  });

  it('tells the budget of a refusal, and when the refused request was granted', async () => {
    const { turns, asked } = setup();
    const alone = await turns.take(platformOf(), never);
    if ('retryAtMs' in alone) throw new Error('no turn');
    await alone.send(request);
    await alone.throttled(500);
    await alone.release();
    expect(asked.splice(0)).toEqual(['sent', 'school pauses 500 after 0', 'paced at 2']);
    const shared = await turns.take(canvas, never);
    if ('retryAtMs' in shared) throw new Error('no turn');
    await shared.send(request);
    await shared.throttled(500);
    expect(asked).toEqual(['granted', 'sent', 'released', 'client pauses 500 after 7']);
  });
});
