import type { CallOptions, Send } from '../transport.ts';
import type { Launch, LaunchInput } from '../types/launch.ts';

/** Launches (role `submit`). */
export function launchesResource(send: Send) {
  return {
    /**
     * Registers a launch, or refreshes what is known of its resource link. Keep its `launchId` with the assignment: scores can
     * name it for as long as the link is used.
     */
    create: (launch: LaunchInput, options: CallOptions = {}) =>
      send<Launch>({ method: 'POST', path: '/v1/launches', body: launch, repeatable: true, ...options }),

    get: (launchId: string, options: CallOptions = {}) =>
      send<Launch>({ method: 'GET', path: `/v1/launches/${encodeURIComponent(launchId)}`, ...options }),
  };
}
