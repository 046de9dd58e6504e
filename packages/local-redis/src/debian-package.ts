import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Executable } from './executable.ts';
import { findOnPath } from './executable.ts';
import { withProcessLock } from './process-lock.ts';

const run = promisify(execFile);

/**
 * Debian's redis-server, unpacked into `cacheDir` without root: package lists and archives go to private folders there.
 * Kept for the next time. Returns undefined on a machine without apt; throws when apt cannot fetch or the result
 * does not run.
 */
export async function unpackDebianPackage(
  cacheDir: string,
  pathVariable: string,
  log: (line: string) => void,
): Promise<Executable | undefined> {
  const root = join(cacheDir, 'root');
  if (existsSync(root)) return executableIn(root);
  const apt = findOnPath(['apt-get'], pathVariable);
  const dpkg = findOnPath(['dpkg'], pathVariable);
  if (!apt || !dpkg) return undefined;
  return await withProcessLock(join(cacheDir, 'unpack.lock'), async () => {
    if (!existsSync(root)) await fetchInto(root, cacheDir, { apt, dpkg }, log);
    return executableIn(root);
  });
}

async function fetchInto(
  root: string,
  cacheDir: string,
  tools: { apt: string; dpkg: string },
  log: (line: string) => void,
): Promise<void> {
  const work = join(cacheDir, 'work');
  await rm(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial', 'debs', 'root']) {
    await mkdir(join(work, folder), { recursive: true });
  }
  const apt = (...args: string[]) =>
    run(tools.apt, [...aptOptions(work), ...args], { cwd: join(work, 'debs') });

  log('Redis is not installed: fetching the package lists (once, about 20 MB)');
  await apt('update');
  log('Redis: downloading the packages');
  await apt('download', ...(await missingPackages(apt)));
  log('Redis: unpacking');
  const unpacked = join(work, 'root');
  for (const name of await readdir(join(work, 'debs'))) {
    await run(tools.dpkg, ['-x', join(work, 'debs', name), unpacked]);
  }
  const binary = join(unpacked, 'usr/bin/redis-server');
  // Debian's redis-server is a link to redis-check-rdb of redis-tools; the program goes by the name it is called.
  if (!existsSync(binary)) await symlink('redis-check-rdb', binary);
  const executable = executableIn(unpacked);
  await run(executable.path, ['--version'], { env: { ...process.env, ...executable.env } });
  await rename(unpacked, root);
  await rm(work, { recursive: true, force: true });
}

function aptOptions(work: string): string[] {
  const settings = [
    `Dir::State::lists=${join(work, 'lists')}`,
    `Dir::Cache=${join(work, 'cache')}`,
    'Debug::NoLocking=1',
    'Acquire::Retries=3',
  ];
  return [...settings.flatMap((setting) => ['-o', setting]), '-qq'];
}

/** What an installation would add: the server, and the libraries this machine lacks. */
async function missingPackages(apt: (...args: string[]) => Promise<{ stdout: string }>): Promise<string[]> {
  const { stdout } = await apt('-s', '--no-install-recommends', 'install', 'redis-server');
  const names = [...stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]!);
  return names.length > 0 ? names : ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1'];
}

function executableIn(root: string): Executable {
  return {
    path: join(root, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: libraryFolders(root).join(':') },
    origin: "Debian's redis-server package, unpacked",
  };
}

/** Debian keeps libraries in a folder per architecture: x86_64-linux-gnu, aarch64-linux-gnu. */
function libraryFolders(root: string): string[] {
  return ['usr/lib', 'lib']
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((folder) => /-linux-gnu[a-z]*$/.test(folder));
}
