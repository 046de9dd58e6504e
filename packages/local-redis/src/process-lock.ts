import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;
const PATIENCE_MS = 5 * 60_000;

/** Whether a process with this id exists (it may belong to another user). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Runs `work` while no other process of this machine runs its own under the same lock file.
 * A lock left behind by a process that is gone is taken over. Gives up after five minutes.
 */
export async function withProcessLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const givesUpAt = Date.now() + PATIENCE_MS;
  while (!(await tryLock(path))) {
    if (Date.now() > givesUpAt)
      throw new Error(`${path} is held by another process; remove it if none is running`);
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  // An empty file is one whose holder has not written its id yet.
  if (holder > 0 && !isAlive(holder)) await rm(path, { force: true });
  return false;
}
