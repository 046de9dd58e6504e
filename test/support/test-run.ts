import { readdir, readFile } from 'node:fs/promises';

const name = 'GRADEWIRE_TEST_RUN';

/** A process that a test run started and did not end. */
export interface LeftOver {
  pid: number;
  commandLine: string;
}

/** Marks what this process starts from here on as part of its run. */
export function markRun(): void {
  process.env[name] = String(process.pid);
}

/** The mark, for a process that is started with an environment of its own. */
export function runMark(): Record<string, string> {
  const mark = process.env[name];
  return mark === undefined ? {} : { [name]: mark };
}

/** What a run's tests started and what is running still (Linux; elsewhere nothing is known). The runner's own workers do not count. */
export async function runningIn(runner: number): Promise<LeftOver[]> {
  const pids = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    pids.filter((entry) => /^\d+$/.test(entry)).map((pid) => look(pid, runner)),
  );
  return found.filter((process) => process !== undefined);
}

async function look(pid: string, runner: number): Promise<LeftOver | undefined> {
  const [environment = '', status = '', words = ''] = await Promise.all(
    ['environ', 'status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  if (!environment.split('\0').includes(`${name}=${runner}`)) return undefined;
  const isDead = /^State:\s+Z/m.test(status);
  const isWorker = new RegExp(`^PPid:\\s+${runner}$`, 'm').test(status);
  return isDead || isWorker
    ? undefined
    : { pid: Number(pid), commandLine: words.replaceAll('\0', ' ').trim() };
}
