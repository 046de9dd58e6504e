import type { Launch } from '@gradewire/passback';
import type { Context } from '../context.ts';
import type { Directory } from './admit-score.ts';

/** The stores, for one request: a launch that many of its scores name is read once. */
export function directoryOf({ platforms, launches }: Pick<Context, 'platforms' | 'launches'>): Directory {
  const known = new Map<string, Promise<Launch | undefined>>();
  return {
    platform: (platformId) => platforms.cached(platformId),
    launch: (platformId, launchId) => {
      const name = `${platformId} ${launchId}`;
      const launch = known.get(name) ?? launches.get(platformId, launchId);
      known.set(name, launch);
      return launch;
    },
  };
}
