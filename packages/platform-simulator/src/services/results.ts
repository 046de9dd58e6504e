import { json, type Reply } from '../http/reply.ts';
import { MEDIA_TYPES, type Profile, type ServiceRequest } from '../profiles/profile.ts';
import { Refused } from '../profiles/refusals.ts';
import { strangerTo } from '../profiles/users.ts';
import type { Cell, Course, LineItem, Member } from '../world/types.ts';
import { emptyCell } from '../world/world.ts';
import type { ServiceDeps } from './line-items.ts';
import { locateCourse, locateLineItem } from './locate.ts';
import { paginate } from './paging.ts';
import { appendPath, withParameter } from './urls.ts';

interface Row {
  member: Member;
  cell: Cell;
}

/** GET of a column's results. */
export function answerResults({ world, profile, urls }: ServiceDeps, request: ServiceRequest): Reply {
  const rules = profile.results;
  const course = locateCourse(world, request);
  const item = locateLineItem(world, profile, request);
  rules.check?.(request);
  if (rules.userPath === 'slash' && request.userId === undefined) throw new Refused('slashMissing');
  const wanted = wantedUser(rules, request);
  const itemUrl = urls.lineItem(item, course.id);
  const resultsUrl = appendPath(itemUrl, '/results');
  const rows = rowsOf(profile, world.courses.get(item.courseId) ?? course, item).filter(
    ({ member }) => wanted === undefined || member.userId === wanted,
  );
  if (wanted !== undefined && rows.length === 0 && rules.missingIsRefused) {
    throw new Refused('resultNotFound');
  }
  // A list asked for without the query's own parameters is paged without them: Moodle's type_id breaks its paging.
  const listUrl = request.query.has('type_id') ? resultsUrl : (resultsUrl.split('?')[0] ?? resultsUrl);
  const { items, link } = paginate(rows, request.query, listUrl, rules.paging);
  const shown = items.map(({ member, cell }) => {
    const { userId } = member;
    const resultUrl = rules.userPath
      ? `${resultsUrl}/${encodeURIComponent(userId)}`
      : withParameter(resultsUrl, 'user_id', userId);
    const result = rules.show({ item, cell, member, itemUrl, resultUrl });
    if (wanted !== undefined && rules.dropsComments === 'filtered') delete result.comment;
    return result;
  });
  const alone = rules.userPath === 'object' && wanted !== undefined;
  const mediaType = rules.mediaType ?? MEDIA_TYPES.results;
  if (alone && shown.length === 0) return { status: 200, headers: { 'content-type': mediaType } };
  const reply = json(200, alone ? shown[0] : shown, mediaType);
  if (link !== undefined) reply.headers = { ...reply.headers, link };
  return reply;
}

function wantedUser(rules: Profile['results'], { query, userId }: ServiceRequest): string | undefined {
  if (rules.userPath) return userId || undefined;
  const asked = query.get('user_id');
  return asked !== null && rules.userFilter.test(asked) ? asked : undefined;
}

/** In the order of the platform's own numbers; people it does not know come first. */
function rowsOf({ results, scores }: Profile, home: Course, item: LineItem): Row[] {
  const rows: Row[] = [];
  for (const [userId, cell] of item.cells) {
    const member = home.members.get(userId) ?? strangerTo(scores, userId);
    if (member && (results.everybody || results.includes(cell))) rows.push({ member, cell });
  }
  if (results.everybody) {
    for (const member of home.members.values()) {
      const isThere = item.cells.has(member.userId) || member.status === 'removed';
      if (!isThere) rows.push({ member, cell: emptyCell() });
    }
  }
  return rows.sort((a, b) => a.member.number - b.member.number);
}
