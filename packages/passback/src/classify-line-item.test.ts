import { describe, expect, it } from 'vitest';
import type { LineItemOperation } from './answer-rules.ts';
import { classifyLineItem } from './classify.ts';
import {
  canvas,
  DOWN,
  DOWN_IN_DOUBT,
  moodle,
  NOW,
  PAGE,
  type Row,
  response,
  silence,
  told,
  UNREADABLE,
} from './testing/classification.ts';

type LineItemRow = [...Row, operation: LineItemOperation];

const ROWS: LineItemRow[] = [
  ['derived: a page', 'generic', response(200, PAGE), UNREADABLE, 'list'],
  [
    'derived: made, but its URL not told',
    'generic',
    response(201, PAGE),
    `${UNREADABLE} ambiguous`,
    'create',
  ],
  ['create: outcome unknown', 'generic', silence('TIMEOUT', true), DOWN_IN_DOUBT, 'create'],
  ['list changes nothing', 'generic', silence('TIMEOUT', true), DOWN, 'list'],
  ['get changes nothing', 'generic', response(502), DOWN, 'get'],
  ['create: outcome unknown', 'generic', response(502), DOWN_IN_DOUBT, 'create'],
  ['Canvas request_throttle.rb', 'canvas', response(403, 'Rate Limit Exceeded'), 'throttled -', 'list'],
  [
    'Canvas advantage_services.rb',
    'canvas',
    response(401, canvas('Access Token not linked to a Tool')),
    'dead TOOL_NOT_IN_CONTEXT',
    'list',
  ],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken SCOPE_NOT_GRANTED',
    'list',
  ],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  [
    'Moodle 4.5.6 recorded: grade sync only',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  [
    'Moodle 4.5.6 recorded',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken UNAUTHORIZED',
    'list',
  ],
  [
    'Moodle 4.5.6 recorded: foreign link',
    'moodle',
    response(403, moodle(403, 'Forbidden')),
    'renewToken CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  ['Open edX', 'openedx', response(403), 'renewToken FORBIDDEN', 'get'],
  [
    'Canvas: link of another tool',
    'canvas',
    response(422, canvas('Resource link id points to Tool not associated with this Context')),
    'dead CANNOT_CREATE_LINE_ITEM',
    'create',
  ],
  ['Canvas: link without item', 'canvas', response(412), 'dead CANNOT_CREATE_LINE_ITEM', 'create'],
  ['AGS 2.0 section 3.2.9', 'generic', response(404), 'dead CANNOT_CREATE_LINE_ITEM', 'create'],
  [
    'Moodle 4.5.6 recorded',
    'moodle',
    response(404, moodle(404, "Not Found: Course 9 doesn't exist")),
    'dead CONTEXT_GONE',
    'create',
  ],
  ['a course that is no more', 'generic', response(404), 'dead CONTEXT_GONE', 'list'],
  [
    'Moodle 4.5.6 recorded',
    'moodle',
    response(404, moodle(404, "Not Found: Grade item 7 doesn't exist")),
    'reresolve LINE_ITEM_GONE',
    'get',
  ],
  [
    'Canvas gradebook_services.rb',
    'canvas',
    response(412, canvas('Tool does not have permission to view line_item')),
    'dead LINE_ITEM_NOT_OURS',
    'get',
  ],
  [
    'Moodle lineitems.php',
    'moodle',
    response(400, moodle(400, 'No label or Score Maximum')),
    'dead BAD_REQUEST',
    'create',
  ],
  ['RFC 9110: 405', 'generic', response(405), 'dead CANNOT_CREATE_LINE_ITEM', 'create'],
  ['RFC 9110: 405', 'generic', response(405), 'dead BAD_REQUEST', 'list'],
  ['RFC 9110: 400', 'generic', response(400), 'dead REJECTED', 'update'],
  ['Canvas: of an assignment', 'canvas', response(401), 'dead CANNOT_CHANGE_LINE_ITEM', 'delete'],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Invalid access token')),
    'renewToken CANNOT_CHANGE_LINE_ITEM',
    'delete',
  ],
  [
    'Canvas lti_services.rb',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken SCOPE_NOT_GRANTED',
    'update',
  ],
  [
    'Moodle 4.5.6 recorded: grade sync only',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken CANNOT_CHANGE_LINE_ITEM',
    'update',
  ],
  [
    'Open edX permissions.py',
    'openedx',
    response(403, '{"detail":"You do not have permission to perform this action."}'),
    'renewToken CANNOT_CHANGE_LINE_ITEM',
    'delete',
  ],
  [
    'Sakai LTI13Servlet.java',
    'sakai',
    response(400, '{"error":"Could not delete line item 7"}'),
    'dead CANNOT_CHANGE_LINE_ITEM',
    'delete',
  ],
  ['RFC 9110: 405', 'generic', response(405), 'dead CANNOT_CHANGE_LINE_ITEM', 'delete'],
  ['gone already', 'generic', response(404), 'reresolve LINE_ITEM_GONE', 'delete'],
];

describe('classifyLineItem', () => {
  it.each(ROWS)('%s (%s)', (_source, profile, answer, expected, operation) => {
    expect(told(classifyLineItem(answer, profile, operation, NOW))).toBe(expected);
  });
});
