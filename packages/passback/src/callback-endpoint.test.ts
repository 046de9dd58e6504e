import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  afterSuccess,
  type Endpoint,
  type EndpointFailure,
  enabled,
  NEW_ENDPOINT,
  openMsOf,
} from './callback-endpoint.ts';

const policy = { hold: { baseMs: 1_000, maxMs: 30_000 }, maxAgeMs: 100_000 };

type Step = [atMs: number, what: 'ok' | string | Partial<EndpointFailure>];

/** Lets an endpoint go through answers; a string is the unit that failed. */
function lived(steps: Step[], from: Endpoint = NEW_ENDPOINT): Endpoint {
  return steps.reduce((endpoint, [atMs, what]) => {
    if (what === 'ok') return afterSuccess(endpoint, atMs);
    const failure = typeof what === 'string' ? { unit: what } : what;
    return afterFailure(endpoint, { unit: 'a', isProbe: false, isGone: false, ...failure }, atMs, policy);
  }, from);
}

/** What an endpoint is in one line. */
const told = (endpoint: Endpoint) =>
  [
    endpoint.failures,
    endpoint.failingSinceMs === undefined ? 'well' : `failing since ${endpoint.failingSinceMs}`,
    endpoint.open && `open ${endpoint.open.level} until ${endpoint.open.probeAtMs}`,
    endpoint.disabled && `${endpoint.disabled.reason} ${endpoint.disabled.atMs}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');

const five: Step[] = ['a', 'b', 'c', 'd', 'e'].map((unit, i): Step => [i, unit]);
const probe = { isProbe: true };

describe('an endpoint', () => {
  it.each<[string, Step[], string]>([
    ['is well at first', [], '0, well'],
    ['fails', [[5, 'a']], '1, failing since 5'],
    ['is held after five failures in a row', five, '5, failing since 0, open 0 until 1004'],
    ['is not held after four', five.slice(0, 4), '4, failing since 0'],
    [
      'is not held if one between succeeds',
      [...five.slice(0, 4), [4, 'ok'], ...five],
      '5, failing since 0, open 0 until 1004',
    ],
    [
      'is not held for one unit alone',
      Array.from({ length: 30 }, (_, i): Step => [i, 'poison']),
      '30, failing since 0',
    ],
    [
      'is held once a second unit fails too',
      [...Array.from({ length: 4 }, (_, i): Step => [i, 'poison']), [4, 'b']],
      '5, failing since 0, open 0 until 1004',
    ],
    [
      'waits as long as it is asked to',
      [...five.slice(0, 4), [4, { unit: 'e', retryAfterMs: 60_000 }]],
      '5, failing since 0, open 0 until 60004',
    ],
    [
      'waits twice as long after a failed probe',
      [...five, [1_004, probe]],
      '6, failing since 0, open 1 until 3004',
    ],
    [
      'waits no longer than the longest hold',
      [...five, ...Array.from({ length: 9 }, (_, i): Step => [10_000 + i, probe])],
      '14, failing since 0, open 9 until 40008',
    ],
    ['takes a late failure for no probe', [...five, [500, 'f']], '6, failing since 0, open 0 until 1004'],
    ['goes on after a probe that succeeds', [...five, [1_004, 'ok']], '0, well'],
    ['goes on after a late success', [...five, [500, 'ok']], '0, well'],
    ['is disabled at once when it says so', [[7, { isGone: true }]], '1, failing since 7, GONE 7'],
    [
      'is disabled when it says so to a probe',
      [...five, [1_004, { ...probe, isGone: true }]],
      '6, failing since 0, GONE 1004',
    ],
    [
      'is disabled when nothing went through for the longest age',
      [...five, [100_000, probe]],
      '6, failing since 0, FAILING 100000',
    ],
    [
      'is not disabled a moment before',
      [...five, [99_999, probe]],
      '6, failing since 0, open 1 until 101999',
    ],
    [
      'is not disabled for two failures that lie far apart',
      [
        [0, 'a'],
        [900_000, 'b'],
      ],
      '2, failing since 0',
    ],
    [
      'is not disabled if anything went through',
      [...five, [50_000, 'ok'], ...five.map(([ms, unit]): Step => [100_000 + ms, unit])],
      '5, failing since 100000, open 0 until 101004',
    ],
    [
      'stays disabled whatever comes late',
      [
        [7, { isGone: true }],
        [8, 'ok'],
        [9, 'a'],
      ],
      '1, failing since 7, GONE 7',
    ],
  ])('%s', (_what, steps, expected) => {
    expect(told(lived(steps))).toBe(expected);
  });

  it('starts afresh when somebody enables it', () => {
    expect(told(enabled(lived([[7, { isGone: true }]]), 9))).toBe('0, well');
    expect(told(enabled(lived(five), 9))).toBe('0, well');
  });
});

describe('openMsOf', () => {
  it.each<[string, Step[], number, number]>([
    ['never', [[1, 'a']], 9, 0],
    ['until now', five, 104, 100],
    ['until a success', [...five, [54, 'ok']], 104, 50],
    ['until it was disabled', [...five, [54, { isGone: true }]], 104, 50],
    ['in all', [...five, [54, 'ok'], ...five.map(([ms, unit]): Step => [100 + ms, unit])], 114, 60],
    ['not below nothing when clocks differ', five, 0, 0],
  ])('%s', (_what, steps, nowMs, expected) => {
    expect(openMsOf(lived(steps), nowMs)).toBe(expected);
  });
});
