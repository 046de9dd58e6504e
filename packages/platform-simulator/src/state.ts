import type { FaultState } from './faults/fault-book.ts';
import type { Counters } from './journal.ts';
import type { Platform } from './platform.ts';
import type { Cell, CellChange, Course, LineItem, Member } from './world/types.ts';

export interface UserState {
  userId: string;
  name: string;
  email: string;
  status: Member['status'];
}

export interface CourseState {
  id: string;
  title: string;
  concluded: boolean;
  lineItemsUrl: string;
  membershipsUrl: string;
  students: UserState[];
  teachers: UserState[];
  resourceLinks: { id: string; title: string; lineItemUrl?: string }[];
}

/** A student's entry in a column. Times are RFC 3339. */
export interface CellState {
  score: number | null;
  maximum: number;
  rawScore: number | null;
  timestamp: string | null;
  comments: string[];
  attempts: number;
  submittedAt: string | null;
  files: string[];
  activityProgress: string | null;
  gradingProgress: string | null;
  locked: boolean;
  editedByTeacher: boolean;
  updatedAt: string | null;
  posts: number;
  refused: number;
  history: (Omit<CellChange, 'at' | 'timestamp'> & { at: string; timestamp: string | null })[];
}

export interface LineItemState {
  id: string;
  url: string;
  courseId: string;
  label: string;
  scoreMaximum: number;
  resourceId: string;
  tag: string;
  resourceLinkId?: string;
  origin: LineItem['origin'];
  foreign: boolean;
  locked: boolean;
  published: boolean;
  deleted: boolean;
  createdAt: string;
  users: Record<string, CellState>;
}

export interface SimulatorState {
  profile: string;
  url: string;
  now: string;
  down: boolean;
  courses: CourseState[];
  lineItems: LineItemState[];
  counters: Counters & { tokensActive: number; inFlight: number; faultsFired: number };
  faults: FaultState[];
}

/** Body of Gradewire's `PUT /v1/platforms/{platformId}`. */
export interface Registration {
  name: string;
  issuer: string;
  clientId: string;
  deploymentIds: string[];
  tokenUrl: string;
  jwksUrl: string;
  profile: string;
  serviceOrigins: string[];
}

export function registrationOf({ profile, urls, tool }: Platform): Registration {
  return {
    name: `Simulator (${profile.name})`,
    issuer: urls.issuer,
    clientId: tool.clientId,
    deploymentIds: [tool.deploymentId],
    tokenUrl: urls.token,
    jwksUrl: urls.jwks,
    profile: profile.name,
    serviceOrigins: urls.serviceOrigins,
  };
}

/** Everything a test may want to know, as JSON. */
export function stateOf(platform: Platform, down: boolean): SimulatorState {
  const now = platform.now();
  return {
    profile: platform.profile.name,
    url: platform.urls.base,
    now: iso(now),
    down,
    courses: coursesOf(platform),
    lineItems: [...platform.world.lineItems.values()].map((item) => lineItemState(platform, item)),
    counters: {
      ...structuredClone(platform.journal.counters),
      tokensActive: platform.tokens.active(now),
      inFlight: platform.journal.inFlight,
      faultsFired: platform.faults.fired,
    },
    faults: platform.faults.list(),
  };
}

export function coursesOf({ world, urls }: Platform): CourseState[] {
  return [...world.courses.values()]
    .filter((course) => !course.deleted)
    .map((course) => ({
      id: course.id,
      title: course.title,
      concluded: course.concluded,
      lineItemsUrl: urls.lineItems(course.id),
      membershipsUrl: urls.memberships(course.id),
      students: people(course, 'learner'),
      teachers: people(course, 'instructor'),
      resourceLinks: course.resourceLinks.map(({ id, title }) => {
        const item = [...world.lineItems.values()].find(
          (each) => each.courseId === course.id && each.resourceLinkId === id && !each.deleted,
        );
        return { id, title, ...(item ? { lineItemUrl: urls.lineItem(item) } : {}) };
      }),
    }));
}

export function cellState(item: LineItem, cell: Cell): CellState {
  return {
    score: cell.score,
    maximum: item.scoreMaximum,
    rawScore: cell.rawScore,
    timestamp: isoOrNull(cell.timestamp),
    comments: [...cell.comments],
    attempts: cell.attempts,
    submittedAt: isoOrNull(cell.submittedAt),
    files: cell.files ?? [],
    activityProgress: cell.activityProgress ?? null,
    gradingProgress: cell.gradingProgress ?? null,
    locked: cell.locked,
    editedByTeacher: cell.editedByTeacher,
    updatedAt: cell.stored ? iso(cell.updatedAt) : null,
    posts: cell.posts,
    refused: cell.refused,
    history: cell.history.map((change) => ({
      ...change,
      at: iso(change.at),
      timestamp: isoOrNull(change.timestamp),
    })),
  };
}

function lineItemState({ urls }: Platform, item: LineItem): LineItemState {
  const { extras: _, cells, allowedAttempts: __, ...shown } = item;
  return {
    ...shown,
    url: urls.lineItem(item),
    createdAt: iso(item.createdAt),
    users: Object.fromEntries([...cells].map(([userId, cell]) => [userId, cellState(item, cell)])),
  };
}

function people(course: Course, role: Member['role']): UserState[] {
  return [...course.members.values()]
    .filter((member) => member.role === role && member.status !== 'removed')
    .map(({ userId, name, email, status }) => ({ userId, name, email, status }));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
