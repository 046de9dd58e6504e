import { type AnswerRule, SUCCESS, UNREADABLE } from './answer-rules.ts';
import { ACCESS_RULES, MALFORMED_RULES, STATUS_RULES, THROTTLE_RULES } from './common-rules.ts';
import { renewToken } from './outcome.ts';

/** What a read of a course's members that could not be used means, first match first. */
export const MEMBERS_RULES: readonly AnswerRule[] = [
  ...THROTTLE_RULES,
  {
    status: SUCCESS,
    means: UNREADABLE,
    source: 'derived: a page, no JSON, or no list of members',
  },
  ...ACCESS_RULES,
  {
    status: 403,
    text: ['above_response_limit'],
    means: { kind: 'dead', reason: 'REJECTED' },
    source: 'Open edX lti_consumer: a course with more members than it shows',
  },
  ...MALFORMED_RULES,
  {
    status: [404, 410],
    means: { kind: 'dead', reason: 'CONTEXT_GONE' },
    source: 'Moodle, recorded from 4.5.6: 404 with the reason in its status line',
  },
  {
    status: 401,
    means: renewToken('UNAUTHORIZED'),
    source: 'RFC 6750 section 3.1; Moodle OAuthBody.php: whatever is wrong with the token',
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
