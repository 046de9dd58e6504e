import { checkTargetOrigins, type Platform, type Score, type ScoreInput, scoreOf } from '@gradewire/passback';
import { type Principal, requirePlatform } from '../auth.ts';
import { Problem } from '../http/problem.ts';

export interface AdmittedScore {
  platformId: string;
  score: Score;
}

/**
 * Checks what a schema cannot: the key's platforms, that the platform exists, and that every URL is on its origins.
 * @throws Problem
 */
export async function admitScore(
  input: ScoreInput,
  principal: Principal,
  findPlatform: (platformId: string) => Promise<Platform | undefined>,
): Promise<AdmittedScore> {
  requirePlatform(principal, input.platformId);
  if ('launchId' in input.target) {
    throw new Problem('UNKNOWN_LAUNCH', {
      detail: 'unknown launch',
      errors: [{ pointer: '/target/launchId', detail: 'unknown launch' }],
    });
  }
  const platform = await findPlatform(input.platformId);
  if (!platform) {
    throw new Problem('UNKNOWN_PLATFORM', {
      errors: [{ pointer: '/platformId', detail: 'names no registered platform' }],
    });
  }
  const foreign = checkTargetOrigins(input.target, platform);
  if (foreign.length > 0) {
    const [first] = foreign;
    throw new Problem('ORIGIN_NOT_ALLOWED', {
      errors: foreign,
      detail: `${first!.pointer} ${first!.detail}`,
    });
  }
  return { platformId: input.platformId, score: scoreOf(input) };
}
