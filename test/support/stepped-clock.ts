import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A wall clock for service processes that can be wrong, and step. What counts durations goes on as it should. */
export interface SteppedClock extends AsyncDisposable {
  /** More of the environment of a process that lives by this clock. */
  readonly env: Record<string, string>;
  /** Sets how far it is ahead of the true time, ms; a process notices within 50 ms. */
  step(aheadMs: number): Promise<void>;
}

const preload = (file: string) => `
import { readFileSync } from 'node:fs';
const True = Date;
let ahead = 0;
const read = () => { ahead = Number(readFileSync(${JSON.stringify(file)}, 'utf8')); };
read();
setInterval(read, 50).unref();
globalThis.Date = class Date extends True {
  constructor(...given) { super(...(given.length === 0 ? [True.now() + ahead] : given)); }
  static now() { return True.now() + ahead; }
};
`;

/** A clock in JavaScript only: Debian's libfaketime would shift the timers of the event loop as well. */
export async function createSteppedClock(aheadMs = 0): Promise<SteppedClock> {
  const folder = await mkdtemp(join(tmpdir(), 'gradewire-clock-'));
  const file = join(folder, 'ahead');
  const script = join(folder, 'clock.mjs');
  await writeFile(file, String(aheadMs));
  await writeFile(script, preload(file));
  return {
    env: { NODE_OPTIONS: `--import=${pathToFileURL(script).href}` },
    // Written in one go, and a number that is half written is a number too: good enough for a wrong clock.
    step: (ahead) => writeFile(file, String(ahead)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
