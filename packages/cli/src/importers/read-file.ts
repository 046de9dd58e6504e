import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import {
  type CsvTable,
  looksLikeGradescope,
  looksLikeNbgrader,
  parseCsv,
  parseDocument,
} from '@gradewire/autograders';
import { studentOf } from './find-files.ts';
import { readGradescope } from './gradescope.ts';
import { failedImport, type Imported } from './imported-score.ts';
import { readNbgrader } from './nbgrader.ts';
import { looksLikePlain, readJsonLines, readPlainCsv } from './plain.ts';

export interface ImportOptions {
  /** What each score is out of, instead of what the file says. */
  scoreMaximum?: number;
}

/** Reads the scores of one file, in whichever of the known formats it is. What cannot be read is a problem, never a throw. */
export async function readImportFile(file: string, options: ImportOptions = {}): Promise<Imported> {
  try {
    const text = await readFile(file, 'utf8');
    const imported = readText(text, file, options);
    return options.scoreMaximum === undefined ? imported : withMaximum(imported, options.scoreMaximum);
  } catch (error) {
    return failedImport({ source: file, message: `cannot be read: ${(error as Error).message}` });
  }
}

function readText(text: string, file: string, options: ImportOptions): Imported {
  switch (extname(file)) {
    case '.csv':
      return readCsv(parseCsv(text), file);
    case '.jsonl':
    case '.ndjson':
      return readJsonLines(text, file);
    default:
      return readJson(text, file, options);
  }
}

function readCsv(table: CsvTable, file: string): Imported {
  if (looksLikeNbgrader(table)) return readNbgrader(table, file);
  if (looksLikePlain(table)) return readPlainCsv(table, file);
  const hint =
    'Known are the CSV of `nbgrader export`, and titles as the API has them: userId,scoreGiven,scoreMaximum,…';
  return failedImport({
    source: file,
    message: `its columns are not known: ${table.titles.join(', ')}`,
    hint,
  });
}

function readJson(text: string, file: string, options: ImportOptions): Imported {
  const parsed = parseDocument(text, 'application/json');
  const from = { source: file, userId: studentOf(file) };
  if (!parsed.ok) return failedImport({ ...from, message: parsed.detail });
  const { value } = parsed.document;
  if (looksLikeGradescope(value)) return readGradescope(value, { ...from, ...options });
  const hint =
    'A .json file is the results.json of one student. Scores with the fields of the API go into a .jsonl file, one a line.';
  return failedImport({ source: file, message: 'is no results.json', hint });
}

function withMaximum({ scores, problems }: Imported, scoreMaximum: number): Imported {
  const graded = scores.map((score) => ({ ...score, fields: { ...score.fields, scoreMaximum } }));
  return { scores: graded, problems };
}
