import type { PlatformAnswer, PlatformRequest } from '@gradewire/ags';
import type { Acquired } from '@gradewire/passback/redis';
import { describe, expect, it } from 'vitest';
import { withinBudget } from './within-budget.ts';

const platform = { limitGroup: 'g', limits: { concurrency: 2 } };
const request: PlatformRequest = { stage: 'token', method: 'POST', url: 'https://x.example', headers: {} };
const answer = { kind: 'response', status: 200 } as PlatformAnswer;

function setUp(turns: Acquired[]) {
  let nowMs = 0;
  const asked: unknown[] = [];
  const send = withinBudget(async () => answer, {
    platform,
    leaseMs: 1_000,
    now: () => nowMs,
    wait: async (ms) => {
      nowMs += ms;
    },
    budget: {
      acquire: async (options) => {
        asked.push(options);
        return turns.length > 1 ? turns.shift()! : turns[0]!;
      },
    },
  });
  return { send, asked };
}

describe('withinBudget', () => {
  it('waits for its turn and gives it back', async () => {
    let released = 0;
    const release = async () => {
      released += 1;
    };
    const turn = { ok: true, release } as const;
    const { send, asked } = setUp([{ ok: false, retryInMs: 300 }, turn]);
    expect(await send(request)).toBe(answer);
    expect(asked).toEqual(Array(2).fill({ group: 'g', concurrency: 2, leaseMs: 1_000 }));
    expect(released).toBe(1);
  });

  it('says so when no turn comes', async () => {
    const { send } = setUp([{ ok: false, retryInMs: 900 }]);
    expect(await send(request)).toMatchObject({ kind: 'noResponse', maybeSeen: false, durationMs: 4_500 });
  });
});
