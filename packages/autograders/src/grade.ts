/** How a sender can know a student. `sourcedId` is the school's own id (the student number), `senderId` one of the sender's own. */
export type IdentityKind = 'github' | 'email' | 'sourcedId' | 'name' | 'senderId';

/** A student as a sender knows them, by one member. */
export type Identity =
  | { github: string }
  | { email: string }
  | { sourcedId: string }
  | { name: string }
  | { senderId: string };

/** One student's grade as a sender's document tells it. */
export interface Grade {
  /** Where it stands in the document, from 0. */
  index: number;
  /** The platform's own id of the student, where the document has it. */
  userId?: string;
  /** Else what else it says of who it is; the first that is known counts. Empty: it names nobody. */
  identities: Identity[];
  /** The name of the assignment, where the document tells it. */
  assignment?: string;
  /** Fields of a score by their names in the API, as the document has them: not checked yet. */
  fields: Record<string, unknown>;
}

/** A part of a document, or all of it, that no grade could be read from. */
export interface ReadingProblem {
  index: number;
  /** What is wrong, for a person; quotes nothing personal. */
  detail: string;
  /** What to do about it. */
  hint?: string;
}

/** What reading a sender's document came to. */
export interface Reading {
  grades: Grade[];
  problems: ReadingProblem[];
  /** Why it is no matter of grades (an event of another kind); there are no grades and no problems then. */
  ignored?: string;
}

/** What whoever set the sender up says besides what its documents say. */
export interface AdapterSettings {
  /** What grades are out of, where the document does not tell. */
  scoreMaximum?: number;
  /**
   * Only grades of this assignment; those that name another are passed over, and a document without any other is `ignored`. Of a
   * repository `assignment-login` it tells where the login begins, so that exactly one login is a candidate.
   */
  assignment?: string;
}

export type AdapterName =
  | 'gradewire'
  | 'gradescope'
  | 'github-classroom'
  | 'prairielearn'
  | 'nbgrader'
  | 'custom';
