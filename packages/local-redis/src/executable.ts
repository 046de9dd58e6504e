import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A server program that can be started: where it is, what its environment needs, and where it came from. */
export interface Executable {
  path: string;
  env: Record<string, string>;
  origin: string;
}

/** The first of `names` that is an executable file on `pathVariable`; undefined when none is. */
export function findOnPath(names: readonly string[], pathVariable: string): string | undefined {
  const folders = pathVariable.split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutableFile);
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
