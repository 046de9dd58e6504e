import { json, text, webPage } from '../../http/reply.ts';
import type { PagingRules, Profile } from '../profile.ts';
import { Refused } from '../refusals.ts';
import { ROLE_FILTERS, showMember } from '../roles.ts';
import { readLineItem, showLineItem } from './line-items.ts';
import { refuse, refuseToken } from './refuse.ts';
import { contentItemsOf, readScore } from './scores.ts';

const METHODS: Record<string, readonly string[]> = {
  lineItems: ['GET', 'POST'],
  lineItem: ['GET', 'PUT', 'DELETE'],
  scores: ['POST'],
  results: ['GET'],
  memberships: ['GET'],
};

const PAGING: PagingRules = {
  parameter: 'page',
  defaultLimit: 10,
  maxLimit: 100,
  link: 'plain',
  rels: ['current', 'next', 'prev', 'first', 'last'],
  always: true,
};

/** Canvas as its source (2022-2026) has it. */
export const canvas: Profile = {
  name: 'canvas',
  productFamilyCode: 'canvas',
  deploymentId: '1:8865aa05b4b79b64a91a86042e43af5ea8ae79eb',
  urls: {
    token: '/login/oauth2/token',
    jwks: '/api/lti/security/jwks',
    openidConfiguration: '/api/lti/security/openid-configuration',
    authorization: '/api/lti/authorize_redirect',
    lineItems: '/api/lti/courses/{course}/line_items',
    lineItem: '/api/lti/courses/{course}/line_items/{item}',
    memberships: '/api/lti/courses/{course}/names_and_roles',
  },
  ids: { users: 'uuid', resourceLinks: 'plain' },
  token: {
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    expiresInSeconds: 3600,
    audience: 'tokenUrl',
    issuer: 'present',
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti'],
    jti: 'ignored',
    futureLeewaySeconds: 30,
    expiryLeewaySeconds: 0,
    maxAgeSeconds: 300,
    algorithms: ['RS256'],
    keySet: 'unknownKid',
    keySetTimeoutMs: 10_000,
    scopes: 'refuse',
    strictForm: false,
    refuse: refuseToken,
  },
  authorization: { scheme: 'anyCase' },
  negotiate: ({ endpoint, method }) => {
    if (!METHODS[endpoint]?.includes(method)) throw new Refused('methodNotAllowed');
  },
  lineItems: {
    read: readLineItem,
    omitted: 'kept',
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
    final: ['FullyGraded', 'PendingManual'],
    notFinal: 'clears',
    noScore: 'clears',
    clearedAt: 'score',
    outOfRange: 'kept',
    comments: 'appended',
    attempts: true,
    editedAt: 'unchanged',
    teacherEdit: 'overwritten',
    stored: (resultUrl, { body }) =>
      json(200, {
        resultUrl,
        'https://canvas.instructure.com/lti/submission': { content_items: contentItemsOf(body) },
      }),
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
      ...(cell.comments.length === 0 ? {} : { comment: cell.comments.at(-1) }),
    }),
  },
  memberships: {
    paging: { ...PAGING, defaultLimit: 50, maxLimit: 50 },
    includesSuspended: true,
    roles: ROLE_FILTERS,
    show: (member) => ({ ...showMember(member), lti11_legacy_user_id: String(member.number) }),
  },
  launch: { severalItems: 'untold', contextId: 'courseId', rosterVersions: ['2.0'] },
  throttle: { highWater: 600, capacity: 800, leakPerSecond: 10, upFront: 50, cost: 0.05 },
  throttled: () => ({
    ...text(403, '403 Forbidden (Rate Limit Exceeded)\n'),
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-rate-limit-remaining': '0.0' },
  }),
  maintenance: webPage(503, 'Canvas is down', 'Canvas is currently down for maintenance.'),
  databaseDown: webPage(500, 'Page Error', 'Something broke unexpectedly.'),
  refuse,
};
