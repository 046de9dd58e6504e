import type { CallOptions, Send } from '../transport.ts';
import type { MemberQuery, Roster } from '../types/member.ts';

/** Who is in a course, by the platform's word (role `operate`). */
export function membersResource(send: Send) {
  return {
    /** All of them, read from the platform now or at most half a minute ago. */
    list: (query: MemberQuery, options: CallOptions = {}) =>
      send<Roster>({ method: 'GET', path: '/v1/members', query: { ...query }, ...options }),
  };
}
