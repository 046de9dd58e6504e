import { type AnswerRule, SUCCESS, UNREADABLE } from './answer-rules.ts';
import { ACCESS_RULES, MALFORMED_RULES, STATUS_RULES, THROTTLE_RULES } from './common-rules.ts';
import { renewToken, reresolve } from './outcome.ts';

/** What a read of results that could not be used means, first match first. */
export const RESULTS_RULES: readonly AnswerRule[] = [
  ...THROTTLE_RULES,
  {
    status: SUCCESS,
    means: UNREADABLE,
    source: 'derived: a page, no JSON, or no list of results',
  },
  ...ACCESS_RULES,
  ...MALFORMED_RULES,
  {
    status: [404, 410],
    means: reresolve('LINE_ITEM_GONE'),
    source: "Moodle, recorded from 4.5.6: Grade item N doesn't exist; Canvas results_controller.rb",
  },
  {
    status: 412,
    means: reresolve('LINE_ITEM_NOT_OURS'),
    source: 'Canvas concerns/gradebook_services.rb',
  },
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
