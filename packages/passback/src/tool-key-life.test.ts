import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  KEY_SET_MAX_AGE_MS,
  lifeOf,
  PUBLISHED_BEFORE_SIGNING_MS,
  SERVED_AFTER_SIGNING_MS,
  signerFor,
  type ToolKeyTimes,
} from './tool-key-life.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 100 * DAY;

const first: ToolKeyTimes = { kid: 'first', createdAtMs: NOW - 50 * DAY, signsFromMs: NOW - 50 * DAY };
const second: ToolKeyTimes = { kid: 'second', createdAtMs: NOW - 3 * DAY, signsFromMs: NOW - 2 * DAY };
const third: ToolKeyTimes = { kid: 'third', createdAtMs: NOW, signsFromMs: NOW + DAY };
const own: ToolKeyTimes = { ...second, kid: 'own', platformId: 'a' };
const ownNext: ToolKeyTimes = { ...third, kid: 'own-next', platformId: 'a' };
const imported: ToolKeyTimes = { kid: 'imported', createdAtMs: NOW - 9 * DAY };

describe('signerFor', () => {
  it.each<[string, ToolKeyTimes[], string | undefined, string | undefined]>([
    ['nothing of nothing', [], undefined, undefined],
    ['no imported key', [imported], undefined, undefined],
    ['the newest that has begun', [third, second, first], undefined, 'second'],
    ['the only one although it is to begin', [third], undefined, 'third'],
    ['no key of one platform for the others', [own, first], 'b', 'first'],
    ['no key of one platform where none is meant', [own, first], undefined, 'first'],
    ['its own key for a platform', [own, second, first], 'a', 'own'],
    ['the shared key until the first of its own begins', [ownNext, second], 'a', 'second'],
  ])('takes %s', (_, keys, platformId, kid) => {
    expect(signerFor(keys, platformId, NOW)?.kid).toBe(kid);
  });
});

describe('lifeOf', () => {
  const nobody = { platformIds: new Set(['a']), pinnedBy: new Map() };
  const pins = (kid: string) => ({ ...nobody, pinnedBy: new Map([[kid, ['a']]]) });
  const all = [first, second, third, own, ownNext, imported];
  const until = (ms: number) => ({ servedUntilMs: ms + SERVED_AFTER_SIGNING_MS });

  it.each<[string, ToolKeyTimes, typeof nobody, ToolKeyTimes[], object]>([
    ['to come', third, nobody, all, { state: 'published' }],
    ['signing', second, nobody, all, { state: 'signing', ...until(NOW + DAY) }],
    ['signing with no successor', second, nobody, [first, second], { state: 'signing' }],
    ['followed by another', first, nobody, all, { state: 'retired', ...until(second.signsFromMs!) }],
    ['retired but pinned', first, pins('first'), all, { state: 'signing', pinnedBy: ['a'] }],
    [
      'not pinned any more',
      { ...first, neededAtMs: NOW - HOUR },
      nobody,
      all,
      { state: 'retired', ...until(NOW - HOUR) },
    ],
    ['imported', imported, nobody, all, { state: 'published' }],
    ['imported and pinned', imported, pins('imported'), all, { state: 'signing', pinnedBy: ['a'] }],
    [
      'imported, and pinned once',
      { ...imported, neededAtMs: NOW - DAY },
      nobody,
      all,
      { state: 'retired', ...until(NOW - DAY) },
    ],
    ["a platform's own", own, nobody, all, { state: 'signing', ...until(NOW + DAY) }],
    ["a platform's own to come", ownNext, nobody, all, { state: 'published' }],
    [
      'of a platform that is gone',
      { ...own, neededAtMs: NOW - DAY },
      { ...nobody, platformIds: new Set() },
      [first, second, own],
      { state: 'retired', ...until(NOW - DAY) },
    ],
  ])('tells of one that is %s', (_, key, uses, keys, expected) => {
    const others = keys.filter(({ kid }) => kid !== key.kid);
    expect(lifeOf(key, [...others, key], uses, NOW)).toEqual({ pinnedBy: [], ...expected });
  });
});

describe('a rotation', () => {
  /** What platforms read: every key from the moment it is made until the first moment at which it may go. */
  const servedAt = (keys: readonly ToolKeyTimes[], ms: number) =>
    keys.filter((key) => {
      const known = keys.filter(({ createdAtMs }) => createdAtMs <= ms);
      if (!known.includes(key)) return false;
      const { state, servedUntilMs } = lifeOf(
        key,
        known,
        { platformIds: new Set(), pinnedBy: new Map() },
        ms,
      );
      return state !== 'retired' || ms < servedUntilMs!;
    });

  it('never signs with a key that a platform lacks, however it keeps its copy for up to a day', () => {
    const instant = fc.integer({ min: 0, max: 90 * DAY });
    fc.assert(
      fc.property(
        fc.array(instant, { minLength: 1, maxLength: 6 }),
        instant,
        fc.integer({ min: 0, max: DAY }),
        fc.integer({ min: 0, max: KEY_SET_MAX_AGE_MS }),
        fc.integer({ min: 0, max: 5 * 60_000 }),
        (rotations, signedAtMs, copyAgeMs, cacheAgeMs, assertionAgeMs) => {
          const keys: ToolKeyTimes[] = [
            { kid: 'k', createdAtMs: -200 * DAY, signsFromMs: -200 * DAY },
            ...rotations.map((at, i) => ({
              kid: `k${i}`,
              createdAtMs: at,
              signsFromMs: at + PUBLISHED_BEFORE_SIGNING_MS,
            })),
          ];
          const known = keys.filter(({ createdAtMs }) => createdAtMs <= signedAtMs);
          const signer = signerFor(known, undefined, signedAtMs)!;
          const seenAtMs = signedAtMs + assertionAgeMs;
          for (const copiedAtMs of [seenAtMs, signedAtMs - copyAgeMs - cacheAgeMs]) {
            expect(servedAt(keys, copiedAtMs)).toContain(signer);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
