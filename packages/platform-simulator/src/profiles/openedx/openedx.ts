import { json, text } from '../../http/reply.ts';
import { readObject } from '../body.ts';
import { generic } from '../generic/generic.ts';
import { negotiate } from '../generic/negotiate.ts';
import { MEDIA_TYPES, type Profile } from '../profile.ts';
import { readLineItem } from './line-items.ts';
import { refuse, refuseToken } from './refuse.ts';
import { readScore } from './scores.ts';

/** Open edX as openedx/xblock-lti-consumer has it. A course stands for one block's configuration. */
export const openedx: Profile = {
  ...generic,
  name: 'openedx',
  productFamilyCode: 'edx',
  deploymentId: '1',
  urls: {
    ...generic.urls,
    token: '/api/lti_consumer/v1/token/8d1b9c5e-0c5d-4b3a-9d0e-6f4a8c2b7e11',
    jwks: '/api/lti_consumer/v1/public_keysets/8d1b9c5e-0c5d-4b3a-9d0e-6f4a8c2b7e11',
    authorization: '/api/lti_consumer/v1/launch/',
    lineItems: '/api/lti_consumer/v1/lti/{course}/lti-ags',
    lineItem: '/api/lti_consumer/v1/lti/{course}/lti-ags/{item}',
    memberships: '/api/lti_consumer/v1/lti/{course}/memberships',
  },
  ids: { users: 'uuid', resourceLinks: 'usageKey' },
  token: {
    ...generic.token,
    headers: { 'content-type': 'application/json' },
    audience: 'ignored',
    issuer: 'ignored',
    requiredClaims: [],
    jti: 'ignored',
    strictForm: false,
    scopes: 'trimToNone',
    tellsDisabled: true,
    tokenForm: 'jwt',
    tokenType: 'bearer',
    refuse: refuseToken,
  },
  negotiate: (request) => {
    const { endpoint, headers } = request;
    // `IgnoreContentNegotiation`
    const anything = endpoint === 'scores' || endpoint === 'results';
    negotiate(anything ? { ...request, headers: { ...headers, accept: '*/*' } } : request);
  },
  lineItems: {
    ...generic.lineItems,
    read: readLineItem,
    wholeMaximum: true,
    // Its permission class waits for an action `delete` that the framework calls `destroy` (permissions.py).
    keepsAll: true,
    // A block and its line item are one.
    alwaysLinked: true,
    paging: { ...generic.lineItems.paging, whole: true },
  },
  scores: {
    ...generic.scores,
    read: readScore,
    refuses: 'equalOrOlder',
    noScore: 'ignored',
    // An override is kept apart from the score and goes before it (edx-platform grades, decision 0006).
    teacherEdit: 'staysOnCoupled',
    outOfRange: 'shownCapped',
    // signals.py asks `instance.score_given`, of which 0 is none (until pull 701), whether the line item is the block's own
    // and whether the block still takes grades, and looks for the person last.
    dropped: ['zero', 'unlinkedColumn', 'pastDue', 'unknownUser'],
    stored: (_resultUrl, request) => json(201, readObject(request.body), MEDIA_TYPES.score),
  },
  results: {
    ...generic.results,
    // `limit` cuts the list, and there is no next page.
    paging: { ...generic.results.paging, link: 'none' },
    // views.py: `results/(?P<user_id>[^/.]+)?`; Django adds the slash by a redirect.
    userPath: 'slash',
    includes: (cell) => typeof cell.posted?.given === 'number',
    // Scores as they were posted, not what the gradebook shows.
    show: ({ cell, member, itemUrl, resultUrl }) => ({
      id: resultUrl,
      scoreOf: itemUrl,
      userId: member.userId,
      resultScore: cell.posted?.given,
      resultMaximum: cell.posted?.maximum || 1,
      comment: cell.comments.at(-1) ?? null,
    }),
  },
  memberships: {
    ...generic.memberships,
    includesSuspended: false,
    // The number is the site's setting.
    largest: 1000,
  },
  // The first one is named even where there are several (xblock-lti-consumer issue 707).
  launch: { severalItems: 'first', contextId: 'courseId', rosterVersions: ['2.0'] },
  throttled: () => text(429, 'Too Many Requests\n'),
  refuse,
};
