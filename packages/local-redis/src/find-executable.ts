import { unpackDebianPackage } from './debian-package.ts';
import type { Executable } from './executable.ts';
import { findOnPath } from './executable.ts';

/**
 * A Redis program of this machine: on PATH, else unpacked from Debian's package. `problem` says why there is none.
 */
export async function findExecutable(options: {
  cacheDir: string;
  path: string;
  log: (line: string) => void;
}): Promise<{ executable: Executable } | { problem: string }> {
  const installed = findOnPath(['redis-server', 'valkey-server'], options.path);
  if (installed) return { executable: { path: installed, env: {}, origin: installed } };
  try {
    const executable = await unpackDebianPackage(options.cacheDir, options.path, options.log);
    return executable ? { executable } : { problem: 'no apt-get and dpkg on PATH' };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return { problem: (stderr?.trim() || message).slice(-500) };
  }
}
