import type { IdentityInput } from '@gradewire/sdk';

/** An identity as a line of a file tells it. */
export interface ImportedIdentity {
  /** The file and the line: `logins.csv:2`. */
  source: string;
  input: IdentityInput;
}

/** A line that was not taken. The rest of the import goes on. */
export interface IdentityProblem {
  source: string;
  message: string;
  hint?: string;
}

/** What a file of identities holds. `skipped` students are in it and have no identity yet. */
export interface ReadIdentities {
  identities: ImportedIdentity[];
  problems: IdentityProblem[];
  skipped: number;
}
