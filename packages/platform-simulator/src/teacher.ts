import type { Profile } from './profiles/profile.ts';
import type { LineItemInput, UserInput } from './world/inputs.ts';
import { addPlatformItem, addResourceLink, enrol } from './world/seed.ts';
import type { Cell, Course, LineItem, Member } from './world/types.ts';
import type { World } from './world/world.ts';

/** Thrown for a course, column or person that is not there. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** What people do on the platform, past every service. Each throws `NotFoundError` for an id that is not known. */
export class Teacher {
  readonly #world: World;
  readonly #profile: Profile;
  readonly #now: () => number;

  constructor(world: World, profile: Profile, now: () => number) {
    this.#world = world;
    this.#profile = profile;
    this.#now = now;
  }

  addLineItem(courseId: string, input: LineItemInput): LineItem {
    const course = this.#course(courseId);
    const { lineItems, ids } = this.#profile;
    const title = input.label ?? 'Column';
    const foreign = input.foreign ?? false;
    const link = lineItems.alwaysLinked && addResourceLink(this.#world, course, { title, foreign }, ids);
    return addPlatformItem(this.#world, course, input, this.#now(), link ? link.id : undefined);
  }

  deleteLineItem(id: string): void {
    this.#item(id).deleted = true;
    this.#world.changed();
  }

  lockLineItem(id: string, locked = true): void {
    this.#item(id).locked = locked;
    this.#world.changed();
  }

  publishLineItem(id: string, published: boolean): void {
    this.#item(id).published = published;
    this.#world.changed();
  }

  /** Puts a grade of the teacher's own; null clears it. */
  editGrade(id: string, userId: string, score: number | null, comment?: string): void {
    const cell = this.#cell(id, userId);
    const now = this.#now();
    cell.score = score;
    cell.editedByTeacher = true;
    if (comment !== undefined) cell.comments = [...cell.comments, comment];
    const { editedAt, precisionMs } = this.#profile.scores;
    if (editedAt === 'platformClock') cell.timestamp = Math.floor(now / precisionMs) * precisionMs;
    this.#world.record(cell, {
      at: now,
      by: 'teacher',
      effect: score === null ? 'cleared' : 'graded',
      score,
      timestamp: cell.timestamp,
      ...(comment === undefined ? {} : { comment }),
    });
  }

  lockGrade(id: string, userId: string, locked = true): void {
    this.#cell(id, userId).locked = locked;
    this.#world.changed();
  }

  addUser(courseId: string, user: UserInput & { role?: Member['role'] }): Member {
    const course = this.#course(courseId);
    const known = user.userId === undefined ? undefined : course.members.get(user.userId);
    const member = known ?? enrol(course, user, user.role ?? 'learner', this.#profile.ids);
    member.status = 'active';
    this.#world.changed();
    return member;
  }

  removeUser(courseId: string, userId: string): void {
    this.#member(this.#course(courseId), userId).status = 'removed';
    this.#world.changed();
  }

  suspendUser(courseId: string, userId: string, suspended = true): void {
    this.#member(this.#course(courseId), userId).status = suspended ? 'suspended' : 'active';
    this.#world.changed();
  }

  concludeCourse(courseId: string, concluded = true): void {
    this.#course(courseId).concluded = concluded;
    this.#world.changed();
  }

  /** False: an administrator took the tool out of the course. */
  setToolAvailable(courseId: string, available: boolean): void {
    this.#course(courseId).toolAvailable = available;
    this.#world.changed();
  }

  deleteCourse(courseId: string): void {
    this.#course(courseId).deleted = true;
    this.#world.changed();
  }

  #course(id: string): Course {
    const course = this.#world.courses.get(id);
    if (!course) throw new NotFoundError(`no course ${id}`);
    return course;
  }

  #item(id: string): LineItem {
    const item = this.#world.lineItems.get(id);
    if (!item) throw new NotFoundError(`no line item ${id}`);
    return item;
  }

  #member(course: Course, userId: string): Member {
    const member = course.members.get(userId);
    if (!member) throw new NotFoundError(`no user ${userId} in course ${course.id}`);
    return member;
  }

  #cell(id: string, userId: string): Cell {
    const item = this.#item(id);
    this.#member(this.#course(item.courseId), userId);
    return this.#world.cell(item, userId);
  }
}
