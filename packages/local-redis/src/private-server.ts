import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Executable } from './executable.ts';
import { findFreePort } from './free-port.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import type { RunningServer } from './running-server.ts';
import { probeServer } from './server-probe.ts';

const PORT_ATTEMPTS = 5;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 5;

export interface PrivateServerOptions {
  executable: Executable;
  dir: string;
  port?: number | undefined;
  arguments: readonly string[];
}

/**
 * A Redis process of our own on a loopback port, with its data, log and pid file in `dir`.
 * It ends with the process that started it, however that one ends.
 */
export class PrivateServer implements RunningServer {
  readonly how: string;
  readonly #options: PrivateServerOptions;
  #port: number | undefined;
  #child: ChildProcess | undefined;
  #guard: ChildProcess | undefined;

  constructor(options: PrivateServerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.how = options.executable.origin;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get port(): number {
    if (this.#port === undefined) throw new Error('the server has not been started');
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the server, again on the same port and data after `kill` or `stop`; throws with the end of its log. */
  async start(): Promise<void> {
    await mkdir(this.#options.dir, { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const port = this.#port ?? (await findFreePort());
      const child = this.#spawn(port);
      const failure = await Promise.race([failureOf(child), this.#becomesReady(child, port)]);
      if (failure === undefined) {
        this.#port = port;
        this.#child = child;
        await writePidFile(this.#options.dir, { pid: child.pid!, port, ownerPid: process.pid });
        return;
      }
      child.kill('SIGKILL');
      this.#dropGuard();
      const tail = await this.#logTail();
      const portWasTaken = this.#port === undefined && tail.includes('already in use');
      if (!portWasTaken || attempt === PORT_ATTEMPTS) {
        throw new Error(
          `${this.#options.executable.path} did not start on port ${port}: ${failure}\n${tail}`.trim(),
        );
      }
    }
  }

  /** kill -9: no flush, no goodbye. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await removePidFile(this.#options.dir);
  }

  #spawn(port: number): ChildProcess {
    const { executable, dir, arguments: settings } = this.#options;
    const log = openSync(this.#logPath, 'w');
    try {
      const child = spawn(
        executable.path,
        ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...settings],
        {
          env: { ...process.env, ...executable.env },
          stdio: ['ignore', log, log],
          // Ctrl-C is for the services, which still write while they drain; the server is stopped after them.
          detached: true,
        },
      );
      child.unref();
      if (child.pid !== undefined) this.#guard = guard(child.pid);
      return child;
    } finally {
      closeSync(log);
    }
  }

  async #becomesReady(child: ChildProcess, port: number): Promise<string | undefined> {
    const givesUpAt = Date.now() + READY_TIMEOUT_MS;
    while (child.exitCode === null && child.signalCode === null && Date.now() < givesUpAt) {
      const probe = await probeServer(port);
      // Another server may have taken the port between finding it free and starting on it.
      if (probe?.pid === child.pid && probe?.ready) return undefined;
      await delay(POLL_MS);
    }
    return 'no answer';
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#dropGuard();
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const exited = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  #dropGuard(): void {
    this.#guard?.kill('SIGKILL');
    this.#guard = undefined;
  }

  get #logPath(): string {
    return join(this.#options.dir, 'redis.log');
  }

  async #logTail(): Promise<string> {
    return (await readFile(this.#logPath, 'utf8').catch(() => '')).slice(-2000).trim();
  }
}

function failureOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`exited with ${signal ?? code}`));
  });
}

/** A shell that waits for our end of its pipe to close, which even kill -9 on us does, and then ends the server. */
function guard(pid: number): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', 'read -r _; kill -TERM "$1" 2>/dev/null', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => {});
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell;
}
