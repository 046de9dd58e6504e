/** Somebody enrolled in a course. `number` is the platform's own numeric id; `userId` is what launches and rosters show. */
export interface Member {
  userId: string;
  number: number;
  name: string;
  email: string;
  role: 'learner' | 'instructor';
  status: 'active' | 'suspended' | 'removed';
}

export interface ResourceLink {
  id: string;
  title: string;
  /** Belongs to another tool. */
  foreign: boolean;
}

export interface Course {
  id: string;
  title: string;
  concluded: boolean;
  deleted: boolean;
  toolAvailable: boolean;
  members: Map<string, Member>;
  resourceLinks: ResourceLink[];
}

/** One change of a student's entry in a column. Times are milliseconds. */
export interface CellChange {
  at: number;
  by: 'tool' | 'teacher' | 'platform';
  effect: 'graded' | 'cleared' | 'kept' | 'rescaled';
  score: number | null;
  timestamp: number | null;
  comment?: string;
}

/** A student's entry in a column, as the platform keeps it. Times are milliseconds. */
export interface Cell {
  /** What the gradebook shows, on the column's scale. */
  score: number | null;
  /** What the tool last stored, on the column's scale: differs from `score` where a teacher's grade stays. */
  rawScore: number | null;
  timestamp: number | null;
  /** What the tool last posted, on its own scale. */
  posted?: { given: number | null; maximum: number };
  comments: string[];
  attempts: number;
  submittedAt: number | null;
  /** Addresses of the files that came with the last attempt. */
  files?: string[];
  activityProgress?: string;
  gradingProgress?: string;
  locked: boolean;
  editedByTeacher: boolean;
  updatedAt: number;
  posts: number;
  refused: number;
  /** False until something is stored: a refused first post leaves no row behind. */
  stored: boolean;
  history: CellChange[];
}

export interface LineItem {
  id: string;
  courseId: string;
  label: string;
  scoreMaximum: number;
  resourceId: string;
  tag: string;
  resourceLinkId?: string;
  /** `tool`: made over the service. `platform`: made with its resource link or by a teacher. `orphan`: left by a create that failed. */
  origin: 'tool' | 'platform' | 'orphan';
  foreign: boolean;
  locked: boolean;
  published: boolean;
  deleted: boolean;
  allowedAttempts?: number;
  createdAt: number;
  /** Members of the posted line item that the profile keeps: dates, extensions. */
  extras: Record<string, unknown>;
  cells: Map<string, Cell>;
}
