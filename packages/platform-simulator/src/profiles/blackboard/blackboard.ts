import { text } from '../../http/reply.ts';
import { generic } from '../generic/generic.ts';
import type { Profile } from '../profile.ts';
import { refuse, refuseToken } from './refuse.ts';

/**
 * Blackboard Learn by its documents (docs.anthology.com, LTI 1.3 subsystems) and what third-party clients met
 * (hypothesis/lms `_v13.py`). What neither tells is as the specification has it: see `generic`.
 */
export const blackboard: Profile = {
  ...generic,
  name: 'blackboard',
  productFamilyCode: 'BlackboardLearn',
  deploymentId: '2b286722-4ef6-4dda-a756-eec5dca12441',
  urls: {
    ...generic.urls,
    token: '/api/v1/gateway/oauth2/jwttoken',
    jwks: '/api/v1/management/applications/tool/jwks.json',
    authorization: '/api/v1/gateway/oidcauth',
    lineItems: '/learn/api/v1/lti/courses/{course}/lineItems',
    lineItem: '/learn/api/v1/lti/courses/{course}/lineItems/{item}',
    // It has a query already (B:01 "names and roles").
    memberships: '/learn/api/v1/lti/external/namesandroles/{course}?groups=true',
  },
  // One issuer for all; tokens come from the developer portal, services are at the school's own host (B:01-authenticating).
  issuer: 'https://blackboard.com',
  elsewhere: ['token', 'jwks'],
  ids: { users: 'hex', resourceLinks: 'plain', courses: 'key', lineItems: 'key' },
  token: {
    ...generic.token,
    // All six claims are wanted, the issuer need not be the client (B:01-authenticating).
    issuer: 'present',
    jti: 'ignored',
    tokenForm: 'jwt',
    refuse: refuseToken,
  },
  lineItems: {
    ...generic.lineItems,
    // "resourceLinkId cannot be set"; a PUT with an id is 400 (B:ags/02-working-with-columns).
    refusedMembers: { POST: ['resourceLinkId'], PUT: ['id'] },
    wholeMaximum: true,
    // With all its grades, for good (B:ags/02).
    deleteCoupled: 'deleted',
  },
  scores: {
    ...generic.scores,
    // "Delete a grade" (B:ags/03).
    noScore: 'clearsIfNotReady',
  },
  results: {
    ...generic.results,
    // hypothesis/lms reads the whole list for this and filters it itself (`_v13.py`).
    dropsComments: 'filtered',
  },
  // The context's id is not the course's in the URLs, and the roster's claim names its scope (B:01).
  launch: { severalItems: 'untold', contextId: 'uuid', rosterVersions: ['2.0'], rosterScope: true },
  throttled: () => text(429, 'Too Many Requests\n'),
  refuse,
};
