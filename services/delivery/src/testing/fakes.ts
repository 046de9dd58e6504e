import { type PlatformAnswer, type PlatformRequest, SCOPES } from '@gradewire/ags';
import {
  type Launch,
  type Platform,
  type PlatformInput,
  resolvePlatform,
  type Score,
} from '@gradewire/passback';
import type {
  BeginInput,
  Begun,
  Resolution,
  RosterQuery,
  RosterResult,
  Settled,
  SettleInput,
  TokenResult,
} from '@gradewire/passback/redis';
import type { Attempted } from '../events.ts';
import type { Parts } from '../parts.ts';

/** A platform as it is registered. */
export function platformOf(input: Partial<PlatformInput> = {}): Platform {
  const platform = resolvePlatform(
    'school',
    {
      name: 'School',
      issuer: 'https://lms.test',
      clientId: 'client',
      tokenUrl: 'https://lms.test/token',
      ...input,
    },
    0,
  );
  if ('problems' in platform) throw new Error(JSON.stringify(platform.problems));
  return platform;
}

export const lineItemUrl = 'https://lms.test/lineitems/1';

export function scoreOf(changes: Partial<Score> = {}): Score {
  return {
    userId: '42',
    target: { lineItemUrl },
    scoreGiven: 8,
    scoreMaximum: 10,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    ...changes,
  };
}

type Posting = Extract<Begun, { kind: 'post' }>;
type Identifying = Extract<Begun, { kind: 'identify' }>;

export function posting(changes: Partial<Posting> = {}): Posting {
  return {
    kind: 'post',
    cell: 'column.user',
    scoreId: 'sc_school_0mabcdefg00000000000000000000',
    score: scoreOf(),
    fence: '1',
    leaseMs: 30_000,
    nowMs: 1_000_000,
    attempt: 1,
    inDoubt: false,
    uncertain: changes.inDoubt ?? false,
    rechecked: false,
    earlier: [],
    epoch: 3,
    heldMs: 0,
    paced: false,
    wantedSinceMs: 1_000_000,
    lineItemUrl,
    wireTimestampMs: 1_000_000,
    ...changes,
  };
}

/** A lease on a score whose student the roster is to tell. */
export function identifying(changes: Partial<Identifying> = {}): Identifying {
  const { lineItemUrl: _url, wireTimestampMs: _at, kind: _kind, score, ...lease } = posting();
  const { userId: _userId, ...content } = score;
  return {
    ...lease,
    kind: 'identify',
    cell: 'column.~alias',
    launchId,
    user: { email: 'ada@school.test' },
    score: { ...content, target: { launchId } },
    ...changes,
  };
}

export const launchId = 'la_school_0000000000000000000000';

export const launch: Launch = {
  id: launchId,
  platformId: 'school',
  membershipsUrl: 'https://lms.test/members',
  scopes: [],
  updatedAt: 0,
};

export function resolving(changes: Partial<Posting> = {}): Begun {
  const { lineItemUrl: _url, wireTimestampMs: _at, kind: _kind, ...lease } = posting(changes);
  const target = { lineItemsUrl: 'https://lms.test/lineitems', resourceId: 'quiz' };
  return { ...lease, kind: 'resolve', target, score: scoreOf({ target }), cell: '~alias.user' };
}

/** A response of the platform; a string is its body, anything else its JSON. */
export function answer(
  status: number,
  body: unknown = '',
  more: Partial<PlatformAnswer & { kind: 'response' }> = {},
): PlatformAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = typeof body === 'string' ? {} : { 'content-type': 'application/json' };
  return {
    kind: 'response',
    stage: 'score',
    status,
    reasonPhrase: '',
    headers,
    body: text,
    truncated: false,
    durationMs: 12,
    ...more,
  };
}

export const unanswered: PlatformAnswer = {
  kind: 'noResponse',
  stage: 'score',
  code: 'TIMEOUT',
  maybeSeen: true,
  detail: 'no answer in 20 s',
  durationMs: 20_000,
};

/** Begins, answers and tokens in the order in which they are to come; the last one stays. */
export interface Script {
  begins: Begun[];
  answers?: PlatformAnswer[];
  results?: PlatformAnswer[];
  tokens?: TokenResult[];
  resolutions?: Resolution[];
  settled?: Partial<Settled>;
  /** No token may be fetched for now: the one that there is stays. */
  noFetchLeft?: boolean;
  launch?: Launch;
  /** The launch of the score tells of another line item by now. */
  moved?: boolean;
  rosters?: RosterResult[];
  /** The user was in an earlier roster. */
  wasSeen?: boolean;
}

/** Parts that play a script and note what was asked of them. */
export function scripted({
  begins,
  answers = [],
  results = [],
  tokens = [],
  resolutions = [],
  settled,
  noFetchLeft = false,
  launch,
  moved = false,
  rosters = [],
  wasSeen = false,
}: Script) {
  const asked = {
    begins: [] as BeginInput[],
    rosters: [] as RosterQuery[],
    sent: [] as PlatformRequest[],
    settles: [] as SettleInput[],
    dropped: [] as string[],
    forgotten: 0,
    gone: [] as (string | undefined)[],
    attempts: [] as Attempted[],
    ends: [] as { status: string; reason?: string }[],
    created: 0,
    warnings: [] as string[],
  };
  const clock = { monotonic: 0, now: 1_000_000 };
  let granted = 0;
  const parts: Parts = {
    record: {
      begin: async (input) => {
        asked.begins.push(input);
        return taken(begins);
      },
      extend: async () => true,
      settle: async (input) => {
        asked.settles.push(input);
        const { kind } = input.settlement;
        const next = 'delayMs' in input.settlement ? { nextAttemptAtMs: clock.now } : {};
        return { result: kind, again: false, streak: 0, ...next, ...settled };
      },
    },
    tokens: {
      get: async () => {
        granted += 1;
        return tokens.length > 0 ? taken(tokens) : tokenOf(`token-${granted}`);
      },
      drop: async (_platform, _scopes, id) => {
        asked.dropped.push(id);
        return !noFetchLeft;
      },
    },
    lineItems: {
      resolve: async ({ gone }) => {
        asked.gone.push(gone);
        return taken(resolutions);
      },
      forget: async () => {
        asked.forgotten += 1;
      },
      hasMoved: async () => moved,
    },
    launches: { get: async () => launch },
    rosters: {
      get: async (query) => {
        asked.rosters.push(query);
        return taken(rosters);
      },
      wasSeen: async () => wasSeen,
    },
    events: {
      attempted: (event) => asked.attempts.push(event),
      settled: (event) => asked.ends.push(event),
      lineItemCreated: () => {
        asked.created += 1;
      },
      lineItemChosen: ({ warning }) => asked.warnings.push(warning),
    },
    retry: { baseMs: 2_000, maxMs: 900_000, maxAgeMs: 86_400_000 },
    requestTimeoutMs: 20_000,
    monotonic: () => clock.monotonic,
    now: () => clock.now,
    random: () => 0.5,
  };
  const send = async (request: PlatformRequest) => {
    asked.sent.push(request);
    return taken(request.stage === 'result' ? results : answers);
  };
  return { parts, asked, clock, send };
}

export function tokenOf(id: string): TokenResult {
  return {
    ok: true,
    token: {
      id,
      accessToken: `secret-${id}`,
      expiresAtMs: Number.MAX_SAFE_INTEGER,
      scopes: [SCOPES.score, SCOPES.resultReadonly],
    },
  };
}

function taken<T>(list: T[]): T {
  const [first] = list.length > 1 ? list.splice(0, 1) : list;
  if (first === undefined) throw new Error('the script has nothing more');
  return first;
}
