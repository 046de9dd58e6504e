import { describe, expect, test } from 'vitest';
import type { Fault } from './fault.ts';
import { FaultBook } from './fault-book.ts';
import { LeakyBucket } from './leaky-bucket.ts';
import { parseFault } from './parse-fault.ts';
import { seededRandom } from './random.ts';

const post = { endpoint: 'scores', method: 'POST', userId: '7', lineItemId: '1', courseId: '1' } as const;

function fires(fault: Fault, times: number, now = (_n: number) => 0): boolean[] {
  const book = new FaultBook(seededRandom(1));
  book.add(fault);
  return Array.from({ length: times }, (_, n) => book.plan(post, now(n)) !== undefined);
}

describe('plan', () => {
  test.each<[string, Fault, boolean[]]>([
    ['count', { count: 2, action: { kind: 'drop' } }, [true, true, false]],
    ['nth', { match: { nth: 2 }, action: { kind: 'drop' } }, [false, true, false]],
    ['endpoint', { match: { endpoint: 'token' }, action: { kind: 'drop' } }, [false]],
    ['list of endpoints', { match: { endpoint: ['token', 'scores'] }, action: { kind: 'drop' } }, [true]],
    ['user', { match: { userId: '8' }, action: { kind: 'drop' } }, [false]],
    ['never', { probability: 0, action: { kind: 'drop' } }, [false, false]],
  ])('%s', (_name, fault, expected) => {
    expect(fires(fault, expected.length)).toEqual(expected);
  });

  test('a probability comes from the seed', () => {
    const fault: Fault = { probability: 0.5, action: { kind: 'drop' } };
    expect(fires(fault, 50)).toEqual(fires(fault, 50));
    expect(fires(fault, 50).filter(Boolean).length).toBeGreaterThan(10);
  });

  test('a throttle with a rate refuses what is above it', () => {
    const fault: Fault = { action: { kind: 'throttle', ratePerSecond: 2, burst: 2 } };
    expect(fires(fault, 6, (n) => (n < 4 ? 0 : 1000))).toEqual([false, false, true, true, false, false]);
  });

  test('what passes on adds up, the first that answers answers', () => {
    const book = new FaultBook(seededRandom(1));
    book.add({ action: { kind: 'delay', ms: 5 } });
    book.add({ action: { kind: 'clockSkew', ms: 100 } });
    book.add({ action: { kind: 'hang' } });
    book.add({ action: { kind: 'drop' } });
    expect(book.plan(post, 0)).toMatchObject({ delayMs: 5, skewMs: 100, answer: { kind: 'hang' } });
  });

  test('the platform’s fetch of the key set is met only by name', () => {
    const book = new FaultBook(seededRandom(1));
    book.add({ action: { kind: 'drop' } });
    expect(book.plan({ endpoint: 'jwksFetch', method: 'GET' }, 0)).toBeUndefined();
  });
});

test.each([
  [{}, 'fault.action'],
  [{ action: { kind: 'explode' } }, 'action.kind'],
  [{ action: { kind: 'delay' } }, 'action.ms'],
  [{ action: { kind: 'drop', when: 1 } }, 'action.when'],
  [{ action: { kind: 'status', status: 99 } }, 'action.status'],
  [{ match: { endpoint: 'score' }, action: { kind: 'drop' } }, 'match.endpoint'],
  [{ match: { user: '1' }, action: { kind: 'drop' } }, 'match.user'],
])('parseFault names what is wrong in %j', (value, member) => {
  expect(() => parseFault(value)).toThrow(member);
});

test('a leaky bucket trips at a dozen in flight, leaks ten a second, and charges what ran', () => {
  const bucket = new LeakyBucket({ capacity: 800, highWater: 600, leakPerSecond: 10, upFront: 50, cost: 1 });
  const admitted = Array.from({ length: 14 }, () => bucket.reserve(0));
  expect(admitted.filter(Boolean)).toHaveLength(12);
  for (let n = 0; n < 12; n += 1) bucket.release(0);
  expect(bucket.remaining(0)).toBe(588);
  expect(bucket.remaining(1000)).toBe(598);
});
