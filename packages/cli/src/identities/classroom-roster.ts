import type { CsvTable } from '@gradewire/autograders';
import type { ReadIdentities } from './imported-identity.ts';

export const looksLikeClassroomRoster = ({ titles }: CsvTable): boolean =>
  titles.includes('identifier') && titles.includes('github_username');

/**
 * Reads the roster that a GitHub Classroom lets its teachers download: identifier, github_username, github_id, name. The
 * identifier is what the teacher entered: an address, or the school's id. Who has not joined yet has no login.
 */
export function readClassroomRoster({ rows }: CsvTable, source: string): ReadIdentities {
  const read: ReadIdentities = { identities: [], problems: [], skipped: 0 };
  for (const { line, cells } of rows) {
    const github = cells.github_username?.trim();
    const identifier = cells.identifier?.trim();
    const at = `${source}:${line}`;
    if (!github) read.skipped += 1;
    else if (!identifier) read.problems.push({ source: at, message: 'has no identifier' });
    else {
      const user = identifier.includes('@') ? { email: identifier } : { sourcedId: identifier };
      read.identities.push({ source: at, input: { identity: { github }, user } });
    }
  }
  return read;
}
