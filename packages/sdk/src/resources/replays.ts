import type { CallOptions, Send } from '../transport.ts';
import type { Replay, ReplayInput } from '../types/replay.ts';

const path = (replayId: string) => `/v1/replays/${encodeURIComponent(replayId)}`;

/** Replays of many scores (role `operate`). */
export function replaysResource(send: Send) {
  return {
    start: (replay: ReplayInput, options: CallOptions = {}) =>
      send<Replay>({ method: 'POST', path: '/v1/replays', body: replay, ...options }),

    /** How many scores `start` would take; nothing is sent. */
    count: async (replay: ReplayInput, options: CallOptions = {}) => {
      const body = { ...replay, dryRun: true };
      const request = { method: 'POST', path: '/v1/replays', body, repeatable: true, ...options } as const;
      return (await send<{ matched: number }>(request)).matched;
    },

    get: (replayId: string, options: CallOptions = {}) =>
      send<Replay>({ method: 'GET', path: path(replayId), ...options }),

    /** Stops taking further scores within two seconds; what was taken is delivered. */
    cancel: (replayId: string, options: CallOptions = {}) =>
      send<void>({ method: 'DELETE', path: path(replayId), ...options }),
  };
}
