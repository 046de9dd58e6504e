import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The folder of the pnpm workspace around `from`; undefined outside one. */
export function findWorkspace(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Where a fetched Redis is kept: `.gradewire/redis` of the workspace, else the user's cache folder. */
export function defaultCacheDir(from: string, env: NodeJS.ProcessEnv): string {
  const workspace = findWorkspace(from);
  if (workspace !== undefined) return join(workspace, '.gradewire', 'redis');
  const caches =
    process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
  return join(env.XDG_CACHE_HOME || caches, 'gradewire', 'redis');
}

/** Where a private server keeps its data: `.gradewire/redis-data` of the workspace, else of the current folder. */
export function defaultDataDir(from: string): string {
  return join(findWorkspace(from) ?? from, '.gradewire', 'redis-data');
}
