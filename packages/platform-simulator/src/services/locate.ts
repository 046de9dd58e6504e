import type { Profile, ServiceRequest } from '../profiles/profile.ts';
import { Refused } from '../profiles/refusals.ts';
import type { Course, LineItem } from '../world/types.ts';
import type { World } from '../world/world.ts';

/** The course of the path; throws `Refused` when it is gone, unknown or without the tool. */
export function locateCourse(world: World, request: ServiceRequest): Course {
  const course = world.courses.get(request.courseId);
  if (!course) throw new Refused('courseNotFound');
  if (course.deleted) throw new Refused('courseDeleted');
  if (!course.toolAvailable) throw new Refused('toolNotInCourse');
  return course;
}

/** The line item of the path; throws `Refused` when it is gone, another course's or another tool's. */
export function locateLineItem(world: World, profile: Profile, request: ServiceRequest): LineItem {
  const item = world.lineItems.get(request.itemId ?? '');
  if (!item || item.deleted || item.origin === 'orphan') throw new Refused('lineItemNotFound');
  if (item.courseId !== request.courseId && !profile.lineItems.anyCourse)
    throw new Refused('lineItemNotFound');
  const readable = request.method === 'GET' && profile.lineItems.foreignReadable;
  if (item.foreign && !readable) throw new Refused('lineItemForeign');
  return item;
}

/** A column that came with its resource link (on Moodle: an activity's). */
export function isCoupled(item: LineItem): boolean {
  return item.origin === 'platform' && item.resourceLinkId !== undefined;
}
