import type { SendRequest } from './messages.ts';
import { type PagedReading, readPages } from './paging.ts';
import { isObject } from './reading.ts';
import { serviceRequest } from './service-request.ts';
import { withQuery } from './urls.ts';
import { MEDIA_TYPES } from './vocabulary.ts';

/**
 * A member of a context (NRPS 2.0 section 2.2). Name and email are there only if the platform shares them.
 * `roles` are as sent: full URIs or short names (Moodle).
 */
export interface Member {
  userId: string;
  status: string;
  roles: string[];
  name?: string;
  givenName?: string;
  familyName?: string;
  email?: string;
  /** The school's own id, `lis_person_sourcedid`. */
  sourcedId?: string;
}

/**
 * Lists the members of a context, all pages, optionally of one role or as seen from one resource link. A platform
 * may ignore a role it does not know.
 */
export async function listMembers(options: {
  membershipsUrl: string;
  role?: string;
  resourceLinkId?: string;
  limit?: number;
  accessToken: string;
  send: SendRequest;
  signal?: AbortSignal;
  maxPages?: number;
}): Promise<PagedReading<Member>> {
  const { membershipsUrl, role, resourceLinkId, limit, accessToken, send, signal, maxPages } = options;
  const url = withQuery(membershipsUrl, { role, rlid: resourceLinkId, limit });
  const accept = MEDIA_TYPES.membershipContainer;
  const first = serviceRequest({ stage: 'membership', method: 'GET', url, accept, accessToken, signal });
  return readPages({ first, itemsOf: membersOf, send, maxPages });
}

function membersOf(json: unknown): Member[] | undefined {
  if (!isObject(json) || !Array.isArray(json.members)) return undefined;
  return json.members.map(memberOf).filter((member) => member !== undefined);
}

// Our name, the name on the wire.
const TEXTS = [
  ['name', 'name'],
  ['givenName', 'given_name'],
  ['familyName', 'family_name'],
  ['email', 'email'],
  ['sourcedId', 'lis_person_sourcedid'],
] as const;

function memberOf(value: unknown): Member | undefined {
  if (!isObject(value) || (typeof value.user_id !== 'string' && typeof value.user_id !== 'number'))
    return undefined;
  const roles = Array.isArray(value.roles) ? value.roles : [];
  const member: Member = {
    userId: `${value.user_id}`,
    status: typeof value.status === 'string' && value.status !== '' ? value.status : 'Active',
    roles: roles.filter((role) => typeof role === 'string'),
  };
  for (const [name, wireName] of TEXTS) {
    const text = value[wireName];
    if (typeof text === 'string' && text !== '') member[name] = text;
  }
  return member;
}
