import type { Profile } from '../profile.ts';
import { Refused } from '../refusals.ts';
import { quirk, rules } from './quirk.ts';

function withRosterPages(profile: Profile, size: number): Profile {
  const paging = { ...profile.memberships.paging, defaultLimit: size, maxLimit: size };
  return { ...profile, memberships: { ...profile.memberships, paging } };
}

/** Results, rosters and launches. */
export const READING_QUIRKS = {
  resultsOfUser: quirk('path: Sakai, as the one object; slash: Open edX, where the list redirects too', {
    path: rules('results', { userPath: 'object' }),
    slash: rules('results', { userPath: 'slash' }),
  }),
  resultsOfAll: quirk('Sakai LTI13Servlet.java: every member of the site', {
    on: rules('results', { everybody: true }),
  }),
  resultsLimit: quirk('Moodle 4.5.6: `limit` and `type_id` together end in a page with 404', {
    breaks: rules('results', {
      check: ({ query }) => {
        if (query.has('limit')) throw new Refused('badQuery');
      },
    }),
  }),
  resultsOfNobody: quirk('hypothesis/lms _v13.py: 404 is no result yet', {
    notFound: rules('results', { missingIsRefused: true }),
  }),
  filteredComments: quirk('Blackboard (hypothesis/lms _v13.py)', {
    dropped: rules('results', { dropsComments: 'filtered' }),
  }),
  nrpsMaxPage: quirk('50: Canvas; 100: Schoology; all: Moodle, Open edX', {
    50: (profile) => withRosterPages(profile, 50),
    100: (profile) => withRosterPages(profile, 100),
    all: (profile) => {
      const { defaultLimit: _, maxLimit: __, ...paging } = profile.memberships.paging;
      return rules('memberships', { paging })(profile);
    },
  }),
  rosterLimit: quirk('Open edX: 403 above_response_limit', { 10: rules('memberships', { largest: 10 }) }),
  rosterNames: quirk('NRPS 2.0 section 2.2: what the administrator shares', {
    withheld: (profile) =>
      rules('memberships', {
        show: (member, course) => {
          const { user_id, status: state, roles } = profile.memberships.show(member, course);
          return { user_id, status: state, roles };
        },
      })(profile),
  }),
  rosterUrl: quirk('Blackboard: ?groups=true', {
    query: (profile) => ({
      ...profile,
      urls: { ...profile.urls, memberships: `${profile.urls.memberships}?groups=true` },
    }),
  }),
  severalItems: quirk('Open edX (xblock-lti-consumer issue 707)', {
    first: rules('launch', { severalItems: 'first' }),
  }),
  linksWithoutItem: quirk('Brightspace (hypothesis/lms pull 4726)', {
    on: rules('launch', { linksWithoutItem: true }),
  }),
  contextId: quirk('Blackboard: not the id of the service URLs', {
    other: rules('launch', { contextId: 'uuid' }),
  }),
  issuer: quirk('Blackboard, Schoology, Canvas: one for all tenants', {
    shared: (profile) => ({ ...profile, issuer: 'https://lms.example' }),
  }),
  customNames: quirk('Schoology developer page', { lowerCase: rules('launch', { lowerCaseCustom: true }) }),
};
