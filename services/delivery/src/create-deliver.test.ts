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
  const held: [string, number][] = [];
  const released: number[] = [];
  const turn = { ready: async () => undefined, send, release: async () => void released.push(1) };
  const deliver = createDeliver({
    parts,
    platforms: { cached: async () => platform },
    turns: { take: async () => (retryAtMs === undefined ? turn : { retryAtMs }) },
    budget: { hold: async (group, untilMs) => void held.push([group, untilMs]) },
    throttleMs: 1_000,
  });
  return { deliver, asked, held, released: () => released.length };
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

  it('tells the limit group that it is throttled, and only one that is shared', async () => {
    const canvas = setup(platformOf({ profile: 'canvas' }), throttled({ 'retry-after': '7' }));
    await canvas.deliver(input);
    expect(canvas.held).toEqual([['client', 1_007_000]]);
    const wordless = setup(platformOf({ profile: 'canvas' }), throttled());
    await wordless.deliver(input);
    expect(wordless.held).toEqual([['client', 1_001_000]]);
    const alone = setup(platformOf({ profile: 'generic' }), throttled());
    await alone.deliver(input);
    expect(alone.held).toEqual([]);
  });
});
