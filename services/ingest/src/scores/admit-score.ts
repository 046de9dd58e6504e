import {
  checkTargetOrigins,
  type Launch,
  type Platform,
  type Score,
  type ScoreInput,
  scoreOf,
  type UnmatchedScore,
} from '@gradewire/passback';
import { type Principal, requirePlatform } from '../auth.ts';
import { Problem } from '../http/problem.ts';
import { requireRoster } from '../platform-reads/find-roster.ts';

export interface AdmittedScore {
  platformId: string;
  score: Score | UnmatchedScore;
}

/** Where what a score names is looked up. */
export interface Directory {
  platform(platformId: string): Promise<Platform | undefined>;
  launch(platformId: string, launchId: string): Promise<Launch | undefined>;
}

/**
 * Checks what a schema cannot: the key's platforms, that platform and launch are known, and that every URL is on the
 * platform's origins, and that there is a roster for a user who is not named by id. Where a launch's score goes is told when it is sent, by what is known of the launch then.
 * @throws Problem
 */
export async function admitScore(
  input: ScoreInput,
  principal: Principal,
  directory: Directory,
): Promise<AdmittedScore> {
  const { platformId, target } = input;
  requirePlatform(principal, platformId);
  const platform = await directory.platform(platformId);
  if (!platform) {
    throw new Problem('UNKNOWN_PLATFORM', {
      errors: [{ pointer: '/platformId', detail: 'names no registered platform' }],
    });
  }
  if ('launchId' in target) {
    const launch = await directory.launch(platformId, target.launchId);
    if (!launch) {
      throw new Problem('UNKNOWN_LAUNCH', {
        errors: [{ pointer: '/target/launchId', detail: 'names no launch of this platform' }],
      });
    }
    if (input.user) requireRoster(launch, '/user');
  }
  const foreign = checkTargetOrigins(target, platform);
  if (foreign.length > 0) {
    const [first] = foreign;
    throw new Problem('ORIGIN_NOT_ALLOWED', {
      errors: foreign,
      detail: `${first!.pointer} ${first!.detail}`,
    });
  }
  return { platformId, score: scoreOf(input) };
}
