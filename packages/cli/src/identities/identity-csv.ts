import type { CsvRow, CsvTable } from '@gradewire/autograders';
import type { Identity, IdentityInput, UserSelector } from '@gradewire/sdk';
import { CliError } from '../command/errors.ts';
import type { ImportedIdentity, ReadIdentities } from './imported-identity.ts';

const IDENTITIES = ['github', 'email', 'sourcedId', 'name', 'senderId'];
const STUDENTS = ['userId', 'user.email', 'user.sourcedId', 'user.name'];
const HINT = `How senders know a student: ${IDENTITIES.join(', ')}. Who that is: one of ${STUDENTS.join(', ')}. Or the roster of a GitHub Classroom, as it was downloaded.`;

/**
 * Reads a CSV with how senders know a student in some columns and who that is on the platform in others. Each identity of a
 * line stands for its one student.
 * @throws CliError when the titles are not those of such a table
 */
export function readIdentityCsv({ titles, rows }: CsvTable, source: string): ReadIdentities {
  const unknown = titles.filter((title) => ![...IDENTITIES, ...STUDENTS].includes(title));
  if (unknown.length > 0) {
    throw new CliError(`${source}: unknown column ${unknown.map((name) => `"${name}"`).join(', ')}`, HINT);
  }
  for (const [which, known] of [
    ['how senders know a student', IDENTITIES],
    ['who the student is', STUDENTS],
  ] as const) {
    if (!known.some((title) => titles.includes(title)))
      throw new CliError(`${source}: no column says ${which}`, HINT);
  }
  const read: ReadIdentities = { identities: [], problems: [], skipped: 0 };
  for (const row of rows) {
    const at = `${source}:${row.line}`;
    const result = readRow(row, titles.length, at);
    if (Array.isArray(result)) read.identities.push(...result);
    else read.problems.push({ source: at, ...result });
  }
  return read;
}

function readRow(
  { cells, width }: CsvRow,
  columns: number,
  source: string,
): ImportedIdentity[] | { message: string; hint?: string } {
  if (width !== columns) {
    return { message: `has ${width} cells instead of ${columns}`, hint: 'Quote a value that holds a comma.' };
  }
  const filled = (names: readonly string[]) =>
    names.flatMap((name): [string, string][] => {
      const text = cells[name]?.trim();
      return text ? [[name, text]] : [];
    });
  const [student, ...others] = filled(STUDENTS);
  const identities = filled(IDENTITIES);
  if (identities.length === 0) return { message: 'does not say how senders know the student' };
  if (!student) return { message: 'does not say who the student is' };
  if (others.length > 0) {
    const names = [student, ...others].map(([name]) => name).join(' and ');
    return { message: `says by ${names} who the student is`, hint: 'Give one of them.' };
  }
  return identities.map(([kind, text]) => ({
    source,
    input: { identity: { [kind]: text } as Identity, ...studentOf(student) } as IdentityInput,
  }));
}

function studentOf([title, text]: [string, string]): { userId: string } | { user: UserSelector } {
  if (title === 'userId') return { userId: text };
  return { user: { [title.slice('user.'.length)]: text } as UserSelector };
}
