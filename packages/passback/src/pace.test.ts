import { describe, expect, it, test } from 'vitest';
import { type BetweenRefusals, type Pace, paceAfterRefusal } from './pace.ts';

/** Seconds until a pace is back at `ratePerSecond`. */
const secondsUntil = (ratePerSecond: number, { ratePerSecond: from, growthPerSecond }: Pace) =>
  Math.log(ratePerSecond / from) / growthPerSecond;

test('at the first refusal nothing is known: it begins slowly and doubles', () => {
  const pace = paceAfterRefusal(4);
  expect(pace.ratePerSecond).toBe(4);
  expect(secondsUntil(8, pace)).toBeCloseTo(0.7);
});

describe('paceAfterRefusal', () => {
  it.each<[string, BetweenRefusals, number, number]>([
    ['what was served, when the pace was that', { served: 400, forMs: 10_000, ratePerSecond: 40 }, 38, 30],
    ['nearer to what was served', { served: 100, forMs: 10_000, ratePerSecond: 80 }, 19, 30],
    ['at most twice what was served', { served: 100, forMs: 10_000, ratePerSecond: 1e9 }, 19, 30],
    ['no pace before it', { served: 100, forMs: 10_000, ratePerSecond: 0 }, 9.5, 30],
    ['soon back after a short time', { served: 10, forMs: 1_000, ratePerSecond: 80 }, 19, 3],
    ['not later than in a minute', { served: 36_000, forMs: 3_600_000, ratePerSecond: 10 }, 9.5, 60],
    ['never slower than one in two seconds', { served: 1, forMs: 3_600_000, ratePerSecond: 2 }, 0.5, 60],
  ])('%s', (_name, before, ratePerSecond, backInSeconds) => {
    const pace = paceAfterRefusal(4, before);
    expect(pace.ratePerSecond).toBeCloseTo(ratePerSecond, 5);
    const served = (before.served / before.forMs) * 1_000;
    const tooMuch = Math.max(
      Math.min(Math.max(before.ratePerSecond, served), 8 * served),
      pace.ratePerSecond / 0.95,
    );
    expect(secondsUntil(tooMuch, pace)).toBeCloseTo(backInSeconds, 5);
  });

  it('always grows', () => {
    for (const served of [1, 10, 1_000])
      for (const forMs of [1, 1_000, 1e7])
        for (const ratePerSecond of [0, 0.5, 40, 1e9]) {
          expect(paceAfterRefusal(1, { served, forMs, ratePerSecond }).growthPerSecond).toBeGreaterThan(0);
        }
  });
});

interface Bucket {
  perSecond: number;
  size: number;
  pauseMs: number;
}

/** Requests one after another at the learnt pace, for so many seconds, each refusal followed by a pause. */
function drive({ perSecond, size, pauseMs }: Bucket, seconds: number): { share: number; refused: number } {
  let [level, levelAt, served, refused] = [size, 0, 0, 0];
  let [pace, from, since, servedThen]: [Pace | undefined, number, number, number] = [undefined, 0, 0, 0];
  for (let now = 0; now < seconds * 1_000; ) {
    level = Math.min(size, level + ((now - levelAt) / 1_000) * perSecond);
    levelAt = now;
    const rate = pace && pace.ratePerSecond * Math.exp((pace.growthPerSecond * (now - from)) / 1_000);
    if (level >= 1) {
      level -= 1;
      served += 1;
      now += rate ? Math.max(1, 1_000 / rate) : 1;
      continue;
    }
    refused += 1;
    const between = { served: served - servedThen, forMs: now - since, ratePerSecond: rate ?? 0 };
    if (!pace) pace = paceAfterRefusal(4);
    else if (between.served > 0) pace = paceAfterRefusal(4, between);
    [since, servedThen] = [now, served];
    now += pauseMs;
    from = now;
  }
  return { share: served / (size + perSecond * seconds), refused };
}

describe('a learnt pace', () => {
  it.each<[Bucket, number, number]>([
    [{ perSecond: 40, size: 40, pauseMs: 1_000 }, 0.95, 20],
    [{ perSecond: 40, size: 400, pauseMs: 1_000 }, 0.95, 20],
    [{ perSecond: 40, size: 10, pauseMs: 1_000 }, 0.85, 20],
    [{ perSecond: 10, size: 600, pauseMs: 1_000 }, 0.95, 20],
    [{ perSecond: 5, size: 10, pauseMs: 500 }, 0.95, 20],
    [{ perSecond: 2, size: 120, pauseMs: 60_000 }, 0.85, 20],
    [{ perSecond: 200, size: 200, pauseMs: 1_000 }, 0.9, 20],
  ])('settles below what %j refills', (bucket, leastShare, mostRefused) => {
    const { share, refused } = drive(bucket, 600);
    expect(share).toBeGreaterThan(leastShare);
    expect(refused).toBeLessThanOrEqual(mostRefused);
  });
});
