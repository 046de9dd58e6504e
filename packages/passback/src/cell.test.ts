import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aliasKeyOf,
  cellIdOf,
  columnKeyOf,
  compareOrder,
  contentHashOf,
  isAliasColumn,
  type Order,
  parseCellId,
  userKeyOf,
  wireTimestampMs,
} from './cell.ts';
import type { Score } from './score.ts';
import type { Target } from './target.ts';

const ITEM = 'https://lms.example/items/7?type_id=3';

describe('columnKeyOf', () => {
  it('is 22 characters fit for keys and job ids', () => {
    expect(columnKeyOf(ITEM)).toMatch(/^[\w-]{22}$/);
  });

  it.each(['HTTPS://LMS.Example:443/items/7?type_id=3', 'https://lms.example/items/7/?type_id=3#top'])(
    'is one for one line item: %s',
    (spelling) => {
      expect(columnKeyOf(spelling)).toBe(columnKeyOf(ITEM));
    },
  );

  it.each(['https://lms.example/items/7?type_id=4', 'https://lms.example/Items/7?type_id=3'])(
    'is another for %s',
    (other) => {
      expect(columnKeyOf(other)).not.toBe(columnKeyOf(ITEM));
    },
  );
});

describe('aliasKeyOf', () => {
  const lineItemsUrl = 'https://lms.example/items';

  it('is none for a target that names its line item', () => {
    expect(aliasKeyOf({ lineItemUrl: ITEM })).toBeUndefined();
  });

  it('does not depend on what would be created', () => {
    const target = { lineItemsUrl, resourceId: 'quiz' };
    const create = { label: 'Quiz', scoreMaximum: 10 };
    expect(aliasKeyOf({ ...target, create })).toBe(aliasKeyOf(target));
  });

  it('tells targets apart', () => {
    const targets: Target[] = [
      { lineItemsUrl, resourceId: 'quiz' },
      { lineItemsUrl, resourceLinkId: 'quiz' },
      { lineItemsUrl, resourceId: 'quiz', tag: 'late' },
      { lineItemsUrl, resourceId: 'quiz","late' },
      { lineItemsUrl: `${lineItemsUrl}?type_id=3`, resourceId: 'quiz' },
      { launchId: 'quiz' },
      { launchId: 'quiz', resourceId: 'quiz' },
      { launchId: 'quiz', tag: 'quiz' },
    ];
    const keys = targets.map(aliasKeyOf);
    expect(new Set(keys).size).toBe(targets.length);
    expect(keys.every((key) => key && isAliasColumn(key))).toBe(true);
    expect(isAliasColumn(columnKeyOf(ITEM))).toBe(false);
  });
});

describe('cell ids', () => {
  it('come apart again, for any user and for aliases', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (userId, alias) => {
        const column = alias ? aliasKeyOf({ launchId: 'L' })! : columnKeyOf(ITEM);
        const userKey = userKeyOf(userId);
        expect(parseCellId(cellIdOf(column, userKey))).toEqual({ column, userKey });
      }),
    );
  });

  it.each(['', 'a.b', `${'a'.repeat(22)}`, `${'a'.repeat(22)}.${'b'.repeat(23)}`])('refuse %j', (text) => {
    expect(parseCellId(text)).toBeUndefined();
  });
});

const order = fc.record({
  timestampMs: fc.integer({ min: 0, max: 5 }),
  sequence: fc.integer({ min: 0, max: 5 }),
});

describe('compareOrder', () => {
  it('goes by timestamp, then by acceptance', () => {
    const scores: Order[] = [
      { timestampMs: 2, sequence: 1 },
      { timestampMs: 1, sequence: 3 },
      { timestampMs: 1, sequence: 2 },
    ];
    expect(scores.toSorted(compareOrder)).toEqual([scores[2], scores[1], scores[0]]);
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(order, order, order, (a, b, c) => {
        expect(Math.sign(compareOrder(a, b)) + Math.sign(compareOrder(b, a))).toBe(0);
        if (compareOrder(a, b) === 0) expect(a).toEqual(b);
        if (compareOrder(a, b) <= 0 && compareOrder(b, c) <= 0)
          expect(compareOrder(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('wireTimestampMs', () => {
  it.each([
    ['the first', 5000, undefined, 1000, 5000],
    ['far enough after the last', 9000, 5000, 1000, 9000],
    ['in the same second as the last', 5900, 5100, 1000, 6100],
    ['before the last', 1000, 5000, 1, 5001],
  ])('%s', (_name, orderTs, last, stepMs, expected) => {
    expect(wireTimestampMs(orderTs, last, stepMs)).toBe(expected);
  });

  it('rises by the step with every post, and by whole seconds on Moodle, never before the score itself', () => {
    const instants = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 2 });
    fc.assert(
      fc.property(instants, fc.constantFrom(1, 1000), (timestamps, stepMs) => {
        let last: number | undefined;
        for (const timestamp of timestamps) {
          const wire = wireTimestampMs(timestamp, last, stepMs);
          expect(wire).toBeGreaterThanOrEqual(timestamp);
          if (last !== undefined)
            expect(Math.floor(wire / stepMs)).toBeGreaterThan(Math.floor(last / stepMs));
          last = wire;
        }
      }),
    );
  });
});

describe('contentHashOf', () => {
  const score: Score = {
    userId: '42',
    target: { lineItemUrl: ITEM },
    scoreGiven: 8,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
  };
  const hash = contentHashOf(score);

  it('is 16 characters', () => {
    expect(hash).toMatch(/^[\w-]{16}$/);
  });

  it.each<[string, Partial<Score>]>([
    ['the timestamp', { timestamp: '2026-11-20T16:00:00.000Z' }],
    ['force', { force: true }],
    ['metadata', { metadata: { a: 1 } }],
    ['the external id', { externalId: 'x' }],
    ['a difference beyond the decimals sent', { scoreGiven: 8.000_000_1 }],
  ])('is not changed by %s', (_name, change) => {
    expect(contentHashOf({ ...score, ...change })).toBe(hash);
  });

  it.each<[string, Partial<Score>]>([
    ['the points', { scoreGiven: 9 }],
    ['the scale', { scoreMaximum: 20 }],
    ['clearing', { scoreGiven: null }],
    ['the comment', { comment: 'well done' }],
    ['an empty comment', { comment: '' }],
    ['the progress', { gradingProgress: 'Pending' }],
    ['the submission', { submission: { submittedAt: '2026-11-20T16:00:00.000Z' } }],
    ['the grader', { scoringUserId: '7' }],
    ['an extension', { extensions: { 'https://canvas.instructure.com/lti/submission': {} } }],
  ])('is changed by %s', (_name, change) => {
    expect(contentHashOf({ ...score, ...change })).not.toBe(hash);
  });

  it('tells clearing from giving no points', () => {
    const { scoreGiven: _, ...without } = score;
    expect(contentHashOf(without)).not.toBe(contentHashOf({ ...score, scoreGiven: null }));
  });

  it('does not depend on the order of members', () => {
    const extension = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(extension, (members) => {
        const turned = Object.fromEntries(Object.entries(members).reverse());
        expect(contentHashOf({ ...score, extensions: turned })).toBe(
          contentHashOf({ ...score, extensions: members }),
        );
      }),
    );
  });
});
