import { json, type Reply } from '../http/reply.ts';
import { MEDIA_TYPES, type ServiceRequest } from '../profiles/profile.ts';
import { Refused } from '../profiles/refusals.ts';
import type { ServiceDeps } from './line-items.ts';
import { locateCourse } from './locate.ts';
import { paginate } from './paging.ts';

/** GET of a course's roster. */
export function answerMemberships({ world, profile, urls }: ServiceDeps, request: ServiceRequest): Reply {
  const rules = profile.memberships;
  const course = locateCourse(world, request);
  const link = request.query.get('rlid');
  if (link && !course.resourceLinks.some((each) => each.id === link && !each.foreign)) {
    throw new Refused('resourceLinkUnknown');
  }
  const asked = request.query.get('role') ?? '';
  const role = (['learner', 'instructor'] as const).find((each) => rules.roles[each].includes(asked));
  const members = [...course.members.values()].filter(
    (member) =>
      member.status !== 'removed' &&
      (rules.includesSuspended || member.status === 'active') &&
      (role === undefined || member.role === role),
  );
  if (members.length > (rules.largest ?? Infinity)) throw new Refused('rosterTooLarge');
  const url = urls.memberships(course.id);
  const page = paginate(members, request.query, url, rules.paging);
  const reply = json(
    200,
    {
      id: url,
      context: { id: course.id, label: `COURSE-${course.id}`, title: course.title },
      members: page.items.map((member) => rules.show(member, course)),
    },
    MEDIA_TYPES.memberships,
  );
  if (page.link !== undefined) reply.headers = { ...reply.headers, link: page.link };
  return reply;
}
