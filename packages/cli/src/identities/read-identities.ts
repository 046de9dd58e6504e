import { type CsvTable, parseCsv } from '@gradewire/autograders';
import type { Identity } from '@gradewire/sdk';
import { CliError } from '../command/errors.ts';
import { looksLikeClassroomRoster, readClassroomRoster } from './classroom-roster.ts';
import { readIdentityCsv } from './identity-csv.ts';
import type { ImportedIdentity, ReadIdentities } from './imported-identity.ts';

/**
 * Reads the identities of a CSV, each once. Of an identity that stands for two students none is taken: a grade would go to the
 * wrong one.
 * @throws CliError when it is no table of identities
 */
export function readIdentities(text: string, source: string): ReadIdentities {
  const table = parse(text, source);
  const read = looksLikeClassroomRoster(table)
    ? readClassroomRoster(table, source)
    : readIdentityCsv(table, source);
  const groups = [...Map.groupBy(read.identities, keyOf).values()];
  return {
    ...read,
    identities: groups.filter((same) => !isContradictory(same)).map(([first]) => first!),
    problems: [...read.problems, ...groups.filter(isContradictory).map(contradictionOf)],
  };
}

function parse(text: string, source: string): CsvTable {
  try {
    return parseCsv(text);
  } catch (cause) {
    throw new CliError(`${source} is no CSV: ${(cause as Error).message}`, undefined, cause);
  }
}

/** As the API compares them: two that differ in case or spaces only are the same, but for ids, whose form is their issuer's. */
function keyOf({ input: { identity } }: ImportedIdentity): string {
  const [kind, text] = entryOf(identity);
  if (kind === 'senderId') return JSON.stringify([kind, text]);
  const even = text.normalize('NFKC').replace(/\s+/g, ' ');
  return JSON.stringify([kind, kind === 'sourcedId' ? even : even.toLowerCase()]);
}

function isContradictory(same: readonly ImportedIdentity[]): boolean {
  return new Set(same.map(({ input: { identity: _, ...student } }) => JSON.stringify(student))).size > 1;
}

function contradictionOf(same: readonly ImportedIdentity[]) {
  const [first, ...others] = same.map(({ source }) => source);
  const [kind, text] = entryOf(same[0]!.input.identity);
  return {
    source: first!,
    message: `${kind} "${text}" is somebody else in ${others.join(', ')}; it was left out`,
  };
}

function entryOf(identity: Identity): [kind: string, text: string] {
  return Object.entries(identity)[0] as [string, string];
}
