import type { Reading } from '@gradewire/autograders';
import type { ScoreInput } from '@gradewire/sdk';

/** What a file says about one score. What it leaves open (platform, column) comes from flags. */
export interface ImportedScore {
  /** The file, with `:line` where there are several in one. */
  source: string;
  /** The name of the assignment, where the file knows it. */
  assignment?: string;
  fields: Omit<ScoreInput, 'platformId' | 'target'> & Partial<Pick<ScoreInput, 'platformId' | 'target'>>;
}

/** Something in a file that cannot become a score. The rest of the import goes on. */
export interface ImportProblem {
  source: string;
  userId?: string;
  message: string;
  hint?: string;
}

export interface Imported {
  scores: ImportedScore[];
  problems: ImportProblem[];
}

export function mergeImported(parts: Imported[]): Imported {
  return {
    scores: parts.flatMap(({ scores }) => scores),
    problems: parts.flatMap(({ problems }) => problems),
  };
}

export const failedImport = (problem: ImportProblem): Imported => ({ scores: [], problems: [problem] });

/** What was read of a document that is all one student's, standing in one place. */
export function importedFrom(
  { grades, problems }: Reading,
  { source, userId }: { source: string; userId: string },
): Imported {
  return {
    scores: grades.map(({ assignment, fields }) => ({
      source,
      ...(assignment ? { assignment } : {}),
      fields: { ...fields, userId },
    })),
    problems: problems.map(({ detail, hint }) => ({
      source,
      ...(userId ? { userId } : {}),
      message: detail,
      ...(hint ? { hint } : {}),
    })),
  };
}
