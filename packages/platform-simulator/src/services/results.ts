import { json, type Reply } from '../http/reply.ts';
import { MEDIA_TYPES, type ServiceRequest } from '../profiles/profile.ts';
import type { ServiceDeps } from './line-items.ts';
import { locateCourse, locateLineItem } from './locate.ts';
import { paginate } from './paging.ts';
import { appendPath, withParameter } from './urls.ts';

/** GET of a column's results. */
export function answerResults({ world, profile, urls }: ServiceDeps, request: ServiceRequest): Reply {
  const rules = profile.results;
  const course = locateCourse(world, request);
  const item = locateLineItem(world, profile, request);
  rules.check?.(request);
  const home = world.courses.get(item.courseId) ?? course;
  const userId = request.query.get('user_id');
  const wanted = userId !== null && rules.userFilter.test(userId) ? userId : undefined;
  const itemUrl = urls.lineItem(item, course.id);
  const resultsUrl = appendPath(itemUrl, '/results');
  const rows = [...item.cells]
    .filter(([id, cell]) => (wanted === undefined || id === wanted) && rules.includes(cell))
    .flatMap(([id, cell]) => {
      const member = home.members.get(id);
      return member ? [{ member, cell }] : [];
    })
    .sort((a, b) => a.member.number - b.member.number);
  // A list asked for without the query's own parameters is paged without them: Moodle's type_id breaks its paging.
  const listUrl = request.query.has('type_id') ? resultsUrl : (resultsUrl.split('?')[0] ?? resultsUrl);
  const { items, link } = paginate(rows, request.query, listUrl, rules.paging);
  const reply = json(
    200,
    items.map(({ member, cell }) =>
      rules.show({
        item,
        cell,
        member,
        itemUrl,
        resultUrl: withParameter(resultsUrl, 'user_id', member.userId),
      }),
    ),
    MEDIA_TYPES.results,
  );
  if (link !== undefined) reply.headers = { ...reply.headers, link };
  return reply;
}
