import type { CsvTable } from './csv.ts';
import { readGithubClassroom } from './github-classroom/github-classroom.ts';
import type { AdapterName, AdapterSettings, Reading } from './grade.ts';
import { readGradescope } from './gradescope/gradescope.ts';
import { looksLikeNbgrader, readNbgrader } from './nbgrader.ts';
import type { SenderDocument } from './parse-document.ts';
import { readPrairieLearn } from './prairielearn.ts';
import { failed, readingOf } from './reading.ts';
import { readScores } from './scores.ts';

type Reader = (document: SenderDocument, settings: AdapterSettings) => Reading;

const READERS: Record<Exclude<AdapterName, 'custom'>, Reader> = {
  gradewire: ofJson(readScores),
  gradescope: ofJson((value, settings) => readingOf(readGradescope(value, settings), settings)),
  prairielearn: ofJson((value, settings) => readingOf(readPrairieLearn(value), settings)),
  'github-classroom': readGithubClassroom,
  nbgrader: readNbgraderDocument,
};

/**
 * Reads the grades in a document of a known kind. Whatever the document is, this does not throw: what cannot be read is a problem, with words
 * for a person that quote nothing of it. What is of another assignment than the settings want is passed over.
 */
export function readDocument(
  adapter: Exclude<AdapterName, 'custom'>,
  document: SenderDocument,
  settings: AdapterSettings = {},
): Reading {
  return READERS[adapter](document, settings);
}

function ofJson(read: (value: unknown, settings: AdapterSettings) => Reading): Reader {
  return ({ value, kind }, settings) =>
    kind === 'json' ? read(value, settings) : failed('is not JSON', 'The adapter of this source reads JSON.');
}

function readNbgraderDocument({ value, kind }: SenderDocument, settings: AdapterSettings): Reading {
  if (kind !== 'csv') return failed('is not CSV', 'Send what nbgrader export writes, as text/csv.');
  const table = value as CsvTable;
  if (!looksLikeNbgrader(table)) {
    return failed(
      'its columns are not those of nbgrader export',
      'Send the file as nbgrader export writes it.',
    );
  }
  return readingOf(readNbgrader(table), settings);
}
