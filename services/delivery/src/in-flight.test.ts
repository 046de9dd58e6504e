import { describe, expect, it } from 'vitest';
import { InFlight } from './in-flight.ts';

const never = new AbortController().signal;

/** Asks for slots and notes in which order lanes get them. */
function track(slots: InFlight) {
  const granted: string[] = [];
  const releases = new Map<string, (() => void)[]>();
  const ask = (lane: string, signal = never) => {
    void slots.acquire(lane, signal).then((release) => {
      granted.push(release ? lane : `${lane} gave up`);
      if (release) releases.set(lane, [...(releases.get(lane) ?? []), release]);
    });
  };
  const release = (lane: string) => releases.get(lane)?.shift()?.();
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { granted, ask, release, settled };
}

/** Has the lane give slots back in good time, so that it may have so many. */
async function prove(slots: InFlight, lane: string, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) (await slots.acquire(lane, never))?.();
}

describe('InFlight', () => {
  it('gives no more slots than there are', async () => {
    const slots = new InFlight({ capacity: 3, kept: 0 });
    await prove(slots, 'a', 3);
    const { granted, ask, release, settled } = track(slots);
    for (let i = 0; i < 5; i += 1) ask('a');
    await settled();
    expect(granted).toHaveLength(3);
    release('a');
    await settled();
    expect(granted).toHaveLength(4);
    expect(slots.used).toBe(3);
  });

  it('gives a free slot to the lane with the fewest in flight', async () => {
    const slots = new InFlight({ capacity: 4, kept: 0 });
    await prove(slots, 'big', 4);
    await prove(slots, 'small', 4);
    const { granted, ask, release, settled } = track(slots);
    for (let i = 0; i < 10; i += 1) ask('big');
    ask('small');
    ask('small');
    await settled();
    expect(granted).toEqual(['big', 'big', 'big', 'big']);
    for (let i = 0; i < 3; i += 1) release('big');
    await settled();
    expect(granted.slice(4)).toEqual(['small', 'small', 'big']);
  });

  it('keeps some slots for lanes that have nothing in flight', async () => {
    const slots = new InFlight({ capacity: 8, kept: 2 });
    await prove(slots, 'hanging', 8);
    const { granted, ask, settled } = track(slots);
    for (let i = 0; i < 20; i += 1) ask('hanging');
    await settled();
    expect(granted).toHaveLength(6);
    ask('woken');
    ask('woken');
    await settled();
    expect(granted.slice(6)).toEqual(['woken']);
    ask('another');
    await settled();
    expect(granted.slice(7)).toEqual(['another']);
  });

  it('serves one more lane while many hang together, whatever they want', async () => {
    const { granted, ask, settled } = track(new InFlight({ capacity: 16 }));
    const lanes = Array.from({ length: 8 }, (_, i) => `hanging ${i}`);
    for (const lane of lanes) for (let i = 0; i < 8; i += 1) ask(lane);
    await settled();
    expect(new Set(granted).size).toBe(8);
    ask('quiet');
    await settled();
    expect(granted.at(-1)).toBe('quiet');
  });

  it('lets a lane have more than half when it answers, and no longer once it hangs', async () => {
    let now = 0;
    const slots = new InFlight({ capacity: 8, kept: 0, monotonic: () => now });
    const { granted, ask, release, settled } = track(slots);
    for (let i = 0; i < 30; i += 1) ask('a');
    await settled();
    expect(slots.used).toBe(4);
    for (let i = 0; i < 6; i += 1) {
      release('a');
      await settled();
    }
    expect(slots.used).toBe(8);
    now += 6_000;
    for (let i = 0; i < 8; i += 1) release('a');
    await settled();
    expect(slots.used).toBe(4);
    expect(granted).toHaveLength(18);
  });

  it('forgets how a lane was', async () => {
    let now = 0;
    const slots = new InFlight({ capacity: 8, kept: 0, monotonic: () => now });
    await prove(slots, 'a', 8);
    now += 20_000;
    const { ask, settled } = track(slots);
    for (let i = 0; i < 8; i += 1) ask('a');
    await settled();
    expect(slots.used).toBe(4);
  });

  it('serves many small lanes before a big one gets its second', async () => {
    const { granted, ask, release, settled } = track(new InFlight({ capacity: 1, kept: 0 }));
    ask('big');
    for (let i = 0; i < 3; i += 1) ask('big');
    for (const lane of ['x', 'y', 'z']) ask(lane);
    await settled();
    for (const lane of ['big', 'big', 'x', 'y']) {
      release(lane);
      await settled();
    }
    expect(granted).toContain('x');
    expect(granted).toContain('y');
  });

  it('lets a lane that is told to stop give up waiting, and counts nothing for it', async () => {
    const slots = new InFlight({ capacity: 1, kept: 0 });
    const { granted, ask, release, settled } = track(slots);
    const stop = new AbortController();
    ask('a');
    ask('b', stop.signal);
    await settled();
    stop.abort();
    await settled();
    expect(granted).toEqual(['a', 'b gave up']);
    release('a');
    expect(slots.used).toBe(0);
    expect(await slots.acquire('c', stop.signal)).toBeUndefined();
  });

  it('counts a release once', async () => {
    const slots = new InFlight({ capacity: 2, kept: 0 });
    const release = await slots.acquire('a', never);
    release?.();
    release?.();
    expect(slots.used).toBe(0);
  });
});
