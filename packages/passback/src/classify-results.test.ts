import { describe, expect, it } from 'vitest';
import { classifyResults } from './classify.ts';
import {
  DOWN,
  moodle,
  NOW,
  PAGE,
  type Row,
  response,
  silence,
  told,
  UNREADABLE,
} from './testing/classification.ts';

const ROWS: Row[] = [
  ['derived: a page', 'generic', response(200, PAGE), UNREADABLE],
  ['reading changes nothing', 'canvas', silence('RESET', true), DOWN],
  ['Moodle 4.5.6 recorded: limit with type_id', 'moodle', response(404, PAGE), 'reresolve LINE_ITEM_GONE'],
  ['Moodle OAuthBody.php', 'moodle', response(401, moodle(401, 'Unauthorized')), 'renewToken UNAUTHORIZED'],
  ['Open edX', 'openedx', response(403, '{"detail":"Invalid token signature."}'), 'renewToken UNAUTHORIZED'],
  ['a 403', 'generic', response(403), 'renewToken FORBIDDEN'],
  ['Canvas', 'canvas', response(412), 'reresolve LINE_ITEM_NOT_OURS'],
  ['RFC 9110: 400', 'generic', response(400), 'dead REJECTED'],
];

describe('classifyResults', () => {
  it.each(ROWS)('%s (%s)', (_source, profile, answer, expected) => {
    expect(told(classifyResults(answer, profile, NOW))).toBe(expected);
  });
});
