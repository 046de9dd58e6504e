import { text } from '../../http/reply.ts';
import { generic } from '../generic/generic.ts';
import type { Profile } from '../profile.ts';
import { Refused } from '../refusals.ts';
import { refuse, refuseToken } from './refuse.ts';

const METHODS: Record<string, readonly string[]> = {
  lineItems: ['GET', 'POST'],
  lineItem: ['GET', 'PUT', 'DELETE'],
  scores: ['POST'],
  results: ['GET'],
  memberships: ['GET'],
};

/** Sakai as `LTI13Servlet.java` has it, with the checks of assertions of pull 14711. Site ids stand for courses. */
export const sakai: Profile = {
  ...generic,
  name: 'sakai',
  productFamilyCode: 'sakai',
  deploymentId: '1',
  urls: {
    ...generic.urls,
    token: '/imsblis/lti13/token/1',
    jwks: '/imsblis/lti13/keyset',
    openidConfiguration: '/imsblis/lti13/well_known',
    authorization: '/imsoidc/lti13/oidc_auth',
    lineItems: '/imsblis/lti13/lineitems/{course}',
    lineItem: '/imsblis/lti13/lineitems/{course}/{item}',
    memberships: '/imsblis/lti13/namesandroles/{course}',
  },
  ids: { users: 'uuid', resourceLinks: 'plain' },
  token: {
    ...generic.token,
    headers: { 'content-type': 'application/json' },
    jti: 'once',
    // `setAllowedClockSkewSeconds(60)`
    futureLeewaySeconds: 60,
    expiryLeewaySeconds: 60,
    strictForm: false,
    // The first scope that the tool may not have ends the request.
    scopes: 'refuse',
    tokenForm: 'jwt',
    refuse: refuseToken,
  },
  // Media types are not looked at.
  negotiate: ({ endpoint, method }) => {
    if (!METHODS[endpoint]?.includes(method)) throw new Refused('methodNotAllowed');
  },
  lineItems: {
    ...generic.lineItems,
    // The line item as it was read, with its id; the status is not set (`handleLineItemsPost`).
    createdStatus: 200,
    answer: 'echo',
    resourceLinkFilters: ['lti_link_id'],
    deleted: { status: 200 },
    paging: { ...generic.lineItems.paging, whole: true },
  },
  scores: {
    ...generic.scores,
    // No check of timestamps in the handler.
    refuses: 'nothing',
    stored: { status: 200 },
  },
  results: {
    ...generic.results,
    paging: { ...generic.results.paging, whole: true },
    // All members of the site, graded or not; one of them as an object that is in no list (`resultsForAssignment`).
    userPath: 'object',
    everybody: true,
    mediaType: 'application/json',
    show: (facts) => ({
      resultMaximum: facts.item.scoreMaximum,
      ...generic.results.show(facts),
    }),
  },
  memberships: {
    ...generic.memberships,
    paging: { parameter: 'start', link: 'plain', rels: ['next'], always: false },
    includesSuspended: false,
    show: (member, course) => ({
      ...generic.memberships.show(member, course),
      lti11_legacy_user_id: member.userId,
      lis_person_sourcedid: member.email.split('@')[0],
    }),
  },
  throttled: () => text(429, 'Too Many Requests\n'),
  refuse,
};
