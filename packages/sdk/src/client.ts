import { batchesResource } from './resources/batches.ts';
import { deadLettersResource } from './resources/dead-letters.ts';
import { keysResource } from './resources/keys.ts';
import { lanesResource } from './resources/lanes.ts';
import { platformsResource } from './resources/platforms.ts';
import { replaysResource } from './resources/replays.ts';
import { scoresResource } from './resources/scores.ts';
import { toolKeysResource } from './resources/tool-keys.ts';
import { type CallOptions, createTransport, type TransportOptions } from './transport.ts';
import type { Jwks } from './types/key.ts';
import { sleep as defaultSleep } from './wait.ts';

export type GradewireOptions = TransportOptions;
export type Gradewire = ReturnType<typeof createGradewire>;

/**
 * Makes a client of the Gradewire API. It holds no connection of its own and needs no closing. Every method throws
 * `GradewireError`; requests that were not answered, or answered 429 or 503, are repeated where that is safe.
 */
export function createGradewire(options: GradewireOptions) {
  const send = createTransport(options);
  const timing = { sleep: options.sleep ?? defaultSleep, now: options.now ?? Date.now };
  return {
    platforms: platformsResource(send),
    scores: scoresResource(send, timing),
    batches: batchesResource(send, timing),
    deadLetters: deadLettersResource(send),
    replays: replaysResource(send),
    lanes: lanesResource(send),
    keys: keysResource(send),
    toolKeys: toolKeysResource(send),
    /** The tool's public keys, as platforms read them. */
    jwks: (call: CallOptions = {}) => send<Jwks>({ method: 'GET', path: '/.well-known/jwks.json', ...call }),
  };
}
