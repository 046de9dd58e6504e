import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../command/errors.ts';

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** Asks until a service answers 2xx. Throws {@link CliError} with its last words when it does not in a minute. */
export async function waitUntilReady(name: string, url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let last = 'no answer';
  while (Date.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) });
      if (response.ok) return void (await response.body?.cancel());
      last = `HTTP ${response.status}: ${(await response.text()).slice(0, 300)}`;
    } catch {
      signal.throwIfAborted();
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  throw new CliError(`${name} did not get ready: ${last}`, `It was asked at ${url}.`);
}
