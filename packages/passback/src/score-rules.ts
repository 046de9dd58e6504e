import { type AnswerRule, SUCCESS, UNREADABLE } from './answer-rules.ts';
import { ACCESS_RULES, MALFORMED_RULES, STATUS_RULES, THROTTLE_RULES } from './common-rules.ts';
import { regrade, renewToken, reresolve } from './outcome.ts';

/** The files of this score cannot be fetched, which is no matter of other cells. */
const FILES_NOT_TAKEN = {
  kind: 'transient',
  reason: 'FILES_NOT_TAKEN',
  ambiguous: false,
  systemic: false,
  finalReason: 'FILES_NOT_TAKEN',
} as const;

/** What the answer to a posted score means, first match first. */
export const SCORE_RULES: readonly AnswerRule[] = [
  ...THROTTLE_RULES,
  {
    // The 400 is lost when the request's body has a line break, which Moodle repeats in the status line.
    status: SUCCESS,
    body: 'emptyArray',
    profiles: ['moodle'],
    means: { kind: 'dead', reason: 'REJECTED' },
    source: 'Moodle, recorded from 4.5.6: 200 with [] and nothing stored',
  },
  {
    // A page can come in place of the service's answer after the service did its work.
    status: SUCCESS,
    body: 'markup',
    means: { ...UNREADABLE, ambiguous: true },
    source: 'derived: a login or maintenance page in place of the service',
  },
  {
    status: SUCCESS,
    means: { kind: 'delivered' },
    source: 'AGS 2.0 section 3.4: 200 Canvas, Moodle, Sakai; 201 Open edX; 204',
  },

  {
    status: 409,
    means: { kind: 'older' },
    source: 'Moodle scores.php, recorded from 4.5.6: Refusing score with an earlier timestamp',
  },
  {
    status: 400,
    text: ['before last updated timestamp'],
    means: { kind: 'older' },
    source: 'Canvas scores_controller.rb',
  },
  {
    status: 400,
    text: ['can only be updated to a later point', 'already exists for the provided timestamp'],
    means: { kind: 'older' },
    source: 'Open edX lti_1p3 serializers and views',
  },

  {
    // Malformed scores get the same answer; ours was checked before it was taken.
    status: 400,
    body: 'emptyArray',
    profiles: ['moodle'],
    means: { kind: 'dead', reason: 'USER_NOT_IN_CONTEXT' },
    source: 'Moodle, recorded from 4.5.6: user unknown or not enrolled',
  },
  {
    status: 400,
    text: ['incorrect score received'],
    means: { kind: 'dead', reason: 'USER_NOT_IN_CONTEXT' },
    source: 'Moodle scores.php; celtic-project/Rating-PHP issue 1',
  },
  {
    status: 400,
    text: ['user could not be found', 'user does not belong to site'],
    means: { kind: 'dead', reason: 'USER_NOT_IN_CONTEXT' },
    source: 'Blackboard by hypothesis/lms _v13.py; Sakai LTI13Servlet.java',
  },
  {
    status: 422,
    text: ['user not found in course'],
    means: { kind: 'dead', reason: 'USER_NOT_IN_CONTEXT' },
    source: 'Canvas concerns/gradebook_services.rb',
  },
  {
    status: 403,
    text: ['not enrolled'],
    means: { kind: 'dead', reason: 'USER_NOT_IN_CONTEXT' },
    source: 'D2L by hypothesis/lms _v13.py',
  },
  {
    status: 404,
    text: ['user in requested score'],
    means: { kind: 'dead', reason: 'USER_NOT_FOUND' },
    source: 'D2L by hypothesis/lms _v13.py',
  },

  ...ACCESS_RULES,

  {
    status: 500,
    body: 'emptyArray',
    profiles: ['moodle'],
    means: {
      kind: 'transient',
      reason: 'GRADE_LOCKED',
      ambiguous: false,
      systemic: false,
      finalReason: 'GRADE_LOCKED',
    },
    source: 'Moodle, recorded from 4.5.6: grade or grade item locked',
  },
  {
    status: 422,
    text: ['cannot grade this submission at this time'],
    means: {
      kind: 'transient',
      reason: 'GRADE_LOCKED',
      ambiguous: false,
      systemic: false,
      finalReason: 'GRADE_LOCKED',
    },
    source: 'Canvas scores_controller.rb rescues GradeError; ubc/webwork2 AGSResponse.pm',
  },
  {
    status: 422,
    text: ['still unpublished'],
    means: {
      kind: 'transient',
      reason: 'UNPUBLISHED',
      ambiguous: false,
      systemic: false,
      finalReason: 'UNPUBLISHED',
    },
    source: 'Canvas scores_controller.rb; ubc/webwork2 AGSResponse.pm',
  },
  {
    status: 422,
    text: ['maximum number of allowed attempts'],
    means: regrade('ATTEMPTS_EXHAUSTED'),
    source: 'Canvas scores_controller.rb; hypothesis/lms issue 4973',
  },

  {
    // The files are fetched before anything is kept of the score, as its source has it by now.
    status: [500, 504],
    text: ['file service', 'file url timed out'],
    profiles: ['canvas'],
    means: FILES_NOT_TAKEN,
    source: 'Canvas scores_controller.rb: uploading to file service failed with, failed to communicate with',
  },
  {
    status: 400,
    text: ['uploading to file service failed'],
    profiles: ['canvas'],
    means: { ...FILES_NOT_TAKEN, budget: { maxTries: 5 } },
    source: 'Canvas scores_controller.rb: the address is refused',
  },

  ...MALFORMED_RULES,
  {
    // A guess from the words; what the platform has is read before it is believed.
    status: [400, 412, 422],
    text: [
      /timestamp.{0,200}\b(older|earlier|later|before)\b/s,
      /\b(older|earlier|later|before)\b.{0,200}timestamp/s,
    ],
    profiles: ['blackboard', 'brightspace', 'schoology', 'sakai', 'generic'],
    means: { kind: 'older' },
    source: 'heuristic for platforms whose words are not known (AGS 2.0 section 3.4 fixes no status)',
  },
  {
    status: 422,
    profiles: ['brightspace'],
    means: { kind: 'dead', reason: 'USER_NOT_GRADABLE' },
    source: 'D2L LTI Advantage developer FAQ: role without "Can be graded"',
  },
  {
    status: 400,
    text: ['could not load column'],
    means: reresolve('LINE_ITEM_GONE'),
    source: 'Sakai LTI13Servlet.java',
  },
  {
    status: [404, 410],
    means: reresolve('LINE_ITEM_GONE'),
    source: "Moodle, recorded from 4.5.6: Grade item N doesn't exist; Canvas gradebook_services.rb",
  },
  {
    status: 412,
    means: reresolve('LINE_ITEM_NOT_OURS'),
    source: 'Canvas concerns/gradebook_services.rb: Tool does not have permission to view line_item',
  },
  {
    status: 401,
    means: renewToken('UNAUTHORIZED'),
    source: 'RFC 6750 section 3.1; Moodle OAuthBody.php; Canvas Access token expired',
  },
  {
    status: 403,
    means: renewToken('FORBIDDEN'),
    source: 'RFC 6750 section 3.1; Sakai and Open edX refuse expired tokens with 403',
  },
  ...STATUS_RULES,
  {
    status: { from: 400, to: 499 },
    means: { kind: 'dead', reason: 'REJECTED' },
    source: 'RFC 9110 section 15.5: the request is at fault, repeating it does not help',
  },
];
