import type { PagingRules, Profile } from '../profile.ts';
import { type Change, quirk, rules } from './quirk.ts';

const lineItemPath =
  (change: (path: string) => string): Change =>
  (profile) => ({ ...profile, urls: { ...profile.urls, lineItem: change(profile.urls.lineItem) } });

/** The `Link` header of every list. */
function withLinks(profile: Profile, link: PagingRules['link']): Profile {
  const { lineItems, results, memberships } = profile;
  return {
    ...profile,
    lineItems: { ...lineItems, paging: { ...lineItems.paging, link } },
    results: { ...results, paging: { ...results.paging, link } },
    memberships: { ...memberships, paging: { ...memberships.paging, link } },
  };
}

/** Columns. */
export const LINE_ITEM_QUIRKS = {
  lineItemUrl: quirk('query: Moodle; uuid: Brightspace; foreignHost: Canvas results_controller.rb', {
    query: lineItemPath((path) => `${path}?type_id={type}`),
    trailingSlash: lineItemPath((path) => `${path}/`),
    uuid: (profile) => ({ ...profile, ids: { ...profile.ids, lineItems: 'uuid' } }),
    foreignHost: (profile) => ({ ...profile, elsewhere: [...(profile.elsewhere ?? []), 'lineItem'] }),
  }),
  lineItemFilters: quirk('ltiLinkId: Sakai LTI13Servlet.java; ignored: platforms that list all', {
    ltiLinkId: rules('lineItems', { resourceLinkFilters: ['lti_link_id'] }),
    ignored: rules('lineItems', { ignoresFilters: true }),
  }),
  linkHeader: quirk(
    'curly: Moodle lineitems.php; relative: RFC 8288 section 3.1; none: Sakai and Open edX line items',
    {
      curly: (profile) => withLinks(profile, 'moodle'),
      relative: (profile) => withLinks(profile, 'relative'),
      none: (profile) => withLinks(profile, 'none'),
    },
  ),
  createReturns: quirk('Sakai LTI13Servlet.java', { 200: rules('lineItems', { createdStatus: 200 }) }),
  createRefuses: quirk(
    'id: Schoology (Simon-Initiative/lti_1p3 pull 27), Blackboard on PUT; resourceLinkId: Blackboard',
    {
      id: rules('lineItems', { refusedMembers: { POST: ['id'], PUT: ['id'] } }),
      resourceLinkId: rules('lineItems', { refusedMembers: { POST: ['resourceLinkId'] } }),
      unknownMembers: rules('lineItems', {
        knownMembers: ['label', 'scoreMaximum', 'resourceId', 'tag', 'resourceLinkId'],
      }),
    },
  ),
  wholeMaximum: quirk('Blackboard, Open edX', { on: rules('lineItems', { wholeMaximum: true }) }),
  deleteCoupled: quirk(
    'refused: Canvas; destroysGrades: Moodle, Blackboard; nothing: Open edX permissions.py',
    {
      refused: rules('lineItems', { deleteCoupled: 'refused' }),
      destroysGrades: rules('lineItems', { deleteCoupled: 'deleted' }),
      nothing: rules('lineItems', { keepsAll: true }),
    },
  ),
  maximumChange: quirk('rescales: Moodle lineitem.php', {
    rescales: rules('lineItems', { maximumChange: 'keepsPercentage' }),
  }),
};
