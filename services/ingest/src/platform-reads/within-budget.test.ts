import type { PlatformAnswer, PlatformRequest } from '@gradewire/ags';
import type { Acquired } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { withinBudget } from './within-budget.ts';

const platform = { limitGroup: 'g', limits: { concurrency: 2 }, profile: 'canvas' } as const;
const request: PlatformRequest = { stage: 'token', method: 'POST', url: 'https://x.example', headers: {} };
const answer = {
  kind: 'response',
  status: 200,
  headers: { 'x-rate-limit-remaining': '412.5' },
} as unknown as PlatformAnswer;

function setUp(
  turns: Acquired[],
  { unhurried, tookMs = 0 }: { unhurried?: AbortSignal; tookMs?: number } = {},
) {
  let nowMs = 0;
  const asked: unknown[] = [];
  const observed: unknown[] = [];
  const waits: number[] = [];
  const respond = async () => {
    nowMs += tookMs;
    return answer;
  };
  const send = withinBudget(respond, {
    unhurried,
    platform,
    leaseMs: 1_000,
    now: () => nowMs,
    wait: async (ms) => {
      waits.push(ms);
      nowMs += ms;
    },
    budget: {
      acquire: async (options) => {
        asked.push(options);
        return turns.length > 1 ? turns.shift()! : turns[0]!;
      },
      observe: async (...seen) => void observed.push(seen),
    },
  });
  return { send, asked, observed, waits };
}

describe('withinBudget', () => {
  it('waits for its turn and gives it back', async () => {
    let released = 0;
    const release = async () => {
      released += 1;
    };
    const turn = { ok: true, epoch: 3, release } as const;
    const { send, asked, observed } = setUp([{ ok: false, retryInMs: 300 }, turn]);
    expect(await send(request)).toBe(answer);
    expect(asked).toEqual(
      Array(2).fill({ group: 'g', concurrency: 2, tellsRemaining: true, leaseMs: 1_000 }),
    );
    expect(released).toBe(1);
    expect(observed).toEqual([['g', 412.5]]);
  });

  it('says so when no turn comes', async () => {
    const { send } = setUp([{ ok: false, retryInMs: 900 }]);
    expect(await send(request)).toMatchObject({ kind: 'noResponse', maybeSeen: false, durationMs: 4_500 });
  });

  it('rests as long as a request took where nobody waits, and ends when told to', async () => {
    const turn = { ok: true, epoch: 1, release: async () => undefined } as const;
    const stop = new AbortController();
    const { send, asked, waits } = setUp([turn], { unhurried: stop.signal, tookMs: 700 });
    for (let i = 0; i < 3; i += 1) expect(await send(request)).toBe(answer);
    expect(waits).toEqual([700, 700]);
    stop.abort();
    expect(await send(request)).toMatchObject({ kind: 'noResponse', maybeSeen: false });
    expect(asked).toHaveLength(3);
    const long = setUp([turn], { unhurried: new AbortController().signal, tookMs: 20_000 });
    await long.send(request);
    await long.send(request);
    expect(long.waits).toEqual([2_000]);
    const person = setUp([turn], { tookMs: 700 });
    await person.send(request);
    await person.send(request);
    expect(person.waits).toEqual([]);
  });

  it('waits longer for its turn where nobody waits', async () => {
    const { send } = setUp([{ ok: false, retryInMs: 900 }], { unhurried: new AbortController().signal });
    expect(await send(request)).toMatchObject({ kind: 'noResponse', durationMs: 59_400 });
  });
});
