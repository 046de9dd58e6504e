import type { RequestFacts } from './profile.ts';

/** Every reason for which a service says no. A profile says how its vendor puts it. */
export type Refusal =
  | 'noRoute'
  | 'badPath'
  | 'unsupportedType'
  | 'notAcceptable'
  | 'methodNotAllowed'
  | 'badQuery'
  | 'tokenMissing'
  | 'tokenInvalid'
  | 'tokenExpired'
  | 'scopeMissing'
  | 'toolDisabled'
  | 'otherTool'
  | 'courseNotFound'
  | 'courseDeleted'
  | 'courseConcluded'
  | 'toolNotInCourse'
  | 'lineItemNotFound'
  | 'lineItemForeign'
  | 'lineItemCoupled'
  | 'lineItemInvalid'
  | 'lineItemTooLarge'
  | 'resourceLinkNotFound'
  | 'resourceLinkForeign'
  | 'resourceLinkWithoutItem'
  | 'scoreMalformed'
  | 'scoreInvalid'
  | 'scoreUserUnreadable'
  | 'memberNotAllowed'
  | 'memberNull'
  | 'userUnknown'
  | 'userNotEnrolled'
  | 'userNotGradable'
  | 'olderTimestamp'
  | 'firstGradeRace'
  | 'gradeLocked'
  | 'attemptsExhausted'
  | 'unpublished'
  | 'resourceLinkUnknown'
  | 'resultNotFound'
  | 'rosterTooLarge'
  | 'slashMissing';

/** What an error text can name. */
export interface RefusalFacts {
  request: RequestFacts;
  /** Named by the rule that refused: a field, a text. */
  detail?: string;
  userId?: string;
  /** Stored and posted timestamp of `olderTimestamp`, in ms. */
  stored?: number;
  posted?: number;
}

/** Thrown by a rule to say no; the dispatcher turns it into the profile's answer. */
export class Refused extends Error {
  readonly refusal: Refusal;
  readonly facts: Omit<RefusalFacts, 'request'>;

  constructor(refusal: Refusal, facts: Omit<RefusalFacts, 'request'> = {}) {
    super(refusal);
    this.refusal = refusal;
    this.facts = facts;
  }
}
