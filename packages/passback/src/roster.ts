import type { Member } from '@gradewire/ags';

/** The members of a course as they were read at one time. */
export interface Roster {
  members: Member[];
  /** False when it was too long to be read whole: then nobody can be said to be missing. */
  complete: boolean;
  /** When reading began, by Redis's clock. */
  readAtMs: number;
}

/** Whether a member takes part at present: `Inactive` and `Deleted` do not (NRPS 2.0 section 2.2). */
export function isActiveMember(member: Pick<Member, 'status'>): boolean {
  return member.status.toLowerCase() === 'active';
}

/** Whether one of the roles is a student's. */
export function hasLearnerRole(member: Pick<Member, 'roles'>): boolean {
  return hasRole(member, 'Learner');
}

/** Whether a member has a role of the course, given in full or by its short name, in any case. */
export function hasRole({ roles }: Pick<Member, 'roles'>, role: string): boolean {
  const [wanted] = roleNames(role);
  return roles.some((each) => roleNames(each).includes(wanted!));
}

/**
 * The names that a role goes by. Platforms send short ones (Moodle) or full ones; a sub-role,
 * `.../membership/Instructor#TeachingAssistant`, is its parent too (LTI 1.3 section A.2.3.1). Roles that somebody has in the
 * school or the whole system say nothing of the course, and keep their full names.
 */
function roleNames(role: string): string[] {
  const [, parent, name] = /membership(?:\/(\w+))?#(\w+)$/i.exec(role) ?? [];
  const names = name === undefined ? [role] : parent === undefined ? [name] : [name, parent];
  return names.map((each) => each.toLowerCase());
}

/** One entry per user: a list that changes while it is paged names some twice. Roles are joined, the last entry's facts stand. */
export function uniqueMembers(members: readonly Member[]): Member[] {
  const byId = new Map<string, Member>();
  for (const member of members) {
    const roles = [...new Set([...(byId.get(member.userId)?.roles ?? []), ...member.roles])];
    byId.set(member.userId, { ...member, roles });
  }
  return [...byId.values()];
}
