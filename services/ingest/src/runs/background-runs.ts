import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@gradewire/telemetry';

/** How often it looks for runs, another process's orphans among them. */
const LOOK_MS = 1_000;

/** Where runs are kept: replays, reconciliations. */
interface RunStore {
  unfinished(): Promise<string[]>;
  take(id: string, runner: string): Promise<boolean>;
}

/** One run as its process sees it. */
export interface Run {
  id: string;
  /** Who runs it, as the store knows this process. */
  runner: string;
  /** Aborted when the process stops. */
  signal: AbortSignal;
  /** Ends early when the process stops. */
  wait(ms: number): Promise<void>;
}

/**
 * Runs what is kept in a store in the background of every ingest process. Each run is one process's, under a lease; when
 * that one dies another goes on where it was.
 */
export class BackgroundRuns implements AsyncDisposable {
  readonly #store: RunStore;
  readonly #what: string;
  readonly #run: (run: Run) => Promise<void>;
  readonly #logger: Logger;
  readonly #most: number;
  readonly #runner = randomUUID();
  readonly #stop = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  #looking: Promise<void> = Promise.resolve();

  /** `what` names a run in the log; `most` is how many this process runs at once. */
  constructor(options: {
    store: RunStore;
    what: string;
    run: (run: Run) => Promise<void>;
    logger: Logger;
    most?: number;
  }) {
    this.#store = options.store;
    this.#what = options.what;
    this.#run = options.run;
    this.#logger = options.logger;
    this.#most = options.most ?? Number.POSITIVE_INFINITY;
  }

  /** Looks for runs, now and every second. */
  start(): void {
    this.#looking = this.#lookOnAndOn();
  }

  /** Stops within a second. What is unfinished goes on in another process, or after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  async #lookOnAndOn(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        for (const id of await this.#store.unfinished()) {
          if (this.#running.size >= this.#most) break;
          if (!this.#running.has(id) && (await this.#store.take(id, this.#runner))) this.#begin(id);
        }
      } catch (error) {
        this.#logger.debug({ err: error }, `${this.#what}s could not be looked at`);
      }
      await this.#wait(LOOK_MS);
    }
  }

  #begin(id: string): void {
    const run = { id, runner: this.#runner, signal: this.#stop.signal, wait: (ms: number) => this.#wait(ms) };
    const done = this.#run(run)
      .catch((error) =>
        this.#logger.warn({ err: error, runId: id }, `a ${this.#what} was interrupted, trying on`),
      )
      .finally(() => this.#running.delete(id));
    this.#running.set(id, done);
  }

  async #wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
