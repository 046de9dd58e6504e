import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { CliError } from '../command/errors.ts';

const EXTENSIONS = new Set(['.json', '.csv', '.jsonl', '.ndjson']);

/**
 * The files to import: those named, and within a folder everything that can hold scores, in the order of their names. Where a folder
 * has a `results.json`, that is its one JSON file: graders keep their metadata beside it. Throws {@link CliError} for a path that is
 * not there, or holds nothing.
 */
export async function findFiles(paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(filesAt));
  const files = [...new Set(found.flat())];
  if (files.length === 0) {
    throw new CliError(
      `nothing to import in ${paths.join(', ')}`,
      'Looked for results.json, *.json, *.csv, *.jsonl and *.ndjson.',
    );
  }
  return files;
}

async function filesAt(path: string): Promise<string[]> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new CliError(`${path} is not there`, 'Give a file or a folder that exists.', cause);
  });
  return info.isDirectory() ? walk(path) : [path];
}

async function walk(folder: string): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true }))
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const hasResults = entries.some(({ name }) => name === 'results.json');
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await walk(path)));
    else if (EXTENSIONS.has(extname(entry.name)) && !(hasResults && isOtherJson(entry.name)))
      files.push(path);
  }
  return files;
}

const isOtherJson = (name: string) => extname(name) === '.json' && name !== 'results.json';

/**
 * Whose results a file holds: `ada.json` is ada's, and so are `ada/results.json` and the autograder's own layout,
 * `ada/results/results.json`.
 */
export function studentOf(file: string): string {
  const stem = basename(file, extname(file));
  if (stem !== 'results') return stem;
  const folder = dirname(resolve(file));
  return basename(basename(folder) === 'results' ? dirname(folder) : folder);
}
