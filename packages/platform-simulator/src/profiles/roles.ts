import type { Member } from '../world/types.ts';

const MEMBERSHIP = 'http://purl.imsglobal.org/vocab/lis/v2/membership#';

/** The context roles of LTI 1.3 as full URIs. */
export const ROLE_URIS: Record<Member['role'], string> = {
  learner: `${MEMBERSHIP}Learner`,
  instructor: `${MEMBERSHIP}Instructor`,
};

/** What a `role` query may say for each role. */
export const ROLE_FILTERS: Record<Member['role'], readonly string[]> = {
  learner: [ROLE_URIS.learner, 'Learner'],
  instructor: [ROLE_URIS.instructor, 'Instructor'],
};

/** A member with all its optional parts, roles as full URIs. */
export function showMember(member: Member): Record<string, unknown> {
  const [given = '', ...family] = member.name.split(' ');
  return {
    user_id: member.userId,
    status: member.status === 'active' ? 'Active' : 'Inactive',
    name: member.name,
    given_name: given,
    family_name: family.join(' '),
    email: member.email,
    roles: [ROLE_URIS[member.role]],
  };
}
