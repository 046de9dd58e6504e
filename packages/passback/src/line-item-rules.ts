import { type AnswerRule, SUCCESS, UNREADABLE } from './answer-rules.ts';
import { ACCESS_RULES, MALFORMED_RULES, STATUS_RULES, THROTTLE_RULES } from './common-rules.ts';
import { renewToken, reresolve } from './outcome.ts';

const CHANGES = ['update', 'delete'] as const;

/** What a line item request that could not be used means, first match first. */
export const LINE_ITEM_RULES: readonly AnswerRule[] = [
  ...THROTTLE_RULES,
  {
    status: SUCCESS,
    operations: ['create'],
    means: { ...UNREADABLE, ambiguous: true },
    source: 'derived: the line item may have been made, its URL was not told',
  },
  {
    status: SUCCESS,
    means: UNREADABLE,
    source: 'derived: a page, no JSON, or no line item in place of one',
  },
  {
    // The tool may post scores but not manage columns; the list worked before it.
    status: 401,
    text: ['insufficient permissions'],
    operations: ['create'],
    means: renewToken('CANNOT_CREATE_LINE_ITEM'),
    source: 'Canvas concerns/lti_services.rb: scope lineitem missing',
  },
  {
    status: 401,
    body: 'nothing',
    operations: ['delete'],
    profiles: ['canvas'],
    means: { kind: 'dead', reason: 'CANNOT_CHANGE_LINE_ITEM' },
    source: 'Canvas line_items_controller.rb: head :unauthorized for the column of an assignment',
  },
  {
    status: 400,
    text: ['could not delete line item', 'could not delete assignment'],
    operations: ['delete'],
    means: { kind: 'dead', reason: 'CANNOT_CHANGE_LINE_ITEM' },
    source: 'Sakai LTI13Servlet.java, whatever the cause; also of one that is gone',
  },
  ...ACCESS_RULES.filter(({ text }) => !text?.includes('invalid lti id supplied')),
  {
    status: [401, 403],
    operations: CHANGES,
    means: renewToken('CANNOT_CHANGE_LINE_ITEM'),
    source:
      'Moodle, recorded from 4.5.6: "grade sync only"; Open edX permissions.py: no column can be deleted',
  },
  {
    status: [401, 403],
    operations: ['create'],
    means: renewToken('CANNOT_CREATE_LINE_ITEM'),
    source: 'Moodle, recorded from 4.5.6: "grade sync only" lists but does not create; foreign resource link',
  },
  {
    status: [404, 410, 412],
    operations: ['create'],
    means: { kind: 'dead', reason: 'CANNOT_CREATE_LINE_ITEM' },
    source:
      'AGS 2.0 section 3.2.9; Canvas line_items_controller.rb: unknown resource link, or one without item',
  },
  {
    status: 422,
    text: ['resource link id'],
    operations: ['create'],
    means: { kind: 'dead', reason: 'CANNOT_CREATE_LINE_ITEM' },
    source: 'Canvas concerns/gradebook_services.rb: Resource link id points to Tool not associated',
  },
  {
    status: [404, 410],
    operations: ['list'],
    means: { kind: 'dead', reason: 'CONTEXT_GONE' },
    source: 'Moodle, recorded from 4.5.6: course unknown or deleted',
  },
  {
    status: [404, 410],
    means: reresolve('LINE_ITEM_GONE'),
    source: 'Moodle, recorded from 4.5.6; Canvas line_items_controller.rb, Sakai: Could not load column',
  },
  {
    status: 412,
    means: { kind: 'dead', reason: 'LINE_ITEM_NOT_OURS' },
    source: 'Canvas concerns/gradebook_services.rb: Tool does not have permission to view line_item',
  },
  {
    status: 405,
    operations: ['create'],
    means: { kind: 'dead', reason: 'CANNOT_CREATE_LINE_ITEM' },
    source: 'RFC 9110 section 15.5.6: a platform whose line items only teachers make',
  },
  {
    status: 405,
    operations: CHANGES,
    means: { kind: 'dead', reason: 'CANNOT_CHANGE_LINE_ITEM' },
    source: 'RFC 9110 section 15.5.6: a platform whose line items only teachers change',
  },
  ...MALFORMED_RULES,
  {
    status: 401,
    means: renewToken('UNAUTHORIZED'),
    source: 'RFC 6750 section 3.1; Moodle OAuthBody.php',
  },
  {
    status: 403,
    means: renewToken('FORBIDDEN'),
    source: 'RFC 6750 section 3.1; Open edX authentication.py',
  },
  ...STATUS_RULES,
  {
    status: { from: 400, to: 499 },
    means: { kind: 'dead', reason: 'REJECTED' },
    source: 'RFC 9110 section 15.5',
  },
];
