import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { readToolKeyUses } from './view-tool-keys.ts';

const HOUR_MS = 60 * 60_000;

type KeeperParts = Pick<Context, 'platforms' | 'toolKeys' | 'logger'>;

/**
 * Looks after the tool keys in the background of every ingest process: notes which ones are needed, removes those that
 * have been served for long enough after they signed last. Several at it do no harm.
 */
export class KeyKeeper implements AsyncDisposable {
  readonly #parts: KeeperParts;
  readonly #everyMs: number;
  readonly #stop = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: KeeperParts, everyMs = HOUR_MS) {
    this.#parts = parts;
    this.#everyMs = everyMs;
  }

  /** Looks now and every hour. */
  start(): void {
    this.#looking = this.#lookOnAndOn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looking;
  }

  async #lookOnAndOn(): Promise<void> {
    const { logger } = this.#parts;
    while (!this.#stop.signal.aborted) {
      await this.#look().catch((error: unknown) =>
        logger.debug({ err: error }, 'tool keys could not be looked after'),
      );
      await delay(this.#everyMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { toolKeys, logger } = this.#parts;
    const { removed } = await toolKeys.sweep(await readToolKeyUses(this.#parts));
    for (const kid of removed) {
      logger.info({ event: 'tool-key-removed', kid }, 'tool key removed, long after it signed last');
    }
  }
}
