import type { Outcome } from './outcome.ts';
import type { Profile } from './profiles.ts';

/**
 * The outcome of a score for a user whom the platform cannot have, before anything is sent: Moodle answers such an id as if it were
 * down, so that the score would be tried for days and a class of them would hold the lane. Undefined when the platform is to judge.
 */
export function refusedUserId(userId: string, { idForm }: Profile): Outcome | undefined {
  if (!idForm || idForm.test(userId)) return undefined;
  return {
    kind: 'dead',
    reason: 'USER_NOT_FOUND',
    detail: 'not sent: this platform has numbers for user ids',
  };
}
