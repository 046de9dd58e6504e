import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { parseCsv } from '@gradewire/autograders';
import { type ImportedLaunches, type LaunchProblem, withoutRepeats } from './imported-launch.ts';
import { type JsonDocument, readDocuments } from './json-documents.ts';
import { readLaunchCsv } from './launch-csv.ts';
import { looksLikeLtijs, readLtijs } from './ltijs.ts';
import { looksLikePylti1p3, readPylti1p3 } from './pylti1p3.ts';

export const LAUNCH_FORMATS = ['ltijs', 'pylti1p3', 'csv'] as const;

export type LaunchFormat = (typeof LAUNCH_FORMATS)[number];

/**
 * Reads the launches of files, all together, since one can need what is in another. Without a `format` each file is taken for what
 * it looks like. What cannot be read is a problem, never a throw.
 * @param platformId for launches that name no platform
 */
export async function readLaunchFiles(
  files: readonly string[],
  { format, platformId }: { format?: LaunchFormat | undefined; platformId?: string | undefined },
): Promise<ImportedLaunches> {
  const parts: ImportedLaunches[] = [];
  const documents: Record<'ltijs' | 'pylti1p3', JsonDocument[]> = { ltijs: [], pylti1p3: [] };
  for (const file of files) {
    try {
      const text = await readFile(file, 'utf8');
      if ((format ?? formatByName(file)) === 'csv') {
        parts.push(readLaunchCsv(parseCsv(text), file));
        continue;
      }
      for (const document of readDocuments(text, file)) {
        const kind = format ?? formatOf(document.value);
        if (kind === 'csv' || kind === undefined) parts.push(refused(document.source, NOT_KNOWN));
        else documents[kind].push(document);
      }
    } catch (error) {
      parts.push(refused(file, { message: `cannot be read: ${(error as Error).message}` }));
    }
  }
  parts.push(readLtijs(documents.ltijs, platformId), readPylti1p3(documents.pylti1p3));
  const launches = parts.flatMap((part) => part.launches);
  return { launches: withoutRepeats(launches), problems: parts.flatMap(({ problems }) => problems) };
}

const NOT_KNOWN = {
  message: 'is neither of ltijs nor of PyLTI1p3',
  hint: 'Known are exports of the collections idtokens and contexttokens of ltijs, launch data of PyLTI1p3, and CSV.',
};

function formatByName(file: string): LaunchFormat | undefined {
  return extname(file) === '.csv' ? 'csv' : undefined;
}

function formatOf(value: unknown): LaunchFormat | undefined {
  if (looksLikePylti1p3(value)) return 'pylti1p3';
  return looksLikeLtijs(value) ? 'ltijs' : undefined;
}

function refused(source: string, problem: Omit<LaunchProblem, 'source'>): ImportedLaunches {
  return { launches: [], problems: [{ source, ...problem }] };
}
