import { text, webPage } from '../../http/reply.ts';
import { isSet } from '../body.ts';
import type { PagingRules, Profile } from '../profile.ts';
import { ROLE_FILTERS, showMember } from '../roles.ts';
import { readLineItem, showLineItem } from './line-items.ts';
import { negotiate } from './negotiate.ts';
import { refuse, refuseToken } from './refuse.ts';
import { readScore } from './scores.ts';

const PAGING: PagingRules = {
  parameter: 'page',
  maxLimit: 1000,
  link: 'plain',
  rels: ['next'],
  always: false,
};

/** A platform that keeps to the letter of AGS 2.0, NRPS 2.0 and the security framework, and refuses what they do not allow. */
export const generic: Profile = {
  name: 'generic',
  productFamilyCode: 'gradewire-simulator',
  deploymentId: 'deployment-1',
  urls: {
    token: '/token',
    jwks: '/jwks',
    openidConfiguration: '/.well-known/openid-configuration',
    authorization: '/authorize',
    lineItems: '/courses/{course}/lineitems',
    lineItem: '/courses/{course}/lineitems/{item}',
    memberships: '/courses/{course}/memberships',
  },
  ids: { users: 'plain', resourceLinks: 'plain' },
  token: {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' },
    expiresInSeconds: 3600,
    audience: 'tokenUrl',
    issuer: 'clientId',
    requiredClaims: ['iss', 'sub', 'aud', 'iat', 'exp', 'jti'],
    jti: 'once',
    futureLeewaySeconds: 0,
    expiryLeewaySeconds: 0,
    maxAgeSeconds: 300,
    algorithms: ['RS256'],
    keySet: 'unknownKid',
    keySetTimeoutMs: 10_000,
    scopes: 'trim',
    strictForm: true,
    refuse: refuseToken,
  },
  authorization: { scheme: 'anyCase' },
  negotiate,
  lineItems: {
    read: readLineItem,
    omitted: 'erased',
    maximumChange: 'keepsPoints',
    deleteCoupled: 'refused',
    answer: 'item',
    show: showLineItem,
    resourceLinkFilters: ['resource_link_id'],
    deleted: { status: 204 },
    paging: PAGING,
    anyCourse: false,
    foreignReadable: false,
  },
  scores: {
    read: readScore,
    precisionMs: 1,
    refuses: 'older',
    atomic: true,
    final: ['FullyGraded'],
    notFinal: 'ignored',
    noScore: 'clears',
    clearedAt: 'score',
    outOfRange: 'kept',
    comments: 'replaced',
    attempts: false,
    editedAt: 'unchanged',
    teacherEdit: 'overwritten',
    stored: { status: 204 },
  },
  results: {
    paging: PAGING,
    userFilter: /./,
    includes: (cell) => cell.stored,
    show: ({ item, cell, member, itemUrl, resultUrl }) => ({
      id: resultUrl,
      scoreOf: itemUrl,
      userId: member.userId,
      ...(cell.score === null ? {} : { resultScore: cell.score, resultMaximum: item.scoreMaximum }),
      ...(isSet(cell.comments.at(-1)) ? { comment: cell.comments.at(-1) } : {}),
    }),
  },
  memberships: { paging: PAGING, includesSuspended: true, roles: ROLE_FILTERS, show: showMember },
  launch: { severalItems: 'untold', contextId: 'courseId', rosterVersions: ['2.0'] },
  throttled: () => ({
    ...text(429, 'Too Many Requests\n'),
    headers: { 'content-type': 'text/plain', 'retry-after': '5' },
  }),
  maintenance: webPage(503, 'Maintenance', 'We will be back soon.'),
  databaseDown: webPage(500, 'Error', 'Something went wrong.'),
  refuse,
};
