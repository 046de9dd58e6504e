import { text } from '../../http/reply.ts';
import { generic } from '../generic/generic.ts';
import { MEDIA_TYPES, type Profile } from '../profile.ts';
import { Refused } from '../refusals.ts';
import { refuse } from './refuse.ts';

const PAGING = { ...generic.memberships.paging, defaultLimit: 100, maxLimit: 100 };

/**
 * PowerSchool Schoology by its developer page (developers.schoology.com, LTI apps) and what third-party clients met
 * (Simon-Initiative/lti_1p3 pull 27). What neither tells is as the specification has it: see `generic`.
 */
export const schoology: Profile = {
  ...generic,
  name: 'schoology',
  productFamilyCode: 'schoology',
  deploymentId: '1234567890-0987654321',
  urls: {
    ...generic.urls,
    token: '/lti-service/access-token',
    jwks: '/lti-service/.well-known/jwks',
    authorization: '/lti-service/authorize-redirect',
    lineItems: '/lti-service/tool/{type}/services/assignment-grade/v2p0/sections/{course}/lineitems',
    lineItem: '/lti-service/tool/{type}/services/assignment-grade/v2p0/sections/{course}/lineitems/{item}',
    memberships: '/lti-service/tool/{type}/services/names-roles/v2p0/sections/{course}/membership',
  },
  // One for all; the deployment tells the district.
  issuer: 'https://schoology.schoology.com',
  ids: { users: 'plain', resourceLinks: 'plain' },
  negotiate: (request) => {
    const { endpoint, headers } = request;
    if (endpoint === 'memberships' && headers.accept !== MEDIA_TYPES.memberships) {
      throw new Refused('notAcceptable');
    }
    generic.negotiate(request);
  },
  lineItems: {
    ...generic.lineItems,
    // Members it does not know are refused, an id among them (pull 27).
    knownMembers: [
      'label',
      'scoreMaximum',
      'resourceId',
      'tag',
      'resourceLinkId',
      'startDateTime',
      'endDateTime',
    ],
  },
  scores: {
    ...generic.scores,
    knownMembers: [
      'userId',
      'scoreGiven',
      'scoreMaximum',
      'comment',
      'timestamp',
      'activityProgress',
      'gradingProgress',
    ],
  },
  memberships: { ...generic.memberships, paging: PAGING },
  launch: { severalItems: 'untold', contextId: 'courseId', rosterVersions: ['2.0'], lowerCaseCustom: true },
  throttled: () => text(429, 'Too Many Requests\n'),
  refuse,
};
