import type { Reply } from '../http/reply.ts';
import type { IdShapes } from '../world/ids.ts';
import type { Cell, Course, LineItem, Member } from '../world/types.ts';
import type { World } from '../world/world.ts';
import type { Refusal, RefusalFacts } from './refusals.ts';

/** The scopes of AGS 2.0 and NRPS 2.0. */
export const SCOPES = {
  lineItem: 'https://purl.imsglobal.org/spec/lti-ags/scope/lineitem',
  lineItemReadonly: 'https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly',
  resultReadonly: 'https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly',
  score: 'https://purl.imsglobal.org/spec/lti-ags/scope/score',
  membershipReadonly: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
} as const;

export const MEDIA_TYPES = {
  lineItem: 'application/vnd.ims.lis.v2.lineitem+json',
  lineItems: 'application/vnd.ims.lis.v2.lineitemcontainer+json',
  score: 'application/vnd.ims.lis.v1.score+json',
  results: 'application/vnd.ims.lis.v2.resultcontainer+json',
  memberships: 'application/vnd.ims.lti-nrps.v2.membershipcontainer+json',
} as const;

export type ServiceEndpoint = 'lineItems' | 'lineItem' | 'scores' | 'results' | 'memberships';

/** What an answer can repeat of its request. */
export interface RequestFacts {
  method: string;
  /** Path and query. */
  url: string;
  path: string;
  headers: Record<string, string | undefined>;
  body: string;
  courseId: string;
  /** Of `lineItem`, `scores` and `results`. */
  itemId?: string;
}

/** A service request as a profile's rules see it. `now` is the platform's clock in ms. */
export interface ServiceRequest extends RequestFacts {
  endpoint: ServiceEndpoint;
  query: URLSearchParams;
  /** The `{type}` of a path that has one. */
  binding?: string;
  /** The user of a results path that has one. */
  userId?: string;
  now: number;
}

/** Paths with `{course}`, `{item}` and `{type}`; `lineItem` is without `/scores`. */
interface UrlTemplates {
  token: string;
  jwks: string;
  openidConfiguration: string;
  authorization: string;
  lineItems: string;
  lineItem: string;
  memberships: string;
}

export interface TokenRules {
  /** Of a successful answer. */
  headers: Record<string, string>;
  expiresInSeconds: number;
  /** `tokenUrl`: as a string or among an array. `tokenUrlAlone`: as a string only. `fixed`: an address of the vendor's. */
  audience: 'ignored' | 'tokenUrl' | 'tokenUrlAlone' | { fixed: string };
  issuer: 'ignored' | 'present' | 'clientId';
  requiredClaims: readonly string[];
  /** `once`: an assertion with a `jti` seen before is refused. */
  jti: 'ignored' | 'once';
  futureLeewaySeconds: number;
  expiryLeewaySeconds: number;
  maxAgeSeconds?: number;
  algorithms: readonly string[];
  /**
   * `unknownKid`: cached, read again for a kid that is not there. `anyFailure`: and after every assertion that fails.
   * `ageOnly`: read again for nothing but its age.
   */
  keySet: 'unknownKid' | 'anyFailure' | 'ageOnly';
  /** The age at which a cached key set is read again; undefined: none. */
  keySetLifeMs?: number;
  keySetTimeoutMs: number;
  /** A scope that is not permitted: `trim` leaves it out, `trimToNone` even where it was the only one, `refuse` refuses. */
  scopes: 'trim' | 'trimToNone' | 'refuse';
  /** A tool that was switched off is told so; else it is as if no scope were permitted. */
  tellsDisabled?: boolean;
  /** The media type must be that of a form. */
  strictForm: boolean;
  /** Default `Bearer`. */
  tokenType?: 'bearer';
  /** Of the access token; default 32 hexadecimal digits, as Moodle has them. */
  tokenForm?: 'jwt';
  /** The answer leaves out `expires_in`. */
  lifetimeUntold?: boolean;
  refuse: (problem: TokenProblem) => Reply;
}

/** Why the token endpoint refuses. */
export type TokenProblem =
  | {
      code:
        | 'methodNotAllowed'
        | 'parameterMissing'
        | 'wrongContentType'
        | 'wrongGrantType'
        | 'wrongAssertionType';
    }
  | { code: 'malformed' | 'subjectMissing' | 'unknownClient' | 'kidMissing' | 'kidUnknown' | 'badSignature' }
  | { code: 'algorithmNotSupported' | 'algorithmMismatch' | 'emptyKeySet' | 'keySetUnavailable' | 'jtiSeen' }
  | { code: 'claims'; problems: ClaimProblem[] }
  | { code: 'toolDisabled' }
  | { code: 'scopeNotPermitted'; scopes: string[] };

export type ClaimProblem =
  | { claim: 'missing'; names: string[] }
  | { claim: 'aud' | 'iss' | 'expired' | 'tooOld' }
  | { claim: 'notYet'; seconds: number };

interface AuthorizationRules {
  /** `exact`: only `Bearer`; `anyCase` as RFC 9110 has it. */
  scheme: 'exact' | 'anyCase';
}

interface LineItemRules {
  /** The posted line item, checked; throws `Refused`. */
  read: (body: string, context: LineItemContext) => ReadLineItem;
  /** Members that nobody may send, by method: the whole request is refused. */
  refusedMembers?: { POST?: readonly string[]; PUT?: readonly string[] };
  /** All other members are refused, and so is a null. */
  knownMembers?: readonly string[];
  /** `scoreMaximum` must be a whole number. */
  wholeMaximum?: boolean;
  /** Of a POST. Default 201. */
  createdStatus?: 200;
  /** A PUT's members that were left out: `erased` or `kept`. */
  omitted: 'erased' | 'kept';
  /** Stored grades when `scoreMaximum` changes. */
  maximumChange: 'keepsPercentage' | 'keepsPoints';
  /** DELETE of a column that came with a resource link. */
  deleteCoupled: 'refused' | 'deleted';
  /** No column can be deleted, the tool's own neither. */
  keepsAll?: boolean;
  /** Every column that a teacher adds comes with a resource link. */
  alwaysLinked?: boolean;
  /** The answer to POST and PUT: the item as kept, or the request's body with the id. */
  answer: 'item' | 'echo';
  show: (item: LineItem, url: string, request: ServiceRequest) => Record<string, unknown>;
  /** Names of the query parameters that filter by resource link. */
  resourceLinkFilters: readonly string[];
  /** The list is whole whatever the query asks for. */
  ignoresFilters?: boolean;
  deleted: Reply;
  paging: PagingRules;
  /** The path's course need not be the item's: Moodle serves it all the same. */
  anyCourse: boolean;
  /** GET of another tool's column. */
  foreignReadable: boolean;
}

export interface LineItemContext {
  world: World;
  course: Course;
  request: ServiceRequest;
  /** Set on PUT. */
  item?: LineItem;
}

export interface ReadLineItem {
  label: string;
  scoreMaximum: number;
  resourceId?: string;
  tag?: string;
  resourceLinkId?: string;
  extras: Record<string, unknown>;
  /** The body as posted, for profiles that echo it. */
  posted: Record<string, unknown>;
  /** The database refuses after the column is made: an orphan stays. */
  orphan?: boolean;
}

export interface PagingRules {
  /** `page` counts pages from 1; `from` and `start` are offsets. */
  parameter: 'page' | 'from' | 'start';
  /** The list is whole whatever `limit` says. */
  whole?: boolean;
  /** Without `limit`; undefined: everything. */
  defaultLimit?: number;
  maxLimit?: number;
  link: 'plain' | 'relative' | 'moodle' | 'none';
  /** Rels beside `next`, in order, with `next` where it stands. */
  rels: readonly ('current' | 'first' | 'prev' | 'canonical' | 'next' | 'last')[];
  /** `Link` also when everything fits one page and no limit was asked for. */
  always: boolean;
}

/** A score that passed the profile's checks of its body. */
export interface ReadScore {
  member: Member;
  given: number | null;
  maximum: number;
  timestamp: number;
  comment?: string;
  activityProgress: string;
  gradingProgress: string;
  submittedAt?: number;
  newSubmission?: boolean;
  /** Addresses of files to be handed in. */
  files?: string[];
  preserveScore?: boolean;
  prioritizeNonToolGrade?: boolean;
}

/** Why a score that is answered like any other never reaches the gradebook. */
export type Dropped = 'zero' | 'unlinkedColumn' | 'pastDue' | 'unknownUser';

export interface ScoreRules {
  /** Checks body and user; throws `Refused`. */
  read: (context: ScoreContext) => ReadScore;
  /** All other members are refused, and so is a null. */
  knownMembers?: readonly string[];
  /** Timestamps are compared after being cut to this. */
  precisionMs: number;
  /** `silently`: an older one is answered like any other and not kept. */
  refuses: 'equalOrOlder' | 'older' | 'silently' | 'nothing';
  /** False: the timestamp is compared when the request comes in, the grade written after the latency, with nothing to keep another from between. */
  atomic: boolean;
  /** `gradingProgress` that grades. */
  final: readonly string[];
  notFinal: 'clears' | 'ignored';
  /** `clearsIfNotReady`: only with `Initialized` and `NotReady`. */
  noScore: 'clears' | 'clearsIfNotReady' | 'ignored';
  /** The timestamp that stays after a clearing score. */
  clearedAt: 'score' | 'platformClock';
  /** `shownCapped`: kept as posted, and shown as the maximum. */
  outOfRange: 'kept' | 'capped' | 'shownCapped';
  /** Kept as scores, and never shown as grades. */
  dropped?: readonly Dropped[];
  comments: 'replaced' | 'appended';
  attempts: boolean;
  /** What a teacher's edit does to the stored timestamp. */
  editedAt: 'platformClock' | 'unchanged';
  /** A teacher's grade under a newer score. */
  teacherEdit: 'overwritten' | 'staysOnCoupled';
  /** The answer to a stored score; a function where it names the result. */
  stored: Reply | ((resultUrl: string, request: ServiceRequest) => Reply);
}

export interface ScoreContext {
  world: World;
  course: Course;
  item: LineItem;
  request: ServiceRequest;
  /** Who a user id stands for in the course; somebody made up where the profile takes scores of anybody. */
  member: (userId: string) => Member | undefined;
}

interface ResultRules {
  paging: PagingRules;
  /** Throws `Refused` for a query that the platform chokes on. */
  check?: (request: ServiceRequest) => void;
  /** A `user_id` of this shape filters; any other is ignored. */
  userFilter: RegExp;
  /**
   * A user's results are at `/results/{user}`, and a `user_id` is not looked at. `object`: there as the one object.
   * `slash`: the whole list is at `/results/`, and `/results` redirects there.
   */
  userPath?: 'list' | 'object' | 'slash';
  /** Also who was never graded. */
  everybody?: boolean;
  /** A user who has no result is 404 instead of an empty list. */
  missingIsRefused?: boolean;
  /** `filtered`: a list asked for by user comes without comments. */
  dropsComments?: 'filtered';
  mediaType?: string;
  includes: (cell: Cell) => boolean;
  show: (facts: {
    item: LineItem;
    cell: Cell;
    member: Member;
    itemUrl: string;
    /** Of this user's row. */
    resultUrl: string;
  }) => Record<string, unknown>;
}

interface MembershipRules {
  paging: PagingRules;
  /** A larger course is refused. */
  largest?: number;
  includesSuspended: boolean;
  show: (member: Member, course: Course) => Record<string, unknown>;
  /** Full role URIs or short names that stand for a role; an unknown one is ignored. */
  roles: Record<Member['role'], readonly string[]>;
}

/** A leaky bucket as Canvas has it: refused at `highWater`, `upFront` is reserved while a request runs, then `cost` charged. */
export interface BucketRules {
  capacity: number;
  highWater: number;
  leakPerSecond: number;
  upFront: number;
  cost: number;
}

/** A quota of credits that is whole again with each new window. */
export interface QuotaRules {
  credits: number;
  perSeconds: number;
  /** Of each request. */
  cost: number;
}

export type ThrottleRules = BucketRules | QuotaRules;

interface LaunchRules {
  /** `lineitem` of a link with several columns: left out, or the first. */
  severalItems: 'untold' | 'first';
  /** Of the context claim: as in the service's URLs, or another one. */
  contextId: 'courseId' | 'uuid';
  /** A link of the default courses has no column of its own. */
  linksWithoutItem?: boolean;
  rosterVersions: readonly string[];
  /** The claim of the roster names its scope. */
  rosterScope?: boolean;
  /** Names of custom parameters lose their case. */
  lowerCaseCustom?: boolean;
}

/** What can be on another host than the rest: `lineItem` with its scores and results. */
export type HostedElsewhere = 'token' | 'jwks' | 'lineItem';

/** A learning platform's manners. A vendor is one such table. */
export interface Profile {
  name: string;
  productFamilyCode: string;
  /** Of the launch's `deployment_id`; on Moodle also the `type_id`. */
  deploymentId: string;
  urls: UrlTemplates;
  /** Where it is not the base of the URLs: one for all tenants. */
  issuer?: string;
  elsewhere?: readonly HostedElsewhere[];
  ids: IdShapes;
  token: TokenRules;
  authorization: AuthorizationRules;
  /** Looks at method, media types and query before the token is looked at; throws `Refused`. */
  negotiate: (request: ServiceRequest) => void;
  /** Looks at what else must fit once the token is good; throws `Refused`. */
  admit?: (request: ServiceRequest, deploymentId: string, world: World) => void;
  lineItems: LineItemRules;
  scores: ScoreRules;
  results: ResultRules;
  memberships: MembershipRules;
  launch: LaunchRules;
  throttle?: ThrottleRules;
  /** The answer when the bucket is full, or a fault says so. `now` is the platform's clock in ms. */
  throttled: (now: number) => Reply;
  maintenance: Reply;
  databaseDown: Reply;
  refuse: (refusal: Refusal, facts: RefusalFacts) => Reply;
}
