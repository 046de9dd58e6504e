import { batchesResource } from './resources/batches.ts';
import { callbacksResource } from './resources/callbacks.ts';
import { deadLettersResource } from './resources/dead-letters.ts';
import { encryptionKeyResource } from './resources/encryption-key.ts';
import { identitiesResource } from './resources/identities.ts';
import { keysResource } from './resources/keys.ts';
import { lanesResource } from './resources/lanes.ts';
import { launchesResource } from './resources/launches.ts';
import { lineItemsResource } from './resources/line-items.ts';
import { membersResource } from './resources/members.ts';
import { platformsResource } from './resources/platforms.ts';
import { reconciliationsResource } from './resources/reconciliations.ts';
import { replaysResource } from './resources/replays.ts';
import { resultsResource } from './resources/results.ts';
import { scoresResource } from './resources/scores.ts';
import { toolKeysResource } from './resources/tool-keys.ts';
import { unmatchedResource } from './resources/unmatched.ts';
import { webhookSourcesResource } from './resources/webhook-sources.ts';
import { type CallOptions, createTransport, type TransportOptions } from './transport.ts';
import type { Jwks } from './types/tool-key.ts';
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
    launches: launchesResource(send),
    members: membersResource(send),
    results: resultsResource(send),
    lineItems: lineItemsResource(send),
    deadLetters: deadLettersResource(send),
    replays: replaysResource(send),
    reconciliations: reconciliationsResource(send),
    lanes: lanesResource(send),
    webhookSources: webhookSourcesResource(send),
    unmatched: unmatchedResource(send),
    identities: identitiesResource(send),
    callbacks: callbacksResource(send),
    keys: keysResource(send),
    toolKeys: toolKeysResource(send),
    encryptionKey: encryptionKeyResource(send),
    /** The tool's public keys, as platforms read them. */
    jwks: (call: CallOptions = {}) => send<Jwks>({ method: 'GET', path: '/.well-known/jwks.json', ...call }),
  };
}
