import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../command/errors.ts';
import { isRunning } from './is-running.ts';

interface Holder {
  pid: number;
  apiPort: number;
}

/**
 * Keeps a second `gradewire dev` away from the same data. Throws {@link CliError} that names the first; a lock whose process is gone
 * is taken over. Disposing gives it back.
 */
export async function takeDevLock(file: string, apiPort: number): Promise<AsyncDisposable> {
  await mkdir(dirname(file), { recursive: true });
  const holder = await readHolder(file);
  if (holder) {
    const { pid } = holder;
    throw new CliError(
      `gradewire dev runs already: process ${pid}, API on port ${holder.apiPort}`,
      `Use that one, or stop it: kill ${pid}. If ${pid} is something else, delete ${file}.`,
    );
  }
  await writeFile(file, JSON.stringify({ pid: process.pid, apiPort } satisfies Holder));
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Holder;
    return holder.pid !== process.pid && isRunning(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}
