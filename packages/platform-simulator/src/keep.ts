import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import type { IssuedToken } from './token/token-book.ts';
import type { KeptWorld } from './world/world.ts';

/** What outlives a restart. */
export interface Kept {
  version: 1;
  world: KeptWorld;
  tokens: [string, IssuedToken][];
  platformKey?: JWK;
}

const QUIET_MS = 300;

/** Keeps a platform in one file: written whole beside it and renamed, soon after a change and when told to. */
export class Keeper {
  readonly #folder: string;
  readonly #path: string;
  readonly #snapshot: () => Promise<Kept>;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lastWriteMs = 0;

  constructor(folder: string, profileName: string, snapshot: () => Promise<Kept>) {
    this.#folder = folder;
    this.#path = join(folder, `simulator-${profileName}.json`);
    this.#snapshot = snapshot;
  }

  /** Undefined when nothing was kept yet. Throws when the file is there and cannot be read. */
  async load(): Promise<Kept | undefined> {
    await mkdir(this.#folder, { recursive: true });
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const kept = parse(text);
    if (kept?.version !== 1)
      throw new Error(`${this.#path} is not a kept gradebook; move it away to start afresh`);
    return kept;
  }

  /** Saves soon; many changes make one write, and a big gradebook is written less often. */
  schedule(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(
      () => {
        this.save().catch((error: unknown) => process.emitWarning(`gradebook not saved: ${String(error)}`));
      },
      Math.max(QUIET_MS, this.#lastWriteMs * 10),
    );
    this.#timer.unref();
  }

  /** Saves now, after a save that is under way. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#writing.catch(() => undefined).then(() => this.#write());
    this.#writing = next;
    return next;
  }

  /** Ends the timer; what is scheduled is dropped. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #write(): Promise<void> {
    const started = performance.now();
    const text = JSON.stringify(await this.#snapshot());
    const draft = `${this.#path}.${process.pid}.tmp`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#path);
    this.#lastWriteMs = performance.now() - started;
  }
}

function parse(text: string): Kept | undefined {
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined;
  }
}
