import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tooSlow } from './mapping-failure.ts';
import type { MappingJob } from './mapping-process.ts';
import type { MappingResult, RunLimits } from './run-mapping.ts';

const DEFAULTS: Required<MapperLimits> = { timeMs: 1_000, maxDepth: 500, memoryMb: 128 };
/** Until a process must have taken up what it was sent; a busy machine needs long to start one. */
const START_MS = 30_000;
/** A mapping that asks for the time between its steps says so itself, which costs no process. */
const GRACE_MS = 250;

export interface MapperLimits extends Partial<RunLimits> {
  /** The heap of the process that mappings run in. */
  memoryMb?: number;
}

/** Runs mappings: JSONata that makes scores of what a sender writes. */
export interface Mapper extends AsyncDisposable {
  /**
   * What the mapping makes of a JSON value. A mapping that fails, or goes beyond the limits, is a result whose detail says why. Rejects
   * only when there is no process to run it in, or none any more; then nothing is known of the mapping.
   */
  map(mapping: string, value: unknown): Promise<MappingResult>;
  /** What is wrong with the text of a mapping, and where, as far as reading it tells; undefined when nothing is. Rejects as `map` does. */
  problemOf(mapping: string): Promise<string | undefined>;
}

/**
 * Makes a mapper. Mappings are programs of strangers, so they run in a process of their own, one after another, with an empty environment and
 * no way to write files or start programs. It is started when first needed, and anew after a mapping that hung or took too much memory.
 * A worker thread would not do: one text too large for its heap, and V8 ends the whole process.
 */
export function createMapper(limits: MapperLimits = {}): Mapper {
  return new ProcessMapper({ ...DEFAULTS, ...limits });
}

class ProcessMapper implements Mapper {
  readonly #limits: Required<MapperLimits>;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(limits: Required<MapperLimits>) {
    this.#limits = limits;
  }

  map(mapping: string, value: unknown): Promise<MappingResult> {
    return this.#inTurn({ mapping, value });
  }

  async problemOf(mapping: string): Promise<string | undefined> {
    const read = await this.#inTurn({ mapping, readOnly: true });
    return read.ok ? (read.value as string | undefined) : 'is too intricate to be read';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const child = this.#child;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  #inTurn(job: MappingJob): Promise<MappingResult> {
    const result = this.#last.then(() => this.#run(job));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #run(job: MappingJob): Promise<MappingResult> {
    if (this.#closed) throw new Error('the mapper is closed');
    this.#child ??= this.#start();
    return await this.#ask(this.#child, job);
  }

  #start(): ChildProcess {
    const child = startProcess(this.#limits);
    child.on('exit', () => this.#forget(child));
    child.on('error', () => this.#forget(child));
    return child;
  }

  async #ask(child: ChildProcess, job: MappingJob): Promise<MappingResult> {
    const { timeMs, memoryMb } = this.#limits;
    const { promise, resolve, reject } = Promise.withResolvers<MappingResult>();
    const fail = (detail: string) => resolve({ ok: false, detail });
    let started = false;
    let timer = setTimeout(() => {
      this.#discard(child);
      reject(new Error('the process of the mappings does not start'));
    }, START_MS);

    const onMessage = (message: { kind: 'started' } | { kind: 'done'; result: MappingResult }) => {
      if (message.kind === 'done') return resolve(message.result);
      started = true;
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.#discard(child);
        fail(tooSlow(timeMs));
      }, timeMs + GRACE_MS);
    };
    const onExit = (_code: number | null, signal: string | null) => {
      if (this.#closed) reject(new Error('the mapper is closed'));
      else if (!started) reject(new Error('the process of the mappings ended before it began'));
      else
        fail(
          signal === null ? 'the mapping breaks off' : `the mapping needs more than ${memoryMb} MB of memory`,
        );
    };
    child.on('message', onMessage).on('exit', onExit).on('error', reject);
    try {
      child.send(job);
    } catch {
      fail('the document is no plain JSON');
    }
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit).off('error', reject);
    }
  }

  #discard(child: ChildProcess): void {
    this.#forget(child);
    child.kill('SIGKILL');
  }

  #forget(child: ChildProcess): void {
    if (this.#child === child) this.#child = undefined;
  }
}

function startProcess({ timeMs, maxDepth, memoryMb }: Required<MapperLimits>): ChildProcess {
  // Compiled, both are .js; from the sources, both are .ts.
  const file = import.meta.url.endsWith('.ts') ? 'mapping-process.ts' : 'mapping-process.js';
  return fork(new URL(file, import.meta.url), [String(timeMs), String(maxDepth)], {
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [
      `--max-old-space-size=${memoryMb}`,
      '--disallow-code-generation-from-strings',
      '--permission',
      '--allow-fs-read=*',
    ],
  });
}
