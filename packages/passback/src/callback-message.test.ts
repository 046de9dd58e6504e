import { describe, expect, it } from 'vitest';
import {
  bodyWithin,
  callbackMessageId,
  cutDigest,
  digestBody,
  disabledBody,
  eventBody,
  fittingEvents,
} from './callback-message.ts';

const at = Date.parse('2026-11-20T16:00:00.123Z');

describe('callbackMessageId', () => {
  it('is the same for the same event, and another for any other', () => {
    const id = callbackMessageId(at, 0, 'school 1-0');
    expect(callbackMessageId(at, 0, 'school 1-0')).toBe(id);
    const others = [
      callbackMessageId(at, 1, 'school 1-0'),
      callbackMessageId(at, 0, 'other 1-0'),
      callbackMessageId(at + 1, 0, 'school 1-0'),
    ];
    expect(new Set([id, ...others]).size).toBe(4);
  });

  it('sorts by time, and may stand in a signature: no dot, no space', () => {
    const ids = [
      callbackMessageId(at, 9, 'z'),
      callbackMessageId(at, 10, 'a'),
      callbackMessageId(at + 1, 0, 'a'),
      callbackMessageId(at + 40, 0, 'a'),
    ];
    expect(ids.toSorted()).toEqual(ids);
    expect(ids[0]).toMatch(/^ev_[0-9a-z]{25}$/);
  });
});

describe('bodies', () => {
  it('have type, timestamp and data', () => {
    expect(JSON.parse(eventBody('score.dead', at, { id: 'x' }))).toEqual({
      type: 'score.dead',
      timestamp: '2026-11-20T16:00:00.123Z',
      data: { id: 'x' },
    });
    expect(JSON.parse(disabledBody('app', 'GONE', at)).data).toEqual({ callbackId: 'app', reason: 'GONE' });
  });

  it('of a digest have those of its events in order', () => {
    const events = [eventBody('score.dead', at, { id: 'x' }), eventBody('lane.held', at, { reason: 'y' })];
    expect(JSON.parse(digestBody(at, events))).toEqual({
      type: 'digest',
      timestamp: '2026-11-20T16:00:00.123Z',
      data: { events: events.map((event) => JSON.parse(event)) },
    });
  });
});

describe('bodyWithin', () => {
  const [a, b, none] = [{ platformId: 'a' }, { platformId: 'b' }, { callbackId: 'x' }].map((data) =>
    eventBody('score.dead', at, data),
  ) as [string, string, string];

  it.each([
    ['an event', a, ['a', 'c'], a],
    ['an event of another platform', a, ['b'], undefined],
    ['one of no platform', none, ['a'], none],
    ['a digest', digestBody(at, [a, none]), ['a'], digestBody(at, [a, none])],
    ['a digest of several', digestBody(at, [a, b, a]), ['a'], digestBody(at, [a, a])],
    ['a digest of others', digestBody(at, [b, b]), ['a'], undefined],
  ])('%s', (_what, body, platformIds, expected) => {
    expect(bodyWithin(body, platformIds)).toBe(expected);
  });
});

describe('cutDigest', () => {
  it.each([
    [{ count: 0 }, undefined],
    [{ count: 1, firstAtMs: at }, { waitMs: 10_000 }],
    [{ count: 499, firstAtMs: at - 9_999 }, { waitMs: 1 }],
    [{ count: 499, firstAtMs: at - 10_000 }, { events: 499 }],
    [{ count: 500, firstAtMs: at }, { events: 500 }],
    [{ count: 1_200, firstAtMs: at - 60_000 }, { events: 500 }],
  ])('%j: %j', (gathered, expected) => {
    expect(cutDigest(gathered, at)).toEqual(expected);
  });
});

describe('fittingEvents', () => {
  it.each([
    ['all that are small', Array(500).fill('x'.repeat(900)), 500],
    ['what stays below a mebibyte', Array(500).fill('x'.repeat(10_000)), 104],
    ['one that is larger by itself', ['x'.repeat(2_000_000), 'x'], 1],
    ['bytes, not characters', Array(500).fill('é'.repeat(1_500)), 349],
  ])('%s', (_what, events, expected) => {
    expect(fittingEvents(events)).toBe(expected);
  });
});
