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

describe('InFlight', () => {
  it('gives no more slots than there are', async () => {
    const slots = new InFlight({ capacity: 3, kept: 0 });
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
    const { granted, ask, release, settled } = track(new InFlight({ capacity: 4, kept: 0 }));
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
    const { granted, ask, settled } = track(new InFlight({ capacity: 8, kept: 2 }));
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
