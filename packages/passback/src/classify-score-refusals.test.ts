import { describe, expect, it } from 'vitest';
import { classifyScore } from './classify.ts';
import {
  canvas,
  DOWN_IN_DOUBT,
  LOCKED,
  moodle,
  NOW,
  type Row,
  response,
  told,
  UNREADABLE,
} from './testing/classification.ts';

const ROWS: Row[] = [
  // People
  ['Moodle 4.5.6 recorded: not enrolled', 'moodle', response(400, '[]'), 'dead USER_NOT_IN_CONTEXT'],
  [
    'Rating-PHP issue 1: the echo decides nothing',
    'moodle',
    response(400, '[]', {
      reasonPhrase: 'Incorrect score received{"comment":"timestamp older, Rate Limit Exceeded"}',
    }),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Moodle, profile not known',
    'generic',
    response(400, '[]', { reasonPhrase: 'Incorrect score received{"comment":"timestamp older"}' }),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Blackboard by hypothesis/lms',
    'blackboard',
    response(400, '{"message":"User could not be found: 1a"}'),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Sakai LTI13Servlet.java',
    'sakai',
    response(400, '{"error":"User does not belong to site"}'),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'Canvas gradebook_services.rb',
    'canvas',
    response(422, canvas('User not found in course or is not a student')),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'D2L by hypothesis/lms: 403',
    'brightspace',
    response(403, 'User in requested score is not enrolled in the org unit'),
    'dead USER_NOT_IN_CONTEXT',
  ],
  [
    'D2L by hypothesis/lms: 404',
    'brightspace',
    response(404, 'User in requested score does not exist'),
    'dead USER_NOT_FOUND',
  ],
  ['D2L FAQ: role not gradable', 'brightspace', response(422), 'dead USER_NOT_GRADABLE'],
  ['D2L FAQ: only where no words say else', 'brightspace', response(422, 'Timestamp is earlier'), 'older'],
  ['elsewhere 422 without words', 'generic', response(422), 'dead REJECTED'],

  // Tool, course, rights
  [
    'Canvas advantage_services.rb',
    'canvas',
    response(401, canvas('Access Token not linked to a Tool associated with this Context')),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  [
    'Canvas lti_services.rb: scope',
    'canvas',
    response(401, canvas('Insufficient permissions')),
    'renewToken SCOPE_NOT_GRANTED',
  ],
  [
    'Canvas lti_services.rb: key off',
    'canvas',
    response(401, canvas('Unknown or inactive Developer Key')),
    'holdCredentials REGISTRATION_DISABLED',
  ],
  [
    'Canvas advantage_services.rb: other key',
    'canvas',
    response(401, canvas('Invalid Developer Key')),
    'holdCredentials REGISTRATION_DISABLED',
  ],
  [
    'Canvas: token of another host',
    'canvas',
    response(401, canvas("Invalid access token field/s: the 'aud' is invalid")),
    'renewToken UNAUTHORIZED',
  ],
  ['Canvas: expired', 'canvas', response(401, canvas('Access token expired')), 'renewToken UNAUTHORIZED'],
  [
    'Moodle 4.5.6 recorded: all alike',
    'moodle',
    response(401, moodle(401, 'Unauthorized')),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Sakai: signature_error',
    'sakai',
    response(403, '{"error":"signature_error"}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Sakai: invalid_authorization',
    'sakai',
    response(403, '{"error":"invalid_authorization"}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Sakai: token_parse_failure',
    'sakai',
    response(403, '{"error":"token_parse_failure"}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Open edX: invalid token',
    'openedx',
    response(403, '{"detail":"Invalid token signature."}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Open edX: no token',
    'openedx',
    response(403, '{"detail":"Missing LTI 1.3 authentication token."}'),
    'renewToken UNAUTHORIZED',
  ],
  [
    'Moodle: Not allowed in context',
    'moodle',
    response(403, moodle(403, 'Not allowed in context')),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  [
    'Moodle 4.5.6 recorded: another tool',
    'moodle',
    response(403, '[]', { reasonPhrase: 'Invalid LTI id supplied.' }),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  ['RFC 6750: any other 403', 'generic', response(403), 'renewToken FORBIDDEN'],
  [
    'Sakai: scope',
    'sakai',
    response(400, '{"error":"Scope score not in access token"}'),
    'renewToken SCOPE_NOT_GRANTED',
  ],
  [
    'Sakai: tool removed',
    'sakai',
    response(400, '{"error":"No placements for tool"}'),
    'dead TOOL_NOT_IN_CONTEXT',
  ],
  ['Sakai: tool removed', 'sakai', response(400, '{"error":"Missing tool"}'), 'dead TOOL_NOT_IN_CONTEXT'],
  [
    'Sakai: site gone',
    'sakai',
    response(400, '{"error":"Could not load site associated with content"}'),
    'dead CONTEXT_GONE',
  ],
  [
    'Sakai: column gone',
    'sakai',
    response(400, '{"error":"Could not load column"}'),
    'reresolve LINE_ITEM_GONE',
  ],
  [
    'Moodle 4.5.6 recorded: course gone',
    'moodle',
    response(404, moodle(404, "Not Found: Course 99 doesn't exist")),
    'dead CONTEXT_GONE',
  ],
  [
    'Canvas: course deleted',
    'canvas',
    response(404, canvas('Context is deleted or not found')),
    'dead CONTEXT_GONE',
  ],
  [
    'Canvas, older: course deleted',
    'canvas',
    response(404, canvas('Context not found')),
    'dead CONTEXT_GONE',
  ],
  [
    'Canvas: course concluded',
    'canvas',
    response(422, canvas('This course has concluded. AGS requests will no longer be accepted')),
    'dead CONTEXT_CONCLUDED',
  ],

  // Columns and grades
  [
    'Moodle 4.5.6 recorded: item deleted',
    'moodle',
    response(404, moodle(404, "Not Found: Grade item 7 doesn't exist")),
    'reresolve LINE_ITEM_GONE',
  ],
  [
    'Canvas: item deleted',
    'canvas',
    response(404, canvas('The specified resource does not exist.')),
    'reresolve LINE_ITEM_GONE',
  ],
  ['Canvas: assignment deleted, empty body', 'canvas', response(404), 'reresolve LINE_ITEM_GONE'],
  ['RFC 9110: 410', 'generic', response(410), 'reresolve LINE_ITEM_GONE'],
  [
    'Canvas: another tool',
    'canvas',
    response(412, canvas('Tool does not have permission to view line_item')),
    'reresolve LINE_ITEM_NOT_OURS',
  ],
  ['Moodle 4.5.6 recorded: locked', 'moodle', response(500, '[]'), LOCKED],
  [
    'webwork2 AGSResponse.pm',
    'canvas',
    response(422, canvas('Cannot grade this submission at this time')),
    LOCKED,
  ],
  [
    'Canvas: unpublished',
    'canvas',
    response(422, canvas('This assignment is still unpublished')),
    'transient UNPUBLISHED > UNPUBLISHED cell',
  ],
  [
    'hypothesis/lms issue 4973',
    'canvas',
    response(422, canvas('The maximum number of allowed attempts has been reached for this submission')),
    'regrade ATTEMPTS_EXHAUSTED',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(504, canvas('file url timed out')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(500, canvas('uploading to file service failed with 503: no')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(400, canvas('uploading to file service failed with 400: no such file')),
    'transient FILES_NOT_TAKEN > FILES_NOT_TAKEN cell',
  ],
  ['a gateway, whatever it is', 'canvas', response(504, 'Gateway Timeout'), DOWN_IN_DOUBT],

  // Malformed
  ['Canvas assignment_tools.md', 'canvas', response(400, canvas('userId is missing')), 'dead BAD_REQUEST'],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(400, canvas('Provided timestamp of x not a valid timestamp')),
    'dead BAD_REQUEST',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(422, canvas('ScoreMaximum not supplied when ScoreGiven present.')),
    'dead BAD_REQUEST',
  ],
  [
    'Canvas scores_controller.rb',
    'canvas',
    response(422, canvas('ScoreGiven must be greater than or equal to 0')),
    'dead BAD_REQUEST',
  ],
  [
    'Open edX serializers',
    'openedx',
    response(400, '{"scoreMaximum":["scoreMaximum is a required field"]}'),
    'dead BAD_REQUEST',
  ],
  [
    'Moodle 4.5.6 recorded: path',
    'moodle',
    response(400, moodle(400, 'No handler found for /7/lineitems')),
    'dead BAD_REQUEST',
  ],
  [
    'Moodle 4.5.6 recorded: Accept',
    'moodle',
    response(400, moodle(400, 'No context or unsupported content type')),
    'dead BAD_REQUEST',
  ],
  [
    'Schoology lti_1p3 pull 27',
    'schoology',
    response(400, '{"error":"Invalid parameter \\"body.id\\": \\"id\\" is not allowed"}'),
    'dead BAD_REQUEST',
  ],
  ['RFC 9110: 405', 'generic', response(405), 'dead BAD_REQUEST'],
  ['RFC 9110: 406', 'generic', response(406), 'dead BAD_REQUEST'],
  ['RFC 9110: 413', 'generic', response(413), 'dead BAD_REQUEST'],
  ['Open edX parsers: 415', 'openedx', response(415), 'dead BAD_REQUEST'],
  [
    'Canvas: submittedAt ahead',
    'canvas',
    response(400, canvas('Provided submittedAt in the future')),
    'dead REJECTED',
  ],
  ['RFC 9110: any other 400', 'generic', response(400, 'no'), 'dead REJECTED'],
  ['RFC 9110: 402', 'generic', response(402), 'dead REJECTED'],
  ['RFC 9110: a status nobody sends', 'generic', response(199), UNREADABLE],
];

describe('classifyScore of a refusal', () => {
  it.each(ROWS)('%s (%s)', (_source, profile, answer, expected) => {
    expect(told(classifyScore(answer, profile, NOW))).toBe(expected);
  });
});
