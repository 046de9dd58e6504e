/**
 * The keys of one platform share one Redis Cluster slot (the hash tag), so that one script can touch all of them.
 * `docs/architecture.md` lists every key with its type and lifetime.
 */
export function platformKey(platformId: string, ...parts: string[]): string {
  return ['gw', `{${platformId}}`, ...parts].join(':');
}

/** Keys that belong to no platform: registries, API keys, tool keys, batches, replays. */
export function globalKey(...parts: string[]): string {
  return ['gw', ...parts].join(':');
}
