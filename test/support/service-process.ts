import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runMark } from './test-run.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const condition = '@gradewire/source';
const logLinesKept = 40;
const startLimitMs = 120_000;

const running = new Set<ChildProcess>();
// A test that timed out never disposes of what it started.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One of the services as operators run it: its own process, told by its environment only. */
export class ServiceProcess implements AsyncDisposable {
  readonly name: string;
  readonly #entry: string;
  #env: Record<string, string>;
  readonly #readyUrl: string;
  #child: ChildProcess | undefined;
  #log: string[] = [];

  constructor(options: { name: string; entry: string; env: Record<string, string>; readyUrl: string }) {
    this.name = options.name;
    this.#entry = join(root, options.entry);
    this.#env = options.env;
    this.#readyUrl = options.readyUrl;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.name} is not running`);
    return this.#child.pid;
  }

  /** The last lines that it wrote. */
  get log(): string {
    return this.#log.join('');
  }

  /** What is different in its environment from the next start on. An empty variable counts as absent. */
  changeEnv(changes: Record<string, string>): void {
    this.#env = { ...this.#env, ...changes };
  }

  /** Starts it, and returns when it says that it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [`--conditions=${condition}`, this.#entry], {
      env: { PATH: process.env.PATH, ...runMark(), ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log = [...this.#log, chunk.toString()].slice(-logLinesKept);
      });
    }
    await this.#untilReady(child);
  }

  /** Starts it without waiting; for chaos, where it may be killed before it is ready. */
  async restart(): Promise<void> {
    await this.start();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** SIGKILL, and it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM; returns the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + startLimitMs;
    while (performance.now() < deadline) {
      if (child.signalCode === 'SIGKILL') return;
      if (child.exitCode !== null) throw new Error(`${this.name} ended with ${child.exitCode}:\n${this.log}`);
      const response = await fetch(this.#readyUrl).catch(() => undefined);
      if (response?.ok) return;
      await delay(20);
    }
    throw new Error(`${this.name} was not ready within ${startLimitMs} ms:\n${this.log}`);
  }
}
