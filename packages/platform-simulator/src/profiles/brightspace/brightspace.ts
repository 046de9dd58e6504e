import { generic } from '../generic/generic.ts';
import type { Profile } from '../profile.ts';
import { refuse, refuseToken } from './refuse.ts';

/**
 * D2L Brightspace by its documents (LTI Advantage developer FAQ, community.d2l.com) and what third-party clients met
 * (hypothesis/lms `_v13.py`). What neither tells is as the specification has it: see `generic`.
 */
export const brightspace: Profile = {
  ...generic,
  name: 'brightspace',
  productFamilyCode: 'desire2learn',
  deploymentId: '5750352b-4553-4fb2-933c-796be6f80ada',
  urls: {
    ...generic.urls,
    token: '/core/connect/token',
    jwks: '/d2l/.well-known/jwks',
    authorization: '/d2l/lti/authenticate',
    lineItems: '/d2l/api/lti/ags/2.0/deployment/{type}/orgunit/{course}/lineitems',
    lineItem: '/d2l/api/lti/ags/2.0/deployment/{type}/orgunit/{course}/lineitems/{item}',
    memberships: '/d2l/api/lti/nrps/2.0/deployment/{type}/orgunit/{course}/memberships',
  },
  // Tokens come from auth.brightspace.com, for all tenants.
  elsewhere: ['token'],
  ids: { users: 'uuid', resourceLinks: 'plain', lineItems: 'uuid' },
  token: {
    ...generic.token,
    // Not the token URL, whatever that is (FAQ; dmitry-viskov/pylti1.3 issue 43).
    audience: { fixed: 'https://api.brightspace.com/auth/token' },
    issuer: 'clientId',
    // Off after a dynamic registration, until somebody switches it on.
    tellsDisabled: true,
    jti: 'ignored',
    tokenForm: 'jwt',
    refuse: refuseToken,
  },
  scores: {
    ...generic.scores,
    // Kept, and shown as the maximum unless "Can Exceed" is set (community.d2l.com 23752).
    outOfRange: 'shownCapped',
  },
  // An LTI 1.3 link brings no column (hypothesis/lms pull 4726).
  launch: { severalItems: 'untold', contextId: 'courseId', linksWithoutItem: true, rosterVersions: ['2.0'] },
  // 50,000 credits a minute for the whole tool, 10 for a call (community.d2l.com 1191, of 2019).
  throttle: { credits: 50_000, perSeconds: 60, cost: 10 },
  // Whether a Retry-After comes with it is not told.
  throttled: () => ({ status: 429 }),
  refuse,
};
