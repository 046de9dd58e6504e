import {
  explainedByRoster,
  type Launch,
  mayMeanTheUser,
  type Outcome,
  type Platform,
} from '@gradewire/passback';
import type { RosterQuery } from '@gradewire/passback/redis';
import { isOurs } from './identify.ts';
import type { Parts } from './parts.ts';

/** How long to wait for another process that is reading the roster: the cell's lease is longer. */
const patienceMs = 5_000;

/**
 * A refused post in the light of the roster, where the score's launch tells of one: one who has left is told from a wrong
 * id, and both from a platform that is in trouble. The roster at hand will do, so that a class of refused scores costs
 * one reading; where there is none to be had the refusal stands as it is.
 */
export async function checkUser(
  { rosters }: Pick<Parts, 'rosters'>,
  input: {
    outcome: Outcome;
    userId: string;
    launch: () => Promise<Launch | undefined>;
    platform: Platform;
    /** The platform has taken a score of theirs before. */
    delivered: boolean;
    wantedSinceMs: number;
    query: (membershipsUrl: string) => RosterQuery;
  },
): Promise<Outcome> {
  const { outcome, userId, platform, delivered, wantedSinceMs } = input;
  if (!mayMeanTheUser(outcome)) return outcome;
  const membershipsUrl = (await input.launch())?.membershipsUrl;
  if (membershipsUrl === undefined || !isOurs(membershipsUrl, platform)) return outcome;
  const query = input.query(membershipsUrl);
  const result = await rosters.get({ ...query, patienceMs });
  if (!result.ok) return outcome;
  const { members, complete, readAtMs } = result.roster;
  const member = members.find((each) => each.userId === userId);
  const knownBefore = !member && (delivered || (await rosters.wasSeen(query, userId)));
  return explainedByRoster(outcome, { member, complete, current: readAtMs >= wantedSinceMs, knownBefore });
}
