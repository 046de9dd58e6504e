import type { Member } from '@gradewire/ags';
import type { Outcome } from './outcome.ts';
import type { ReasonCode } from './reasons.ts';
import { hasLearnerRole, isActiveMember } from './roster.ts';

const MAX_DETAIL_CHARACTERS = 300;

/** Refusals that may be for the student: those that say so, and those for which no better reason is known. */
const MAY_MEAN_THE_USER: ReadonlySet<ReasonCode> = new Set([
  'USER_NOT_IN_CONTEXT',
  'USER_NOT_FOUND',
  'USER_NOT_GRADABLE',
  'REJECTED',
]);

/** What a roster tells about the user of a refused score. */
export interface RosterWitness {
  /** Their entry; undefined when there is none. */
  member: Member | undefined;
  /** It was read whole, so that who is not in it is not in the course. */
  complete: boolean;
  /** It was read after the score was sent to us, so that nothing much can have changed since. */
  current: boolean;
  /** They were in the course once: an earlier roster had them, or the platform has a grade of ours for them. */
  knownBefore: boolean;
}

/** Whether a roster can tell more about a refused post. */
export function mayMeanTheUser(outcome: Outcome): outcome is Outcome & { kind: 'dead' } {
  return outcome.kind === 'dead' && MAY_MEAN_THE_USER.has(outcome.reason);
}

/**
 * A refusal in the light of the roster. Platforms say the same of a student who has left, of a wrong id, of a teacher, and
 * (Moodle) of a score that they cannot read; the roster tells them apart, and where it has nothing to say the platform's
 * word stands. The detail names nobody.
 */
export function explainedByRoster(
  outcome: Outcome & { kind: 'dead' },
  witness: RosterWitness,
): Outcome & { kind: 'dead' } {
  const found = findingOf(outcome.reason, witness);
  if (!found) return outcome;
  const words = outcome.detail === '' ? '' : `; the platform said: ${outcome.detail}`;
  const detail = [...`${found.says}${words}`].slice(0, MAX_DETAIL_CHARACTERS).join('');
  return { ...outcome, reason: found.reason, detail };
}

function findingOf(
  reason: ReasonCode,
  { member, complete, current, knownBefore }: RosterWitness,
): { reason: ReasonCode; says: string } | undefined {
  if (!member) {
    if (!complete) return undefined;
    return knownBefore
      ? {
          reason: 'USER_NOT_IN_CONTEXT',
          says: 'was in the course before and is not in its member list any more',
        }
      : { reason: 'USER_NOT_FOUND', says: 'nobody in the member list of the course has this id' };
  }
  if (!isActiveMember(member)) {
    return {
      reason: 'USER_NOT_IN_CONTEXT',
      says: 'is in the member list of the course, but not active any more',
    };
  }
  if (!hasLearnerRole(member)) {
    return { reason: 'USER_NOT_GRADABLE', says: 'is in the member list of the course, but not as a learner' };
  }
  // Something else is wrong with it, and what that is the platform has not said.
  if (reason === 'REJECTED') return undefined;
  const says = 'is in the member list of the course as an active learner';
  return { reason: current ? 'USER_NOT_GRADABLE' : reason, says };
}
