import type { Platform } from '@gradewire/passback';
import { describe, expect, it } from 'vitest';
import { createDeliver } from './create-deliver.ts';
import { answer, platformOf, posting, type Script, scripted } from './testing/fakes.ts';

const input = {
  platformId: 'school',
  cell: 'column.user',
  probe: false,
  stopping: new AbortController().signal,
};

function setup(platform: Platform | undefined, script: Script, retryAtMs?: number) {
  const { parts, asked, send } = scripted(script);
  const paused: number[] = [];
  const paced: number[] = [];
  const released: number[] = [];
  const turn = {
    ready: async () => undefined,
    send,
    pace: () => void paced.push(asked.sent.length),
    throttled: async (forMs: number) => void paused.push(forMs),
    release: async () => void released.push(1),
  };
  const deliver = createDeliver({
    parts,
    platforms: { cached: async () => platform },
    turns: { take: async () => (retryAtMs === undefined ? turn : { retryAtMs }) },
    throttleMs: 1_000,
  });
  return { deliver, asked, paused, paced, released: () => released.length };
}
const throttled = (headers = {}) => ({ begins: [posting()], answers: [answer(429, '', { headers })] });

describe('createDeliver', () => {
  it('gives its turn back, whatever comes of the attempt', async () => {
    const fine = setup(platformOf(), { begins: [posting()], answers: [answer(200)] });
    await fine.deliver(input);
    expect(fine.released()).toBe(1);
    const broken = setup(platformOf(), { begins: [] });
    await expect(broken.deliver(input)).rejects.toThrow();
    expect(broken.released()).toBe(1);
  });

  it('touches nothing without a turn, and nothing of a platform that is gone', async () => {
    const waiting = setup(platformOf(), { begins: [posting()] }, 5_000);
    expect(await waiting.deliver(input)).toEqual({
      again: { cell: 'column.user', atMs: 5_000 },
      signal: { kind: 'none' },
    });
    expect(waiting.asked.begins).toHaveLength(0);
    const gone = setup(undefined, { begins: [posting()] });
    expect(await gone.deliver(input)).toEqual({ signal: { kind: 'none' } });
    expect(gone.asked.begins).toHaveLength(0);
  });

  it.each([
    ['for as long as it is asked to', { 'retry-after': '7' }, 7_000],
    ['for as long as usual when it is not told', {}, 1_000],
    ['for an hour at most', { 'retry-after': '99999' }, 3_600_000],
  ])('pauses the budget of a platform that throttles %s', async (_name, headers, forMs) => {
    for (const platform of [platformOf({ profile: 'canvas' }), platformOf()]) {
      const { deliver, paused } = setup(platform, throttled(headers));
      await deliver(input);
      expect(paused).toEqual([forMs]);
    }
  });

  it.each([
    [true, [0]],
    [false, []],
  ])(
    'goes by the budget before it sends anything, if the platform is paced (%s)',
    async (isPaced, expected) => {
      const { deliver, paced } = setup(platformOf(), {
        begins: [posting({ paced: isPaced })],
        answers: [answer(200)],
      });
      await deliver(input);
      expect(paced).toEqual(expected);
    },
  );

  it('pauses no budget otherwise', async () => {
    const { deliver, paused } = setup(platformOf(), { begins: [posting()], answers: [answer(503)] });
    await deliver(input);
    expect(paused).toEqual([]);
  });
});
