import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

describe('Gate', () => {
  it('lets so many through at once, in the order in which they came, failures or not', async () => {
    const gate = new Gate(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    let under = 0;
    let most = 0;
    const runs = Array.from({ length: 6 }, (_, i) =>
      gate.run(async () => {
        begun.push(i);
        under += 1;
        most = Math.max(most, under);
        await new Promise<void>((resolve) => ends.push(resolve));
        under -= 1;
        if (i === 1) throw new Error('one fails');
        return i;
      }),
    );
    const settled = Promise.allSettled(runs);
    while (begun.length < 6 || ends.length > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      ends.shift()?.();
    }
    expect((await settled).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      ...Array(4).fill('fulfilled'),
    ]);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });
});
