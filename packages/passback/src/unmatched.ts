import type { Identity } from './identity.ts';
import type { Problem } from './problem.ts';

/** What an unmatched reason means to a person, and when the delivery is tried again without one. */
interface UnmatchedMeaning {
  /** What happened and what to do about it, for somebody who knows no LTI. */
  hint: string;
  /**
   * `backoff`: what waiting alone mends. `slowly`: a student may join the course. `onChange`: only when the source, the
   * identities or whatever else is at fault was changed.
   */
  retry: 'backoff' | 'slowly' | 'onChange';
}

const table = {
  UNREADABLE: {
    hint: 'What arrived is neither JSON nor a table in UTF-8, so nothing could be read from it. Look at what the sender sends, try a sample with POST /v1/webhook-sources/{sourceId}/test, and have it sent again.',
    retry: 'onChange',
  },
  MAPPING_FAILED: {
    hint: 'The mapping of this source could not be applied to what arrived. Mend the mapping and try it on a sample with POST /v1/webhook-sources/{sourceId}/test; what waits is delivered as soon as the source is saved.',
    retry: 'onChange',
  },
  NO_GRADE: {
    hint: 'No grade could be read from this; the detail says what is missing. If the sender writes another format, choose another adapter for the source, or give it a mapping; what waits is then read anew.',
    retry: 'onChange',
  },
  NO_STUDENT: {
    hint: 'It does not say whose grade this is. Have the sender add the e-mail address, the school id or the userId of the student, or read it with a mapping, then have it sent again.',
    retry: 'onChange',
  },
  UNKNOWN_IDENTITY: {
    hint: 'Nobody has told who this student is on the platform. Add the login, address or id that is shown to the identities (PUT /v1/identities) together with the userId of the student; the grade is delivered at once.',
    retry: 'onChange',
  },
  USER_NOT_FOUND: {
    hint: 'Nobody in the course goes by what the sender says of the student. We look again every quarter of an hour, since they may join late; if the course knows them otherwise, say so with PUT /v1/identities.',
    retry: 'slowly',
  },
  USER_AMBIGUOUS: {
    hint: 'More than one person in the course fits what the sender says of the student, and nobody is guessed. Say who it is with PUT /v1/identities; the grade is delivered at once.',
    retry: 'slowly',
  },
  ROSTER_UNREADABLE: {
    hint: 'The student was to be looked up in the member list of the course, and that cannot be read; the detail says why. Have the platform administrator allow the tool to read names and roles, or name the userId with PUT /v1/identities.',
    retry: 'slowly',
  },
  PLATFORM_UNAVAILABLE: {
    hint: 'The student is to be looked up in the member list of the course, and the platform does not give it at present. We try again by ourselves; nothing is lost and nothing needs to be done.',
    retry: 'backoff',
  },
  NO_TARGET: {
    hint: 'Neither the sender nor the source says which gradebook column the grade is for. Give the source a target; what waits is delivered as soon as it is saved.',
    retry: 'onChange',
  },
  NO_ASSIGNMENT: {
    hint: 'The source makes a gradebook column for each assignment, and this grade does not say which assignment it is for. Have the sender name it, or give the source one target for all its grades.',
    retry: 'onChange',
  },
  INVALID_SCORE: {
    hint: 'It was read, but what came of it is no valid score; the errors name each field and what is accepted there. Mend the mapping or the defaults of the source, or have the sender send it rightly.',
    retry: 'onChange',
  },
  TWICE: {
    hint: 'The same delivery has several grades of this student for this column, and no timestamps that tell which is the latest. Have the sender add a timestamp to each, or discard what is not meant and replay the delivery.',
    retry: 'onChange',
  },
  REFUSED: {
    hint: 'The score was refused as POST /v1/scores would refuse it; the detail begins with the code, which /docs/problems explains. Put that right; we try again every quarter of an hour, and at once when the delivery is replayed.',
    retry: 'slowly',
  },
} satisfies Record<string, UnmatchedMeaning>;

/** Why a grade that a webhook brought is no score yet. */
export type UnmatchedReason = keyof typeof table;

/** The meaning of each reason. */
export const UNMATCHED: Readonly<Record<UnmatchedReason, UnmatchedMeaning>> = table;

/** A grade of a delivery that waits, or a part of one that none could be read from. */
export interface UnmatchedEntry {
  /** Where it stands in the sender's document, from 0. */
  index: number;
  reason: UnmatchedReason;
  /** Says nothing personal. */
  detail: string;
  /** In place of the reason's own. */
  hint?: string;
  /** Whom the sender names. Personal. */
  identities?: Identity[];
  /** The fields at fault, as pointers into the score. */
  errors?: Problem[];
}
