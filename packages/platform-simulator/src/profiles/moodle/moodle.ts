import { webPage } from '../../http/reply.ts';
import { MEDIA_TYPES, type Profile } from '../profile.ts';
import { Refused } from '../refusals.ts';
import { readLineItem, showLineItem } from './line-items.ts';
import { admit, negotiate } from './negotiate.ts';
import { refuse } from './refuse.ts';
import { refuseToken } from './refuse-token.ts';
import { readScore } from './scores.ts';

const GRADE_PAGING = {
  parameter: 'from',
  link: 'moodle',
  rels: ['first', 'prev', 'canonical', 'next', 'last'],
} as const;

/** Moodle 4.5.6 as it was recorded on the wire. */
export const moodle: Profile = {
  name: 'moodle',
  productFamilyCode: 'moodle',
  deploymentId: '1',
  urls: {
    token: '/mod/lti/token.php',
    jwks: '/mod/lti/certs.php',
    openidConfiguration: '/mod/lti/openid-configuration.php',
    authorization: '/mod/lti/auth.php',
    lineItems: '/mod/lti/services.php/{course}/lineitems?type_id={type}',
    lineItem: '/mod/lti/services.php/{course}/lineitems/{item}/lineitem?type_id={type}',
    memberships: '/mod/lti/services.php/CourseSection/{course}/bindings/{type}/memberships',
  },
  ids: { users: 'number', resourceLinks: 'number' },
  token: {
    headers: { 'content-type': 'text/html; charset=utf-8' },
    expiresInSeconds: 3600,
    audience: 'ignored',
    issuer: 'ignored',
    requiredClaims: [],
    jti: 'ignored',
    futureLeewaySeconds: 0,
    expiryLeewaySeconds: 0,
    algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384'],
    keySet: 'anyFailure',
    keySetTimeoutMs: 300_000,
    scopes: 'trim',
    strictForm: true,
    refuse: refuseToken,
  },
  authorization: { scheme: 'exact' },
  negotiate,
  admit,
  lineItems: {
    read: readLineItem,
    omitted: 'erased',
    maximumChange: 'keepsPercentage',
    deleteCoupled: 'deleted',
    answer: 'echo',
    show: showLineItem,
    resourceLinkFilters: ['resource_link_id', 'lti_link_id'],
    deleted: { status: 204, reason: 'OK' },
    paging: { ...GRADE_PAGING, always: false },
    anyCourse: true,
    foreignReadable: true,
  },
  scores: {
    read: readScore,
    precisionMs: 1000,
    refuses: 'equalOrOlder',
    atomic: false,
    final: ['FullyGraded'],
    notFinal: 'clears',
    noScore: 'clears',
    clearedAt: 'platformClock',
    outOfRange: 'capped',
    comments: 'replaced',
    attempts: false,
    editedAt: 'platformClock',
    teacherEdit: 'staysOnCoupled',
    stored: { status: 200, headers: { 'content-type': MEDIA_TYPES.score } },
  },
  results: {
    paging: { ...GRADE_PAGING, always: false },
    check: (request) => {
      if (request.query.has('limit') && request.query.has('type_id')) throw new Refused('badQuery');
    },
    userFilter: /^\d+$/,
    includes: (cell) => cell.stored,
    show: ({ item, cell, member, itemUrl, resultUrl }) => ({
      id: resultUrl,
      userId: member.userId,
      ...(cell.score === null
        ? {}
        : {
            resultScore: cell.score,
            resultMaximum: item.scoreMaximum,
            ...(cell.comments.length === 0 ? {} : { comment: cell.comments.at(-1) }),
            scoreOf: itemUrl,
            timestamp: new Date(cell.timestamp ?? cell.updatedAt).toISOString().replace(/\.\d+Z$/, '+00:00'),
          }),
    }),
  },
  memberships: {
    paging: { parameter: 'from', link: 'plain', rels: ['next'], always: false },
    includesSuspended: false,
    roles: {
      learner: ['Learner', 'http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
      instructor: ['Instructor', 'http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor'],
    },
    show: (member) => {
      const [given = '', ...family] = member.name.split(' ');
      return {
        status: 'Active',
        roles: [member.role === 'learner' ? 'Learner' : 'Instructor'],
        user_id: member.userId,
        name: member.name,
        given_name: given,
        family_name: family.join(' '),
        email: member.email,
        ext_user_username: member.email.split('@')[0],
        lis_person_sourcedid: '',
      };
    },
  },
  launch: { severalItems: 'untold', contextId: 'courseId', rosterVersions: ['1.0', '2.0'] },
  throttled: () => ({
    status: 429,
    headers: { 'content-type': 'text/html; charset=utf-8', 'retry-after': '5' },
    body: '<html><head><title>429 Too Many Requests</title></head><body></body></html>\n',
  }),
  maintenance: {
    ...webPage(
      503,
      'Site is under maintenance',
      'This site is undergoing maintenance and is currently not available.',
    ),
    headers: { 'content-type': 'text/html; charset=utf-8', 'retry-after': '300' },
  },
  databaseDown: webPage(500, 'Error', 'Error: Database connection failed'),
  refuse,
};
