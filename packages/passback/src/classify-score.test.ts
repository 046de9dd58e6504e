import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyScore } from './classify.ts';
import { PROFILE_NAMES } from './profiles.ts';
import {
  canvas,
  DOWN,
  DOWN_IN_DOUBT,
  NOW,
  PAGE,
  REDIRECTED,
  type Row,
  response,
  silence,
  told,
  UNREADABLE,
} from './testing/classification.ts';

const ROWS: Row[] = [
  // Success
  ['Canvas scores_controller.rb', 'canvas', response(200, '{"resultUrl":"https://x/1"}'), 'delivered'],
  ['Moodle 4.5.6 recorded: 200 empty', 'moodle', response(200), 'delivered'],
  ['Sakai LTI13Servlet.java: 200 empty', 'sakai', response(200), 'delivered'],
  ['Open edX views: 201 with the score', 'openedx', response(201, '{"userId":"a"}'), 'delivered'],
  ['AGS 2.0: 202', 'generic', response(202), 'delivered'],
  ['AGS 2.0: 204', 'blackboard', response(204), 'delivered'],
  ['AGS 2.0: an array is no refusal elsewhere', 'generic', response(200, '[]'), 'delivered'],
  ['Moodle 4.5.6 recorded: rejected, 200 with []', 'moodle', response(200, '[]'), 'dead REJECTED'],
  ['derived: 2xx with a page', 'canvas', response(200, PAGE), `${UNREADABLE} ambiguous`],
  ['derived: 2xx with a page', 'moodle', response(200, `\n ${PAGE}`), `${UNREADABLE} ambiguous`],

  // Throttling, before all else
  [
    'Canvas request_throttle.rb',
    'canvas',
    response(403, '403 Forbidden (Rate Limit Exceeded)'),
    'throttled -',
  ],
  [
    'Canvas, profile not known',
    'generic',
    response(403, '403 Forbidden (Rate Limit Exceeded)'),
    'throttled -',
  ],
  [
    'PrairieLearn fetchRetry: header only',
    'canvas',
    response(403, '', { headers: { 'x-rate-limit-remaining': '0.0' } }),
    'throttled -',
  ],
  [
    'Canvas: a negative bucket',
    'canvas',
    response(403, '', { headers: { 'x-rate-limit-remaining': '-12.5' } }),
    'throttled -',
  ],
  [
    'Canvas: something left in the bucket',
    'canvas',
    response(403, '', { headers: { 'x-rate-limit-remaining': '599.1' } }),
    'renewToken FORBIDDEN',
  ],
  ['Canvas send_429_response', 'canvas', response(429), 'throttled -'],
  [
    'RFC 9110 Retry-After seconds',
    'generic',
    response(429, '', { headers: { 'retry-after': '7' } }),
    'throttled 7000',
  ],
  [
    'RFC 9110 Retry-After date',
    'generic',
    response(429, '', { headers: { 'retry-after': 'Fri, 20 Nov 2026 16:00:30 GMT' } }),
    'throttled 30000',
  ],
  ['D2L: a bucket by the minute', 'brightspace', response(429), 'throttled 60000'],
  [
    'D2L with Retry-After',
    'brightspace',
    response(429, '', { headers: { 'retry-after': '3' } }),
    'throttled 3000',
  ],

  // No answer
  ['no answer: DNS', 'generic', silence('DNS', false), DOWN],
  ['no answer: refused', 'generic', silence('CONNECT_REFUSED', false), DOWN],
  ['no answer: connect time-out', 'generic', silence('CONNECT_TIMEOUT', false), DOWN],
  ['no answer: TLS', 'generic', silence('TLS', false), DOWN],
  ['no answer: reset before it was sent', 'generic', silence('RESET', false), DOWN],
  ['no answer: reset, outcome unknown', 'generic', silence('RESET', true), DOWN_IN_DOUBT],
  ['no answer: time-out, outcome unknown', 'canvas', silence('TIMEOUT', true), DOWN_IN_DOUBT],
  ['no answer: any other', 'moodle', silence('OTHER', true), DOWN_IN_DOUBT],
  [
    'our shutting down',
    'generic',
    silence('ABORTED', true),
    'transient PLATFORM_DOWN > EXPIRED cell ambiguous',
  ],
  ['our own rule: private address', 'generic', silence('PRIVATE_ADDRESS', false), 'dead ORIGIN_NOT_ALLOWED'],

  // Out of order
  ['RFC 9110: 408', 'generic', response(408), DOWN],
  ['RFC 8470: 425', 'generic', response(425), DOWN],
  ['Open edX signals.py: 500 although saved', 'openedx', response(500, PAGE), DOWN_IN_DOUBT],
  ['Moodle 4.5.6 recorded: database down', 'moodle', response(500, PAGE), DOWN_IN_DOUBT],
  ['Moodle 4.5.6 recorded: 502 without a status', 'moodle', response(502, PAGE), DOWN_IN_DOUBT],
  [
    'Moodle 4.5.6 recorded: maintenance',
    'moodle',
    response(503, PAGE, { headers: { 'retry-after': '300' } }),
    DOWN,
  ],
  ['RFC 9110: 504', 'generic', response(504), DOWN_IN_DOUBT],
  [
    'Canvas: file service',
    'canvas',
    response(504, canvas('failed to communicate with file service')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  ['Canvas: 500 is no locked grade', 'canvas', response(500, '[]'), DOWN_IN_DOUBT],
  ['our own rule: 3xx to a login page', 'moodle', response(303, PAGE), REDIRECTED],
  ['our own rule: 3xx', 'generic', response(302), REDIRECTED],
  ['RFC 9110: 307', 'generic', response(307), REDIRECTED],

  // Equal or older timestamps
  [
    'Moodle 4.5.6 recorded: 409',
    'moodle',
    response(409, '[]', { reasonPhrase: 'Refusing score with an earlier timestamp for item 7 and user 42' }),
    'older',
  ],
  ['Moodle over HTTP/2: no reason phrase', 'moodle', response(409, '[]'), 'older'],
  ['AGS 2.0: 409 elsewhere', 'generic', response(409), 'older'],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(
      400,
      canvas(
        'Provided timestamp of 2026-01-01T00:00:00Z before last updated timestamp of 2026-01-02T00:00:00Z',
      ),
    ),
    'older',
  ],
  [
    'Open edX serializers: older',
    'openedx',
    response(400, '{"timestamp":["Score timestamp can only be updated to a later point in time"]}'),
    'older',
  ],
  [
    'Open edX views: equal',
    'openedx',
    response(400, '{"timestamp":["Score already exists for the provided timestamp"]}'),
    'older',
  ],
  [
    'heuristic: D2L words unknown',
    'brightspace',
    response(400, 'The timestamp is older than the current one'),
    'older',
  ],
  [
    'heuristic: Blackboard words unknown',
    'blackboard',
    response(422, '{"message":"A later score exists: timestamp refused"}'),
    'older',
  ],
  [
    'heuristic: Schoology words unknown',
    'schoology',
    response(412, '{"error":"timestamp must not be earlier"}'),
    'older',
  ],
  [
    'heuristic: not where the words are known',
    'canvas',
    response(400, canvas('timestamp is odd, try later')),
    'dead REJECTED',
  ],
];

describe('classifyScore', () => {
  it.each(ROWS)('%s (%s)', (_source, profile, answer, expected) => {
    expect(told(classifyScore(answer, profile, NOW))).toBe(expected);
  });

  it('carries what the platform asked for, its words and the status', () => {
    const answer = response(503, 'Back soon', { headers: { 'retry-after': '300' } });
    expect(classifyScore(answer, 'moodle', NOW)).toMatchObject({
      retryAfterMs: 300_000,
      detail: 'Back soon',
      httpStatus: 503,
    });
  });

  it('lets a redirect be tried twice more', () => {
    expect(classifyScore(response(302), 'generic', NOW)).toMatchObject({ budget: { maxTries: 3 } });
  });

  it('never repeats the posted score in its words', () => {
    const reasonPhrase = 'Incorrect score received{"userId":"42","comment":"see me after class"}';
    const { detail } = classifyScore(response(400, '[]', { reasonPhrase }), 'moodle', NOW);
    expect(detail).toBe('Incorrect score received');
  });

  it('always says something, in at most 300 characters', () => {
    expect(classifyScore(response(404), 'generic', NOW).detail).toBe('HTTP 404');
    expect(classifyScore(response(400, 'x'.repeat(5000)), 'generic', NOW).detail).toHaveLength(300);
  });

  it('classifies whatever comes, without throwing', () => {
    const anything = fc.record({
      status: fc.integer({ min: 100, max: 599 }),
      body: fc.oneof(fc.string(), fc.json()),
      headers: fc.dictionary(fc.constantFrom('retry-after', 'x-rate-limit-remaining'), fc.string()),
    });
    fc.assert(
      fc.property(anything, fc.constantFrom(...PROFILE_NAMES), ({ status, body, headers }, profile) => {
        const outcome = classifyScore(response(status, body, { headers }), profile, NOW);
        expect(outcome.kind === 'delivered').toBe(
          outcome.kind === 'delivered' && status >= 200 && status < 300,
        );
      }),
    );
  });
});
