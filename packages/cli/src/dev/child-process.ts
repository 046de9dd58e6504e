import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

const TAIL_LINES = 12;
const KILL_AFTER_MS = 10_000;

/** Ends a child when the channel to us closes, which even kill -9 on us does. The channel alone does not keep it running. */
const WATCHDOG = `data:text/javascript,${encodeURIComponent(
  "process.on('disconnect', () => process.kill(process.pid, 'SIGTERM')); process.channel?.unref();",
)}`;

interface ChildOptions {
  name: string;
  /** Arguments of Node: the main file and what goes before it. */
  args: string[];
  env: Record<string, string | undefined>;
  /** Gets everything that it prints. */
  logFile: string;
}

/** How a child ended before anybody asked it to. */
export interface Death {
  name: string;
  how: string;
  lastLines: string[];
}

/**
 * A Node process of ours. It is in a process group of its own, so that Ctrl-C reaches only us and we end the children in the right
 * order; it ends with us however we end.
 */
export class DevChild implements AsyncDisposable {
  readonly name: string;
  /** Resolves when it ends without having been stopped. */
  readonly died: Promise<Death>;
  readonly #process: ChildProcess;
  readonly #log: WriteStream;
  readonly #lines: string[] = [];
  readonly #exited: Promise<unknown>;

  constructor({ name, args, env, logFile }: ChildOptions) {
    this.name = name;
    this.#log = createWriteStream(logFile, { flags: 'a' });
    this.#process = spawn(process.execPath, ['--import', WATCHDOG, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (chunk) => this.#keep(chunk));
    this.#exited = once(this.#process, 'close').catch((error: Error) => [error.message]);
    this.died = this.#exited.then((how) => {
      const [code, signal] = how as [number | string | null, string | null];
      return { name, how: signal ? `ended by ${signal}` : `ended with ${code}`, lastLines: this.#lines };
    });
  }

  /** SIGTERM, and SIGKILL when that takes too long. Resolves when it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), KILL_AFTER_MS);
    await this.#exited;
    clearTimeout(timer);
    this.#log.end();
  }

  #keep(chunk: Buffer): void {
    this.#log.write(chunk);
    this.#lines.push(...chunk.toString().split('\n').filter(Boolean));
    this.#lines.splice(0, this.#lines.length - TAIL_LINES);
  }
}
