import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The folder of the whole repository. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url));

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Reads a YAML file; anchors and merge keys are resolved as compose and promtool do. */
export function readYaml<T>(path: string): T {
  return parse(readText(path), { merge: true, maxAliasCount: 1000 }) as T;
}

/** Files under `folder` whose name `accepts` likes, as paths from the root; folders of generated files are left out. */
export function listFiles(folder: string, accepts: (path: string) => boolean): string[] {
  const left = new Set(['node_modules', 'dist', '.git', '.turbo', '.gradewire']);
  const found: string[] = [];
  const walk = (directory: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && !left.has(entry.name)) walk(path);
      else if (entry.isFile() && accepts(path)) found.push(relative(root, path));
    }
  };
  walk(join(root, folder));
  return found.sort();
}
