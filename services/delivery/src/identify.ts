import {
  type Launch,
  matchMember,
  type Outcome,
  type Platform,
  REASONS,
  type ReasonCode,
  type Roster,
  type RosterMatch,
  type UserSelector,
  withoutRemedy,
} from '@gradewire/passback';
import type { RosterQuery } from '@gradewire/passback/redis';
import type { Parts } from './parts.ts';

/** Who a score is for, or why that cannot be told. */
export type Identified =
  | { kind: 'found'; userId: string }
  /** Another reads the roster, or it was read too short a while ago. */
  | { kind: 'wait'; retryAtMs: number }
  /** It is the score's trouble, and tells nothing of the platform's health. */
  | { kind: 'unknown'; reason: ReasonCode; detail: string }
  /** The platform could not be asked. */
  | { kind: 'failed'; outcome: Outcome };

/**
 * Looks a student up in the roster of the score's launch. Nobody is said to be missing by a roster that was read before
 * the score was sent to us, or replayed: they may have joined since.
 */
export async function identify(
  { rosters }: Pick<Parts, 'rosters'>,
  input: {
    user: UserSelector | undefined;
    launch: Launch | undefined;
    platform: Platform;
    wantedSinceMs: number;
    query: (membershipsUrl: string) => RosterQuery;
  },
): Promise<Identified> {
  const { user, launch, platform, wantedSinceMs } = input;
  if (!user) return { kind: 'failed', outcome: sealed };
  const membershipsUrl = launch?.membershipsUrl;
  if (membershipsUrl === undefined) {
    const detail = launch ? 'the launch names no member list' : 'the launch is not known any more';
    return unknown('ROSTER_UNREADABLE', detail);
  }
  if (!isOurs(membershipsUrl, platform)) return unknown('ORIGIN_NOT_ALLOWED', foreign);
  const query = input.query(membershipsUrl);
  const first = await rosters.get(query);
  if (first.ok) {
    const match = matchMember(first.roster.members, user);
    if (match.kind === 'found') return match;
    if (first.roster.readAtMs >= wantedSinceMs) return missing(match, user, first.roster);
  }
  if (!first.ok && 'retryAtMs' in first) return { kind: 'wait', retryAtMs: first.retryAtMs };
  const newer = await rosters.get({ ...query, sinceMs: wantedSinceMs });
  if (newer.ok) {
    const match = matchMember(newer.roster.members, user);
    return match.kind === 'found' ? match : missing(match, user, newer.roster);
  }
  return 'retryAtMs' in newer ? { kind: 'wait', retryAtMs: newer.retryAtMs } : refused(newer.outcome);
}

/** Whether the platform's token may be sent there; its origins may be others than when it was launched from. */
export function isOurs(url: string, { serviceOrigins }: Pick<Platform, 'serviceOrigins'>): boolean {
  return serviceOrigins.includes(new URL(url).origin);
}

/**
 * While the encryption key is changed, a process that does not have the new one yet meets scores that only others can open,
 * so they come round again. Where no process ever opens it, its age ends it.
 */
const sealed: Outcome = {
  kind: 'transient',
  reason: 'USER_NOT_FOUND',
  finalReason: 'USER_NOT_FOUND',
  ambiguous: false,
  systemic: false,
  detail: 'whom it is for cannot be read with the encryption key of this process',
};

const foreign = 'the address of the member list is not among the service origins of the platform';

const WORDS = { email: 'e-mail address', sourcedId: 'school id', name: 'name' } as const;

/** Says how many, never who. */
function missing(
  match: Exclude<RosterMatch, { kind: 'found' }>,
  user: UserSelector,
  { members, complete }: Roster,
): Identified {
  const what = WORDS[Object.keys(user)[0] as keyof typeof WORDS];
  const count = members.length;
  if (match.kind === 'several') {
    return unknown(
      'USER_NOT_FOUND',
      `${match.count} members of the course have this ${what}: name one by userId`,
    );
  }
  if (!match.shared && count > 0) {
    return unknown('ROSTER_UNREADABLE', `the platform does not share any ${what} of the ${count} members`);
  }
  const cut = complete ? '' : ', and the list is too long to be read whole';
  return unknown('USER_NOT_FOUND', `none of the ${count} members of the course has this ${what}${cut}`);
}

/** That the roster is closed to us is no matter of the lane: scores by userId go all the same. */
function refused(outcome: Outcome): Identified {
  const final = withoutRemedy(outcome);
  if (final.kind !== 'dead') return { kind: 'failed', outcome };
  const { reason, detail } = final;
  return unknown(REASONS[reason].systemic ? 'ROSTER_UNREADABLE' : reason, detail);
}

function unknown(reason: ReasonCode, detail: string): Identified {
  return { kind: 'unknown', reason, detail };
}
