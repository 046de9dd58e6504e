import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Outcome } from '../delivery/outcome.ts';
import type { Welcome } from '../dev/welcome.ts';
import { mainOf } from '../dev/workspace.ts';

/** What `gradewire dev --json` prints once it is ready. */
export type DevReady = Welcome & { curl: { post: string; read: string }; outcomes: Outcome[] };

export interface DevProcess extends AsyncDisposable {
  process: ChildProcess;
  /** Resolves to the one line on stdout; rejects with stderr when it ends before. */
  ready: Promise<DevReady>;
  /** Sends the signal and resolves to the exit code, and what stderr got. */
  end: (signal?: NodeJS.Signals) => Promise<{ code: number | null; stderr: string }>;
}

/** `gradewire dev --json` as a process of its own, on a free port, with its data in `folder`. */
export async function startDev(folder: string, port: number): Promise<DevProcess> {
  const child = spawn(process.execPath, [...mainOf('packages/cli'), 'dev', '--json', '--data', folder], {
    // Everything that it starts inherits the folder's name, by which a test finds what is left running.
    env: {
      ...process.env,
      PORT: String(port),
      GRADEWIRE_REDIS_URL: undefined,
      GRADEWIRE_TEST_FOLDER: folder,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exited = once(child, 'close').then(([code]) => ({ code: code as number | null, stderr }));
  const line = once(createInterface({ input: child.stdout }), 'line');
  const ready = Promise.race([line, exited]).then((first) => {
    if (!Array.isArray(first)) throw new Error(`gradewire dev ended with ${first.code}:\n${first.stderr}`);
    return JSON.parse(first[0] as string) as DevReady;
  });
  ready.catch(() => {});
  const end = async (signal?: NodeJS.Signals) => {
    if (signal) child.kill(signal);
    return await exited;
  };
  return { process: child, ready, end, [Symbol.asyncDispose]: async () => void (await end('SIGTERM')) };
}
