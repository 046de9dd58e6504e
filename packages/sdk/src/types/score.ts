export type ActivityProgress = 'Initialized' | 'Started' | 'InProgress' | 'Submitted' | 'Completed';
export type Overwrite = 'always' | 'unlessEdited';
export type GradingProgress = 'FullyGraded' | 'Pending' | 'PendingManual' | 'Failed' | 'NotReady';

/** How a missing gradebook column is created. */
export interface LineItemCreate {
  label: string;
  scoreMaximum: number;
  startDateTime?: string;
  endDateTime?: string;
  [member: string]: unknown;
}

/** A column by its address. */
export interface LineItemTarget {
  lineItemUrl: string;
}

/** A column looked up in a course by resource link, resource or both; created only when `create` is given. */
export interface LineItemLookupTarget {
  lineItemsUrl: string;
  resourceLinkId?: string;
  resourceId?: string;
  tag?: string;
  create?: LineItemCreate;
}

/** The column of a recorded launch; another of its course when a resource or tag is given. */
export interface LaunchTarget {
  launchId: string;
  resourceId?: string;
  tag?: string;
  create?: LineItemCreate;
}

export type Target = LineItemTarget | LineItemLookupTarget | LaunchTarget;

/**
 * A score to send. `scoreGiven` may exceed `scoreMaximum`, which is required with it; `null` clears a grade. Times are RFC
 * 3339 with a zone; without a `timestamp` the score counts as given now.
 */
export interface ScoreInput {
  platformId: string;
  userId: string;
  target: Target;
  scoreGiven?: number | null;
  scoreMaximum?: number;
  activityProgress?: ActivityProgress;
  gradingProgress?: GradingProgress;
  timestamp?: string;
  comment?: string;
  submission?: { startedAt?: string; submittedAt?: string };
  scoringUserId?: string;
  /** Vendors' members, named by a URL; each goes to its vendor only. */
  extensions?: Record<string, unknown>;
  /** Send it even if unchanged, or if it would clear a grade of ours. */
  force?: boolean;
  /**
   * Whether to replace a grade that somebody else put into the gradebook. `unlessEdited` reads the result first: a teacher's
   * grade stays, and the score settles `superseded`, `KEPT_TEACHERS_GRADE`. @default 'always'
   */
  overwrite?: Overwrite;
  externalId?: string;
  metadata?: Record<string, unknown>;
}

/** A student by something that only one member of the course has: looked up in the roster when the score is delivered. */
export type UserSelector = { email: string } | { sourcedId: string } | { name: string };

/** A score of somebody whose `userId` is not known. Only a launch tells where the roster is. */
export interface ScoreInputByUser extends Omit<ScoreInput, 'userId' | 'target'> {
  user: UserSelector;
  target: LaunchTarget;
}

export type ScoreStatus =
  | 'queued'
  | 'delivering'
  | 'retrying'
  | 'held'
  | 'delivered'
  | 'superseded'
  | 'dead'
  | 'cancelled';

/** One try at the platform. `excerpt` holds the platform's own words. */
export interface Attempt {
  number: number;
  at: string;
  stage: 'token' | 'lineItem' | 'membership' | 'score' | 'result';
  httpStatus?: number | null;
  outcome: string;
  reason?: string | null;
  durationMs: number;
  excerpt?: string | null;
}

/** A score and what became of it. */
export interface Score extends Omit<ScoreInput, 'userId'> {
  id: string;
  /** Absent until the roster has told who `user` is. */
  userId?: string;
  /** Whom it was sent for, until that is known by id, or of a dead score. */
  user?: UserSelector;
  status: ScoreStatus;
  acceptedAt: string;
  reason?: string | null;
  detail?: string | null;
  hint?: string | null;
  nextAttemptAt?: string | null;
  supersededBy?: string | null;
  /** When it became delivered, superseded, dead or cancelled. */
  settledAt?: string | null;
  deliveredAt?: string | null;
  /** When a reconciliation last saw the gradebook show it. */
  verifiedAt?: string | null;
  lineItemUrl?: string | null;
  attempts?: Attempt[];
}

/** The receipt for one score: it is stored and will end delivered, superseded, dead or cancelled. */
export interface ScoreAccepted {
  id: string;
  status: ScoreStatus;
  platformId: string;
  acceptedAt: string;
}

/** Which scores to list: of one platform, with at most one of `userId`, `lineItemUrl` and `externalId`. */
export interface ScoreQuery {
  platformId: string;
  status?: ScoreStatus;
  userId?: string;
  lineItemUrl?: string;
  externalId?: string;
  since?: string;
  until?: string;
}
