import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './process-lock.ts';
import { probeServer } from './server-probe.ts';

const ORPHAN_STOP_TIMEOUT_MS = 10_000;

/** Which server uses a data folder, and which process started it. */
export interface PidFile {
  pid: number;
  port: number;
  ownerPid: number;
}

const pathIn = (dir: string) => join(dir, 'redis.pid.json');

export async function writePidFile(dir: string, content: PidFile): Promise<void> {
  await writeFile(pathIn(dir), JSON.stringify(content));
}

export async function removePidFile(dir: string): Promise<void> {
  await rm(pathIn(dir), { force: true });
}

/**
 * Looks for a server that already uses `dir`: two on one append-only file would spoil it. One whose owner still runs is
 * returned, to be shared; one whose owner is gone is stopped. A number that the system gave to another process since
 * is left alone: only the Redis that answers with this very process id is ours.
 */
export async function findServerUsing(
  dir: string,
  log: (line: string) => void,
): Promise<PidFile | undefined> {
  const previous = await readPidFile(dir);
  if (!previous) return undefined;
  if ((await probeServer(previous.port))?.pid === previous.pid) {
    if (isAlive(previous.ownerPid)) return previous;
    log(`Redis: stopping the one left behind by process ${previous.ownerPid}`);
    await stopOrphan(previous.pid);
  }
  await removePidFile(dir);
  return undefined;
}

async function readPidFile(dir: string): Promise<PidFile | undefined> {
  try {
    return JSON.parse(await readFile(pathIn(dir), 'utf8')) as PidFile;
  } catch {
    return undefined;
  }
}

async function stopOrphan(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const givesUpAt = Date.now() + ORPHAN_STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > givesUpAt) throw new Error(`the Redis left behind as process ${pid} does not stop`);
    await delay(20);
  }
}
