import { courseIdOf, type IdShapes, resourceLinkIdOf, userIdOf } from './ids.ts';
import type { CourseInput, LineItemInput, ResourceLinkInput, UserInput } from './inputs.ts';
import { emailOf, nameOf } from './names.ts';
import type { Course, LineItem, Member, ResourceLink } from './types.ts';
import type { World } from './world.ts';

/** One course with one resource link, and its column unless the platform makes none with a link. */
export function defaultCourses({ linksWithoutItem = false }: { linksWithoutItem?: boolean }): CourseInput[] {
  const link = {
    title: 'Assignment 1',
    ...(linksWithoutItem ? {} : { lineItem: { scoreMaximum: 100 } }),
  };
  return [{ title: 'Introduction to Programming', resourceLinks: [link] }];
}

const FIRST_LEARNER = 1001;
const FIRST_INSTRUCTOR = 901;

/** Adds what the inputs ask for and the world lacks; what is there (or was removed by hand) stays as it is. */
export function seedWorld(world: World, courses: CourseInput[], shapes: IdShapes, now: number): void {
  courses.forEach((input, index) => {
    const id = input.id ?? courseIdOf(index + 1, shapes);
    const known = world.courses.get(id);
    const course = known ?? addCourse(world, id, input.title ?? `Course ${id}`);
    enrolAll(course, input.teachers ?? 1, 'instructor', shapes);
    enrolAll(course, input.students ?? 30, 'learner', shapes);
    (input.resourceLinks ?? []).forEach((link, n) => {
      ensureResourceLink(world, course, { title: `Assignment ${n + 1}`, ...link }, shapes, now);
    });
    if (!known) for (const item of input.lineItems ?? []) addPlatformItem(world, course, item, now);
  });
}

/** A column made on the platform, by a teacher or with its resource link. */
export function addPlatformItem(
  world: World,
  course: Course,
  input: LineItemInput,
  now: number,
  resourceLinkId?: string,
): LineItem {
  return world.addLineItem({
    courseId: course.id,
    label: input.label ?? 'Column',
    scoreMaximum: input.scoreMaximum ?? 100,
    resourceId: input.resourceId ?? '',
    tag: input.tag ?? '',
    ...(resourceLinkId === undefined ? {} : { resourceLinkId }),
    origin: 'platform',
    foreign: input.foreign ?? false,
    ...(input.allowedAttempts === undefined ? {} : { allowedAttempts: input.allowedAttempts }),
    createdAt: now,
    extras: {},
  });
}

/** A link to the tool in a course, without a column. */
export function addResourceLink(
  world: World,
  course: Course,
  input: ResourceLinkInput & { title: string },
  shapes: IdShapes,
): ResourceLink {
  const count = [...world.courses.values()].reduce((sum, each) => sum + each.resourceLinks.length, 0);
  const { title, id = resourceLinkIdOf(count + 1, shapes), foreign = false } = input;
  const link = { id, title, foreign };
  course.resourceLinks.push(link);
  return link;
}

/** Enrols a person; missing members of the input are made up from the next free number. */
export function enrol(course: Course, input: UserInput, role: Member['role'], shapes: IdShapes): Member {
  const count = [...course.members.values()].filter((member) => member.role === role).length;
  return enrolNth(course, input, role, shapes, count + 1);
}

function enrolAll(
  course: Course,
  people: number | UserInput[],
  role: Member['role'],
  shapes: IdShapes,
): void {
  const inputs = typeof people === 'number' ? Array.from({ length: people }, () => ({})) : people;
  inputs.forEach((input, index) => {
    enrolNth(course, input, role, shapes, index + 1);
  });
}

function enrolNth(
  course: Course,
  input: UserInput,
  role: Member['role'],
  shapes: IdShapes,
  n: number,
): Member {
  const number = (role === 'learner' ? FIRST_LEARNER : FIRST_INSTRUCTOR) + n - 1;
  const userId = input.userId ?? userIdOf(number, role, n, shapes);
  if (shapes.users === 'number' && !/^[1-9]\d{0,17}$/.test(userId)) {
    throw new TypeError(`user ids are numbers on this platform, not "${userId}"`);
  }
  const known = course.members.get(userId);
  if (known) return known;
  const name = input.name ?? nameOf(role === 'learner' ? n : n + 500);
  const member: Member = {
    userId,
    number: shapes.users === 'number' ? Number(userId) : number,
    name,
    email: input.email ?? emailOf(name, number),
    role,
    status: 'active',
  };
  course.members.set(userId, member);
  return member;
}

function addCourse(world: World, id: string, title: string): Course {
  const course: Course = {
    id,
    title,
    concluded: false,
    deleted: false,
    toolAvailable: true,
    members: new Map(),
    resourceLinks: [],
  };
  world.courses.set(id, course);
  return course;
}

function ensureResourceLink(
  world: World,
  course: Course,
  input: ResourceLinkInput & { title: string },
  shapes: IdShapes,
  now: number,
): void {
  const { title } = input;
  const known = course.resourceLinks.some((link) => (input.id ? link.id === input.id : link.title === title));
  if (known) return;
  const link = addResourceLink(world, course, input, shapes);
  const { foreign } = link;
  if (input.lineItem)
    addPlatformItem(world, course, { label: title, foreign, ...input.lineItem }, now, link.id);
}
